"""A question from its files to the scenario that is planned, with every check that needs more than its words."""
