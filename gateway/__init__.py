"""The gateway: the HTTP API, the only door from outside."""
