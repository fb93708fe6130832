"""All that runs on the bus. No service imports another."""
