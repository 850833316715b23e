"""What a list of alerts says that has none. Pure."""

from __future__ import annotations

from fleet.web.views.moments import count


def none_words(at: str, settled: int, *, sees_all: bool) -> str:
    """Say what was found where nothing needs anybody.

    Args:
        at: when it was looked for, in words.
        settled: of how many alerts people said that they need nobody, though they are so still, or may be.
        sees_all: whether whoever looks is told of every kind of alert.

    >>> none_words("12:00", 0, sees_all=True), none_words("12:00", 1, sees_all=False)
    ('Nothing that is looked for was found at 12:00.', 'People resolved 1 alert that is so still, or may be; \
nothing else that your roles are told of was found at 12:00.')
    """
    what = "that is looked for" if sees_all else "that your roles are told of"
    if not settled:
        return f"Nothing {what} was found at {at}."
    verb = "is" if settled == 1 else "are"
    return (
        f"People resolved {count(settled, 'alert')} that {verb} so still, or may be; "
        f"nothing else {what} was found at {at}."
    )
