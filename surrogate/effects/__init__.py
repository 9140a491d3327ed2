"""The network f(profile, promotion) and its fit: baseline, lift and take-up."""
