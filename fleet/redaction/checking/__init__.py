"""Whether what was made shows anything that it should hide, found out from its bytes alone."""
