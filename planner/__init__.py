"""The search, and what people see: composes the other rooms, evolves plans (DEAP lives here), reports."""
