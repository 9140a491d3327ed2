"""What the effects are worth on weeks and customers that training has not seen."""
