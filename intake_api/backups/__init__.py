"""Backups (备份): the whole state of an installation in one file, and back into an empty one, on either database."""
