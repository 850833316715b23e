"""The rules of ``docs/footage-format.md`` that opened footage is held against. Pure."""

from __future__ import annotations

from typing import Final

from simulator.oracle.rule import NamedRule

PAGE: Final = "docs/footage-format.md"

SIGNED: Final = NamedRule("signed", f"{PAGE}, section 9", "the folder verifies as its camera signed it")
RECIPIENT: Final = NamedRule(
    "recipient", f"{PAGE}, section 7", "the key is one of those that it was sealed to"
)
KEYS_OPEN: Final = NamedRule(
    "keys-open", f"{PAGE}, section 7", "sealed keys open in the context of their place"
)
PARTS_OPEN: Final = NamedRule("parts-open", f"{PAGE}, section 6", "every part opens in its own place")
ONE_FRAGMENT: Final = NamedRule(
    "one-fragment", f"{PAGE}, section 6", "a part is one CMAF file of ftyp, moov, moof and mdat"
)
CODEC: Final = NamedRule("codec", f"{PAGE}, section 6", "a part is of the codec that its chunk's header says")
TIMESCALE: Final = NamedRule(
    "timescale", f"{PAGE}, section 6", "pictures count time in 1/90,000 s and sound in 1/48,000 s"
)
DECODES: Final = NamedRule(
    "decodes-alone", f"{PAGE}, section 6", "each part decodes alone and without a complaint"
)
FFPROBE: Final = NamedRule("ffprobe", f"{PAGE}, section 6", "ffprobe reads each part without a complaint")
TIMES: Final = NamedRule(
    "times",
    f"{PAGE}, section 6",
    "a part lies where its chunk says, on the boot-time clock, and lasts as long",
)
GAPS_TOLD: Final = NamedRule("gaps-told", f"{PAGE}, section 9, step 5", "every gap is stated with its cause")

RULES: Final = (
    SIGNED,
    RECIPIENT,
    KEYS_OPEN,
    PARTS_OPEN,
    ONE_FRAGMENT,
    CODEC,
    TIMESCALE,
    DECODES,
    FFPROBE,
    TIMES,
    GAPS_TOLD,
)
