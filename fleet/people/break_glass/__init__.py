"""Break-glass: administrator rights for a time, given on the host when nobody can sign in as usual.

It decides who is let in by it and tells of it; it shows no pages and watches no footage.
"""
