"""Whether somebody who is signed in has lately shown that it is still they who sit there."""
