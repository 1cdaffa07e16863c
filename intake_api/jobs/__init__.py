"""Background work and outgoing messages."""
