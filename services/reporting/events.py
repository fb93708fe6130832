"""Reporting tells no events: it hears everybody's and changes nothing that others need to know."""
