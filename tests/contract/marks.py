"""Words of people that can be recognised wherever they turn up."""

# No event, audit row or inbox row may hold any of these. Compared without regard to case, letters and digits only.
MARKER = "Xyzzyplugh"
PHONE, CANONICAL_PHONE = "020 7946 0123", "2079460123"
