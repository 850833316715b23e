"""Reviews: what is still to be looked at, one review, and the figures of a month."""
