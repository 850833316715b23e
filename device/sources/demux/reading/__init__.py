"""Reading packets of files and streams, on a thread of its own, and handing them over."""
