"""Signing in through a provider of identities (OpenID Connect), and signing out who has left it.

It gives no rights of its own: which claims give which roles is configured (``[provider]``), and break-glass
and the accounts of this fleet need it for nothing.
"""
