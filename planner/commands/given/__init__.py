"""Plans that a command is given: lines that a person wrote, plans of a folder, and what belongs to these.

`lines_file.py` and `ranked_plan.py` read the two kinds; `start.py` takes either, to search on from it. `rollouts_of.py`
reads how a plan was rolled out, and `other_question.py` tells whether a folder answers what is asked now.
"""
