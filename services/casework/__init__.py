"""Cases: work on one project's need over time, from its opening to its close."""
