"""Cases: the rules of intake, from submission to decision."""
