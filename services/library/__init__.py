"""Library: the resources that people are pointed to, and what came of it."""
