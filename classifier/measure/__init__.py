"""How good a model is and stays: figures, the gate, the watch in use."""
