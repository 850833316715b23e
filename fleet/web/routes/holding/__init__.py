"""The pages' routes of holds: placed and ended from the page of a recording, of an incident, and of all."""
