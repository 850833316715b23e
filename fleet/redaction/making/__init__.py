"""New parts of the seconds in which something is hidden. Bytes in, bytes out; all else is left as it is."""
