"""Queries of casework: plain functions on a session."""
