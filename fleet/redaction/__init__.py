"""Redaction: faces and words hidden in a copy of a recording. The recording itself never changes.

``rules`` is pure: what is hidden when and where, a draft with its history, and what of a person's input is
refused. The rest proposes, makes and checks.
"""
