"""Verbs of the command line, one module a subject. Only here do the API, the bot and the classifier meet.

Modules import heavy libraries inside their functions: `gongkai clock` must not wait for a web framework.
"""
