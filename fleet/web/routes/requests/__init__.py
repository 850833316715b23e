"""The pages of requests and letters."""
