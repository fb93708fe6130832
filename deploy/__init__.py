"""Runs the system on one machine, and holds the commands and alert rules of those who operate it."""
