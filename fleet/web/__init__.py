"""The dashboard: pages that the safety team reads and uses.

Rules kept here:

- Pages are HTML from the server and work before any script runs; only playing footage needs one.
- A page asks for nothing outside this service, and carries no script or style of its own (strict policy).
- View models (``fleet.web.views``) are pure: facts and a time in, words and numbers out.
- What may be done is decided by the domains; a page repeats their sentence and never invents a rule.

The package does not decide who may call a route (``fleet.people.access``), nor how footage is opened
(``fleet.vault``).
"""
