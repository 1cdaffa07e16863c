"""A model in memory: linear heads, calibration, flags by rule, the first advice."""
