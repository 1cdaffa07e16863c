"""公开 Gongkai: owner of the rules and of the database."""

__version__ = "0.1.0"
