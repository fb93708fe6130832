"""The decisions of the referrals service."""
