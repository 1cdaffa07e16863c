"""The composition root: what the services of an office are made of, and the only room that knows classifier and API.

Modules import heavy libraries inside their functions: `gongkai clock` must not wait for a web framework.
"""
