"""Measurements. `python -m tests.bench` runs them all and prints one table; ratios are of one run on one machine."""
