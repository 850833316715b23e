"""Restrictions: recordings and imports that are kept and not used (UK GDPR Art. 18)."""
