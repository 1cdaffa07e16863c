"""The suggestion of the model and the decision of people."""
