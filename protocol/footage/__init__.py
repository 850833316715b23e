"""Sealed footage: the one format from the camera to the court (``docs/footage-format.md``).

Each room knows those below it alone:

- ``verifying`` judges a recording, for anyone and without a key: ``verify.verify_recording``.
- ``sealing`` encrypts and opens: ``sealed_chunk.seal_chunk`` and ``keys.seal_keys`` on the camera,
  ``keys.unseal_keys``, ``part.open_part`` and ``opening`` in the vault. Beside it, ``receipt`` is the fleet's
  signed word.
- ``ledger`` is the list of what a recording holds: ``ledger.read_ledger`` reads it, ``writer.LedgerWriter``
  makes it.
- ``format`` is the bytes: CBOR, signatures, certificates, chunks, segments; ``model`` has the types of them
  all, ``errors`` what is raised.

Other packages use ``model``, ``errors``, ``limits``, ``sizes``, ``segment``, ``chunk`` and ``signing`` of the
format, the modules named above and ``verifying.report``; a contract in ``pyproject.toml`` keeps them off the
rest.

Everything here is a function of its arguments: no file, network, clock, thread or randomness of its own.
The one exception is inside the cryptography library, which draws its own randomness when it encapsulates a
key.
"""
