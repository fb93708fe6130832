"""What referrals, the fund and webhook deliveries may do. Pure: clock, chance and rows come in as arguments."""
