# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is elected, and when an address changes hands; and what the log of accepted mail is after a crash."""

import json
import smtplib
from typing import Dict, FrozenSet

from hypothesis import given
from hypothesis import strategies as st
from momentum_standin.cluster_view import MANAGER, NODE, Actions, DuraVip, Member, decide, elect
from standin_node import Node

VIP = DuraVip("192.0.2.9", ["listener"], ["mta1"], "")
VIPS = {VIP.address: VIP}
NONE: FrozenSet[str] = frozenset()
NAMES = st.sets(st.sampled_from(["mta1", "mta2", "mta3", "mta4", "mta5"]), min_size=1)


def member(name: str, owned: bool = False, leaving: bool = False, unable: bool = False, kind: str = NODE) -> Member:
    mine, not_mine = frozenset([VIP.address]), NONE
    return Member(name, name, kind, "5.3.0", "", leaving, mine if owned else not_mine, mine if unable else not_mine)


def members(*found: Member) -> Dict[str, Member]:
    return {one.name: one for one in found}


def test_the_preferred_node_is_elected_and_a_move_comes_before_it() -> None:
    all_three = members(member("mta1"), member("mta2"), member("mta3"), member("manager", kind=MANAGER))
    assert elect(VIP, all_three, {}, VIPS) == "mta1"
    assert elect(VIP, all_three, {VIP.address: "mta3"}, VIPS) == "mta3"
    assert elect(VIP, all_three, {VIP.address: "mta9"}, VIPS) == "mta1"


def test_nobody_is_elected_who_stops_or_cannot_or_manages() -> None:
    found = members(member("mta1", leaving=True), member("mta2", unable=True), member("manager", kind=MANAGER))
    assert elect(VIP, found, {}, VIPS) is None


@given(NAMES, NAMES)
def test_an_election_depends_on_the_members_alone_and_a_loser_changes_nothing(
    some: "set[str]", gone: "set[str]"
) -> None:
    free = VIP._replace(preference=[])
    before = elect(free, {name: member(name) for name in sorted(some)}, {}, VIPS)
    assert before == elect(free, {name: member(name) for name in sorted(some, reverse=True)}, {}, VIPS)
    left = some - gone
    if before in left:
        assert elect(free, {name: member(name) for name in left}, {}, VIPS) == before


def test_an_orphan_is_taken_at_once_by_a_node_whose_view_is_mature() -> None:
    found = members(member("mta1"), member("mta2"))
    assert decide("mta1", VIPS, found, {}, True, False) == Actions([VIP.address], [])
    assert decide("mta1", VIPS, found, {}, False, False) == Actions([], [])


def test_a_running_owner_is_relieved_only_in_a_mature_view_and_one_that_stops_at_once() -> None:
    found = members(member("mta1"), member("mta2", owned=True))
    assert decide("mta1", VIPS, found, {}, True, False) == Actions([], [])
    assert decide("mta1", VIPS, found, {}, True, True) == Actions([VIP.address], [])
    found["mta2"] = member("mta2", owned=True, leaving=True)
    assert decide("mta1", VIPS, found, {}, True, False) == Actions([VIP.address], [])


def test_an_address_is_released_when_the_next_owner_has_it_and_not_before() -> None:
    found = members(member("mta1"), member("mta2", owned=True))
    assert decide("mta2", VIPS, found, {}, True, True) == Actions([], [])
    found["mta1"] = member("mta1", owned=True)
    assert decide("mta2", VIPS, found, {}, True, True) == Actions([], [VIP.address])
    assert decide("mta2", {}, found, {}, True, True) == Actions([], [VIP.address])


def test_a_record_that_a_crash_cut_off_is_dropped_and_the_others_stay(node: Node) -> None:
    path = node.root + "/var/spool/ecelerity/messages.jsonl"
    for expected in (1, 2):
        node.start()
        with smtplib.SMTP("127.0.0.1", node.port, timeout=10) as client:
            client.sendmail("a@a.example", ["b@b.example"], "Subject: x\r\n\r\n")
        assert node.process is not None
        node.process.kill()
        node.process.wait()
        with open(path, "a") as file:
            file.write('{"time": 1')
        assert [json.loads(line)["sender"] for line in node.read(path).splitlines()[:-1]] == [
            "<a@a.example>"
        ] * expected
