"""A day's worth of enquiries, and the player that sends them through the front doors and works them to an end."""
