"""How unsure what is learned is: weather, few weeks, chosen customers, answers to declared offers."""
