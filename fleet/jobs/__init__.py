"""Work that must be finished whichever process dies: rows with leases (F7)."""
