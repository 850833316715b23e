"""What is shown and heard when, and what happened: pure, from chunk headers and the signed ledger."""
