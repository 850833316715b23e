"""The words for what happens in a scenario, a table each. Pure; ``scenario.acts`` carries them out."""
