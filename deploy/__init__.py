"""Runs the system on one machine, and holds what other machines need to run it."""
