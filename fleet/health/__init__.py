"""How what the service stands on is doing: broker, database, store, vault and disk, and when keys end.

Rules:
- what is said was found out while it was asked for, or it says that it is not known;
- looking changes nothing and never waits long: what does not answer in time is said to be that;
- a reading that is not good says what to do.

It raises no alerts and keeps nothing: who asks tomorrow is told how it is tomorrow.
"""
