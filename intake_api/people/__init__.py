"""Staff accounts, and the checks on what identifies a person."""
