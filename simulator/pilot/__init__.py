"""A pilot: weeks of visits, recordings, incidents and requests by a script in virtual time, and its judge."""
