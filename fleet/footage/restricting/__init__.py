"""Restrictions: footage that is kept and not used (UK GDPR Art. 18)."""
