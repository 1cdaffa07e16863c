"""Upkeep (运维): how an installation stands and what to do about it, told alike on the command line and on a page."""
