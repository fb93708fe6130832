"""What carries every service: store, bus, logs, metrics. It knows no word of the domain."""
