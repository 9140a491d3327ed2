"""What would happen: effects of offers learned from behaviour data (JAX lives here and in planner)."""
