"""What knows nothing of the trade: database, vault, clock, text, errors, limits; it imports only the words (terms)."""
