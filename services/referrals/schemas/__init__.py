"""What comes into the referrals service and what goes out of it."""
