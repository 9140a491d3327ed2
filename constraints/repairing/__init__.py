"""Plans that break limits become good ones within them, by true evaluation."""
