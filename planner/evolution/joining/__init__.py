"""Plans joined with others: whole schedules that go over by optimal crossover, or are composed anew."""
