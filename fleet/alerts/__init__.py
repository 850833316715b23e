"""Alerts: what needs somebody, as rows with a person to it and a history.

A domain that has something to tell defines a ``AlertKind`` and either

- a *source*, which looks at the facts and finds what is true now (``fleet.alerts.sources.AlertSource``): its
  alerts are raised and resolved by themselves; or
- an *event*, which happened and stays true (``fleet.alerts.events.raise_event``): people resolve it.

Nothing here sends anything to anybody.
"""
