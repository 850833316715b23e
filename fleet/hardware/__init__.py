"""Hardware modules (HSM), spoken to by PKCS #11: what they encrypt, they alone decrypt."""
