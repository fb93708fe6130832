"""Consent: the words that were put to the enquirer, every act of giving and withdrawing, and what follows from it."""
