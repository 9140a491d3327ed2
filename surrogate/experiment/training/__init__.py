"""Stages of learning on prepared rows, which `train.py` puts together.

`one_outcome.py` learns an outcome; `cross_checks.py` says how well it foresees, on each offer as a trial
(`offer_trial.py`); `groups.py` finds the segments, `take_up.py` what was redeemed, and `notes.py` what a reader must
know.
"""
