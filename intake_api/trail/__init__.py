"""What is done to the installation itself (accounts, sessions, settings that are data), as one hash-chained record."""
