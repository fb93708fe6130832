"""Public bodies: how their names and addresses are compared, what a register of them may say, and who is meant."""
