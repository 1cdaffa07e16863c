"""The department directory and the authored messages of the first model (see README.md)."""
