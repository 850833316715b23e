"""The language of scenarios: where each word stands in a file, what is wrong with it. Pure."""
