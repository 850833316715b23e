"""Real cameras that take part in a run: what ``lapel-device`` on their boards is asked for, over ssh."""
