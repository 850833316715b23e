"""What the landlord hands out on paper: plain blocks of text, as an A4 PDF and as HTML that say the same."""
