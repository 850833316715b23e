"""Who has to go when too many are connected: whoever opened most and is not being answered."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fleet.connections.limits import FEWEST, MOST, OWN_FILES, connection_limits
from fleet.connections.table import ConnectionLimits, ConnectionTable, network_of

SMALL = ConnectionLimits(in_all=6, loose=4, each_peer=2)
ADDRESSES = ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2")


class TableMachine(RuleBasedStateMachine):
    """Connections come, are answered and go as they like; a model keeps who is here, and how."""

    def __init__(self) -> None:
        super().__init__()
        self.table: ConnectionTable[int] = ConnectionTable(SMALL)
        self.number = 0
        self.loose: dict[int, str] = {}
        self.busy: dict[int, str] = {}
        self.peers: dict[int, str] = {}

    # proves F9
    @rule(address=st.sampled_from(ADDRESSES))
    def come(self, address: str) -> None:
        self.number += 1
        before = self.loose_by_owner()
        was_full = len(self.loose) + len(self.busy) >= SMALL.in_all
        going = self.table.come(self.number, address)
        if going == self.number:
            assert was_full
            assert not self.loose
            return
        if going is not None:
            assert going in self.loose, "somebody who was being answered had to go"
            owner = self.loose[going]
            assert before[owner] == max(before.values())
            self.forget(going)
        else:
            assert not was_full
            assert len(self.loose) < SMALL.loose
        self.loose[self.number] = network_of(address)

    @precondition(lambda self: self.loose or self.busy)
    @rule(data=st.data(), peer=st.sampled_from(["one", "two"]))
    def know(self, data: st.DataObject, peer: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.loose | self.busy)))
        going = self.table.know(key, peer)
        if key in self.peers:
            assert going is None
            return
        self.peers[key] = peer
        for mine in (self.loose, self.busy):
            if key in mine:
                mine[key] = f"peer {peer}"
        theirs = [each for each, whose in self.peers.items() if whose == peer]
        assert (going is not None) == (len(theirs) > SMALL.each_peer)
        if going is not None:
            assert going in theirs
            assert going in self.loose or going == key
            self.forget(going)

    @precondition(lambda self: self.loose or self.busy)
    @rule(data=st.data(), what=st.sampled_from(["answer", "let loose", "leave"]))
    def change(self, data: st.DataObject, what: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.loose | self.busy)))
        owner = (self.loose | self.busy)[key]
        if what == "answer":
            self.table.answer(key)
            self.loose.pop(key, None)
            self.busy[key] = owner
        elif what == "let loose":
            self.table.let_loose(key)
            self.busy.pop(key, None)
            self.loose[key] = owner
        else:
            self.table.leave(key)
            self.forget(key)

    @rule()
    def make_room(self) -> None:
        going = self.table.make_room()
        assert (going is None) == (not self.loose)
        if going is not None:
            self.forget(going)

    @rule(key=st.integers(-5, -1))
    def of_one_that_is_not_here(self, key: int) -> None:
        self.table.answer(key)
        self.table.let_loose(key)
        self.table.leave(key)
        assert self.table.know(key, "one") is None

    @invariant()
    def is_as_the_model(self) -> None:
        assert len(self.table) == len(self.loose) + len(self.busy) <= SMALL.in_all
        assert self.table.loose == len(self.loose)
        assert all(key in self.table for key in self.loose | self.busy)

    def forget(self, key: int) -> None:
        self.loose.pop(key, None)
        self.busy.pop(key, None)
        self.peers.pop(key, None)

    def loose_by_owner(self) -> dict[str, int]:
        owners = list(self.loose.values())
        return {owner: owners.count(owner) for owner in owners}


TestTable = TableMachine.TestCase


def test_the_one_that_has_been_loose_for_longest_goes() -> None:
    table: ConnectionTable[str] = ConnectionTable(ConnectionLimits(in_all=9, loose=3, each_peer=9))
    for key in ("first", "second", "third"):
        assert table.come(key, ADDRESSES[0]) is None
    table.let_loose("first")  # it was answered meanwhile
    assert table.come("fourth", ADDRESSES[0]) == "second"


# proves F9
def test_whoever_opens_a_thousand_loses_their_own() -> None:
    table: ConnectionTable[str] = ConnectionTable(ConnectionLimits(in_all=200, loose=100, each_peer=16))
    assert table.come("somebody", ADDRESSES[0]) is None
    gone = [table.come(f"hostile {number}", ADDRESSES[1]) for number in range(1000)]
    assert "somebody" not in gone
    assert "somebody" in table


def test_a_certificate_counts_by_itself_whatever_else_comes_from_its_address() -> None:
    table: ConnectionTable[str] = ConnectionTable(ConnectionLimits(in_all=200, loose=10, each_peer=16))
    table.come("camera", ADDRESSES[0])
    table.know("camera", "certificate")
    gone = [table.come(f"hostile {number}", ADDRESSES[0]) for number in range(100)]
    assert "camera" not in gone


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_what_an_address_counts_as(address: str, counts_as: str) -> None:
    assert network_of(address) == counts_as


@pytest.mark.parametrize("files", [0, 64, 256, 1024, 65_536])
def test_limits_leave_files_for_the_rest(files: int) -> None:
    limits = connection_limits(files)
    assert FEWEST <= limits.in_all <= MOST
    assert 0 < limits.loose < limits.in_all
    assert limits.in_all == FEWEST or 4 * limits.in_all <= files - OWN_FILES
