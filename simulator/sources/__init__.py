"""What a virtual camera sees and hears: a real clip with real speech, or a synthetic scene with a clapper."""
