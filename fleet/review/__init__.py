"""Review: what the head of safety and the CCTV manager look at together, and what they found."""
