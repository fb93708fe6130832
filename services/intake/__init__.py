"""Intake: every enquiry, whichever way it came, and who is asking."""
