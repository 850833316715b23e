"""One target under atheris, in a process of its own: libFuzzer ends its process when it is done.

    python -m tests.fuzz.worker TARGET [libFuzzer's options and folders]

Prints ``executed N`` on stdout every so often; libFuzzer's own lines go to stderr.
"""

import random
import sys
import warnings

import atheris

with atheris.instrument_imports(include=["protocol"]):
    from tests.fuzz.targets import TARGETS

EVERY = 1000


def main() -> None:
    """Run until libFuzzer has had its executions, or an input breaks a promise."""
    target = next(each for each in TARGETS if each.name == sys.argv[1])
    executed = 0
    warnings.simplefilter(
        "ignore"
    )  # of serial numbers below one and the like: cryptography's, and no failure

    def run(data: bytes) -> None:
        nonlocal executed
        executed += 1
        if executed % EVERY == 0:
            sys.stdout.write(f"executed {executed}\n")
            sys.stdout.flush()
        target.run(data)

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        changed = target.mutate(data, random.Random(seed), lambda each: atheris.Mutate(each, max_size))
        return changed[:max_size]

    atheris.Setup([sys.argv[0], *sys.argv[2:]], run, custom_mutator=None if target.blind else mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
