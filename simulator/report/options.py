"""The options of every command that writes a report: where, in which forms, and what is dropped from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

JsonOption = Annotated[
    Path | None, typer.Option("--json", help="Write the report here as JSON.", show_default=False)
]
JunitOption = Annotated[
    Path | None, typer.Option("--junit", help="Write the report here as JUnit XML.", show_default=False)
]
HtmlOption = Annotated[
    Path | None,
    typer.Option(
        "--html",
        help="Write the report here as one HTML page.",
        show_default=False,
    ),
]
RedactOption = Annotated[
    bool,
    typer.Option(
        "--redact",
        help="Drop keys, tokens, addresses, machine names and paths from reports and from what is said.",
    ),
]
