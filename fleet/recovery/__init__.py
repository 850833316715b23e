"""The recovery key: made away from the fleet, and able to open what the fleet keeps when all else is lost.

Rules:
- the fleet has its public half alone; what it seals to that it cannot open again;
- each private key of the vault is sealed to it, as soon as the vault is open;
- that the key is there, opens, and opens what footage is sealed to is found out by trying it, once a year.

Footage is not sealed to it by cameras: see ``docs/decisions``.
"""
