"""Public bodies: names, addresses, the register, and who is meant."""
