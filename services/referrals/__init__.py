"""Referrals to the Cabinet Office, the fund that pays for support, and the webhooks that tell of both."""
