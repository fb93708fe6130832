"""What intake decides: the states of an enquiry, who is asking, and the facts that triage is given."""
