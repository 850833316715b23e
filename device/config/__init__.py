"""The camera's configuration: its tables, and the file that they are read from."""
