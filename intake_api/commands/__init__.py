"""Verbs of the command line, one module a noun; no module knows another but `bench` its part for the classifier.

Modules import heavy libraries inside their functions: `gongkai clock` must not wait for a web framework.
"""
