"""The pages of alerts, and what is done with them there."""
