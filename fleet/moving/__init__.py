"""Moving a fleet from SQLite and a folder to PostgreSQL and an S3-compatible store (``lapel-fleet move``).

It copies and compares; it changes nothing of what it copies from. Which of the two the service uses is said
by the configuration alone, and a person changes that.
"""
