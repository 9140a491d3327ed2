"""What a plan leaves out, and why: slots, offers, products, with all that would have to give way."""
