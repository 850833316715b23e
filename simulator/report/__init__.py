"""The report of a run: as data, in words, as JSON, as JUnit XML, and as one page."""
