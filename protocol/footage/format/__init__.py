"""The bytes of sealed footage: strict CBOR, signatures, chunks and segments."""
