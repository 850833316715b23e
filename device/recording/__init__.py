"""From a press to a recording: the state machine, the recorder, the commit, and the recording under way."""
