"""The pages' routes of how long recordings are kept, and of their deletion."""
