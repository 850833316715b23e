"""Writing scenarios: what a tester did, or what a camera's ledgers tell, as text that can be run. Pure."""
