"""The guided diagnosis: its scripts, and how advisers are led through them."""
