"""A recording's ledger: the signed, chained list of what it holds and what happened."""
