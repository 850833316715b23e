"""The camera's own code: it runs on a small Linux board and inside the simulator alike.

It imports ``protocol`` and never ``fleet``.
"""
