"""Pages of references: for the person recorded, at the desk, on the officer's phone, and their approval."""
