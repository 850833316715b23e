"""The fleet service: cameras, who wears them, what they recorded, and who may see it.

It imports ``protocol`` and never ``device``.
"""
