"""What visits, notices, consent and links to recordings follow from. Pure."""
