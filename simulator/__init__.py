"""Virtual cameras that run the real device code, the scenarios that test them, and the tester's bench.

It imports ``device`` and ``protocol``, and reaches the fleet over the network alone.
"""
