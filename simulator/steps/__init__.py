"""The words for what happens in a scenario: one table each. Pure; ``simulator.acts`` carries them out."""
