"""What people show besides a password: passkeys, codes of an authenticator app, and recovery codes.

It knows neither pages nor how a password is judged: ``fleet.people.sign_in`` asks it what else is needed.
"""
