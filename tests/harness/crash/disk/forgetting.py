"""Leaves kinds of syncs out of a log, as a camera would that forgot them: to see that the loss is found."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.harness.crash.disk.operations import Names, Operation, Sync, SyncDir


@dataclass
class Forgets:
    """Whether an operation is to be left out; give it every operation of a log in order.

    Attributes:
        kind: Which kind of sync.
        name: A pattern for the name that the file or folder had first.
    """

    kind: type[Sync | SyncDir]
    name: str = ".*"
    forgotten: int = 0
    _names: dict[int, str] = field(default_factory=dict)

    def __call__(self, operation: Operation) -> bool:
        if isinstance(operation, Names):
            for name, node in operation.added:
                self._names.setdefault(node, name)
        if not isinstance(operation, self.kind):
            return False
        node = operation.node if isinstance(operation, Sync) else operation.folder
        forgets = re.fullmatch(self.name, self._names.get(node, "")) is not None
        self.forgotten += forgets
        return forgets
