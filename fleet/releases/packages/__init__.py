"""The package of a release: what is in it, how it is made, and how it goes out."""
