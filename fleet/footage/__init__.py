"""Footage in the fleet: received sealed, verified, receipted, and played or exported when somebody may look.

The rooms, from the top: ``receiving`` takes in what cameras send, ``verifying`` ends in a receipt, and
``watching`` lets footage out, through the vault alone; these three do not know each other. ``recordings``
keeps what is known, in rows. ``store`` keeps bytes and ``timeline`` lays out what is shown when, both knowing
neither rows nor people.
"""
