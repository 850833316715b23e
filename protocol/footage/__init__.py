"""Sealed footage: the one format from the camera to the court (``docs/footage-format.md``).

Writing (camera): ``seal_chunk`` → append to a segment begun by ``write_run_record``; ``LedgerWriter`` →
append to the ledger; ``seal_keys`` → the ledger's ``keys`` records. Reading (vault): ``unseal_keys`` and
``recording``. Judging (anyone, without a key): ``verify_recording``.

Everything here is a function of its arguments: no file, network, clock, thread or randomness of its own.
The one exception is inside the cryptography library, which draws its own randomness when it encapsulates a
key.
"""
