"""The ledger (台账) of an office: past years brought in from its own table, and any years taken out again."""
