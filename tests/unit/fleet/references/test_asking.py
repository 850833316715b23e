"""How often strangers may ask, and that every answer goes out after the same time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from fleet.core.problems import ProblemError
from fleet.core.sections.landlord import LandlordSection
from fleet.people.attempts import WINDOW, Attempts
from fleet.printing.blocks import PictureBlock
from fleet.references.asking import (
    ANSWERED_AFTER_S,
    FROM_ONE_ADDRESS,
    IN_ALL,
    ReferenceAsking,
    network_of,
)
from fleet.references.slip import opened_by, qr_rows, slip_page
from fleet.visits.texts import LandlordText, TextUse

NOW = datetime(2026, 3, 3, tzinfo=UTC)


def asking(near: int = FROM_ONE_ADDRESS, in_all: int = IN_ALL) -> ReferenceAsking:
    return ReferenceAsking(Attempts(near), Attempts(in_all))


def test_one_address_may_fail_so_often_and_then_waits() -> None:
    # proves F9
    budget = asking(near=2)
    for _ in range(2):
        budget.begin("192.0.2.1", NOW)
    with pytest.raises(ProblemError, match="try again in 15 minutes, or ask the landlord") as refused:
        budget.begin("192.0.2.1", NOW)
    assert refused.value.status == 429
    assert refused.value.headers == {"Retry-After": "900"}
    budget.begin("192.0.2.2", NOW)
    budget.begin("192.0.2.1", NOW + WINDOW)


def test_many_addresses_together_may_fail_so_often_and_are_not_even_counted_then() -> None:
    # proves F9
    near = Attempts(5)
    budget = ReferenceAsking(near, Attempts(3))
    for number in range(3):
        budget.begin(f"192.0.2.{number}", NOW)
    for number in range(3, 100):
        with pytest.raises(ProblemError, match="Too many references were tried"):
            budget.begin(f"192.0.2.{number}", NOW)
    assert len(near._counted) == 3


def test_whoever_has_a_slip_does_not_stay_counted() -> None:
    budget = asking(near=1, in_all=1)
    for second in range(10):
        at = NOW + timedelta(seconds=second)
        budget.begin("192.0.2.1", at)
        budget.give_back("192.0.2.1", at)
    budget.begin("192.0.2.9", NOW + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "not an address", False),
    ],
)
def test_what_costs_nothing_to_change_is_left_out_of_an_address(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


@pytest.mark.parametrize(
    ("took", "waits"), [(0.0, ANSWERED_AFTER_S), (0.2, ANSWERED_AFTER_S - 0.2), (9.0, 0.0)]
)
def test_an_answer_waits_until_all_of_them_go_out(took: float, waits: float) -> None:
    # proves F10
    paused: list[float] = []

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    budget = ReferenceAsking(Attempts(1), Attempts(1), lambda: 100.0 + took, pause)
    asyncio.run(budget.same_time(100.0))
    assert paused == [pytest.approx(waits)]


def test_a_slip_has_a_picture_that_is_named_for_whoever_does_not_see_it() -> None:
    text = LandlordText(TextUse.REFERENCE, "en", 1, "Slip", "{{code}} {{address}} {{contact}} {{complaints}}")
    landlord = LandlordSection(name="Northgate Homes", contact="1 Gate Street")
    page = slip_page(text, "0" * 16, landlord=landlord, address="https://fleet.example.org/reference")
    picture, *_ = page.blocks
    assert isinstance(picture, PictureBlock)
    assert picture.text == "QR code that opens https://fleet.example.org/reference"
    with pytest.raises(ProblemError, match="each slip bears them"):
        slip_page(text, "0" * 16, landlord=LandlordSection(), address="https://fleet.example.org/reference")


def test_the_code_stands_behind_the_hash_and_the_picture_has_its_quiet_zone() -> None:
    link = opened_by("https://fleet.example.org/reference", "ABCD")
    assert link == "https://fleet.example.org/reference#ABCD"
    rows = qr_rows(link)
    side = len(rows)
    assert all(len(row) == side for row in rows)
    assert all("1" not in row for row in (*rows[:4], *rows[-4:]))
    assert all(set(row[:4] + row[-4:]) == {"0"} for row in rows)
    squares = np.array([[255 * (each == "0") for each in row] for row in rows], np.uint8)
    read, *_ = cv2.QRCodeDetector().detectAndDecode(np.kron(squares, np.ones((8, 8), np.uint8)))
    assert read == link
