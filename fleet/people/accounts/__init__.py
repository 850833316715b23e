"""Accounts of the people who sign in: invited, given roles and relieved of them, retired, their own matters.

It does not sign anybody in: that is ``fleet.people.sign_in``.
"""
