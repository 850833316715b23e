"""The Merkle tree of RFC 9162 (and RFC 6962) over the audit log: hashes, its right edge, and proofs. Pure."""
