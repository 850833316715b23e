"""What a tester does to lens, microphone, card and clock. Pure."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from simulator.scenario.steps.base import CameraStep

DAY_S = 86_400
TWENTY_YEARS_S = 20 * 366 * DAY_S


class CoverLens(CameraStep):
    """CoverLens the lens: black pictures."""

    do: Literal["cover"]


class UncoverLens(CameraStep):
    """Take away what covers the lens."""

    do: Literal["uncover"]


class StallSensor(CameraStep):
    """Have a sensor give nothing at all, as one does whose cable or driver fails.

    Attributes:
        sensor: Which: the lens gives no pictures, the microphone no sound, not even silence.
    """

    do: Literal["stall"]
    sensor: Literal["lens", "microphone"] = "lens"


class UnstallSensor(CameraStep):
    """Have a sensor that has stalled go on.

    Attributes:
        sensor: Which.
    """

    do: Literal["unstall"]
    sensor: Literal["lens", "microphone"] = "lens"


class MuteMicrophone(CameraStep):
    """MuteMicrophone the microphone: silence."""

    do: Literal["mute"]


class UnmuteMicrophone(CameraStep):
    """Let the microphone hear again."""

    do: Literal["unmute"]


class ChangeCard(CameraStep):
    """Change the camera's card.

    Attributes:
        state: ``good``; ``full``, with ``free_mib`` left on it; ``slow``; ``failing``, which answers with an
            input/output error (EIO); ``read_only`` (EROFS).
        size_mib: How large it is from now on, whatever state it is in; None to leave that.
        free_mib: What a full card has left.
        write_kib_s: How fast a slow card takes what is written.
        sync_ms: How much longer than it would a slow card takes to say that it is durable.
        failing_percent: How many operations of a failing card fail, drawn by the seed.
    """

    do: Literal["card"]
    state: Literal["good", "full", "slow", "failing", "read_only"] = "good"
    size_mib: int | None = Field(default=None, ge=1, le=4_194_304)
    free_mib: int = Field(default=0, ge=0, le=4_194_304)
    write_kib_s: int | None = Field(default=None, ge=1, le=10_000_000)
    sync_ms: float = Field(default=0, ge=0, le=120_000)
    failing_percent: float = Field(default=100, gt=0, le=100)

    @model_validator(mode="after")
    def _keys_go_with_states(self) -> ChangeCard:
        of = {"full": ["free_mib"], "slow": ["write_kib_s", "sync_ms"], "failing": ["failing_percent"]}
        for state, keys in of.items():
            wrong = [key for key in keys if key in self.model_fields_set and state != self.state]
            if wrong:
                raise ValueError(f'{wrong[0]} goes with the state "{state}" and with no other')
        if self.state == "slow" and self.write_kib_s is None and not self.sync_ms:
            raise ValueError('the state "slow" needs write_kib_s or sync_ms')
        if self.state == "full" and self.size_mib is not None:
            raise ValueError("size_mib says how large the card is, and full how full; take one of them")
        return self


class DamageCard(CameraStep):
    """Have the card change a byte in the middle of every recording that the fleet knows nothing of yet."""

    do: Literal["damage_card"]


class ChangeClock(CameraStep):
    """Change the camera's wall clock, which a restart does not mend; its boot clock runs on.

    Attributes:
        state: ``right``; ``wrong``, with ``offset_s`` or ``step_s``; ``unset``, as a board without a battery
            starts: in 1970, and not synchronised.
        offset_s: By how much it is ahead of the true time; behind where negative.
        step_s: By how much it steps from where it is.
    """

    do: Literal["clock"]
    state: Literal["right", "wrong", "unset"] = "wrong"
    offset_s: float | None = Field(default=None, ge=-TWENTY_YEARS_S, le=TWENTY_YEARS_S)
    step_s: float | None = Field(default=None, ge=-TWENTY_YEARS_S, le=TWENTY_YEARS_S)

    @model_validator(mode="after")
    def _one_of_them(self) -> ChangeClock:
        given = sum(each is not None for each in (self.offset_s, self.step_s))
        if self.state == "wrong" and given != 1:
            raise ValueError("a wrong clock needs offset_s or step_s, and not both")
        if self.state != "wrong" and given:
            raise ValueError(f'offset_s and step_s go with the state "wrong", not with "{self.state}"')
        return self
