"""All of it, from outside, through HTTP."""
