"""People who come by the provider of identities: let in, kept in step, and signed out when they have left.

What is said to and by the provider is in ``fleet.people.provider``.
"""
