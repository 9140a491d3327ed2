"""Experiments: randomised offers, one row a customer and wave, and the uplift that they show.

`train.py` is the page to begin with: the whole run from the file to the `model.py` that it ends in. Its stages lie in
rooms, in the order in which they run: `reading/` (the file, checked), `prepared/` (what is learned from), `fitted/`
(the network and its fit), `training/` (one outcome learned, and what stands beside the networks). What a model is for
lies in `scoring/` (what it says of a scenario) and `held_out/` (how far to trust it).
"""
