"""Learning from answered messages: rows in groups and folds, the machines, doubts about labels."""
