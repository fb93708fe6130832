"""Reporting: what happened to enquiries, counted."""
