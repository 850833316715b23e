"""Writers of the documentation pages that are printed from the code."""
