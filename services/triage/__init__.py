"""Triage: applies the agreed criteria to the facts of an enquiry, and explains the result."""
