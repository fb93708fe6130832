"""The telephone channel: who rings, what became of calls, and callbacks that were promised."""
