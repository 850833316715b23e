"""View models: what a page says, computed from facts and a time, without a database, a request or a clock."""
