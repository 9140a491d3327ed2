"""The network and its fit: `network.py` has the formulas, `fit.py` fits one member, `tune.py` chooses how freely."""
