"""What casework decides: pure functions on plain values. Times and ids come in as arguments."""
