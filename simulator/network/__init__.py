"""The network between each camera and the fleet, as good or as bad as a tester wants it."""
