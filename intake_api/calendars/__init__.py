"""The working-day calendar of the installation: notices imported, local days, and what they moved."""
