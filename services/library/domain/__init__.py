"""Decisions of the library: what a resource may be, how words are looked for, and how files are read and written."""
