"""``lapel-simulator replay``: what the ledgers in a folder tell, as a scenario.

It opens no footage and asks no fleet. What no ledger says is not made up: the scenario says that it is
unknown.
"""
