# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is in a cluster and who holds what, read from the console's output."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.cluster import topology
from plugins.module_utils.cluster.topology import Demand, View
from plugins.module_utils.errors import PlanError

# Forms of the page cluster; the names are ours.
MEMBERSHIP = """Private Name: #m#boss
Node Name: (Null)
Subcluster: (Null)
Node Type: Manager
Address: 0.0.0.0:0

Private Name: #ec0-1#mta2
Node Name: mta2
Node Type: Momentum

Private Name: #ec0-2#mta1
Node Name: mta1
Node Type: Momentum
"""
DURAVIPS = """DuraVIP State:
192.0.2.100/one/two: (owned,safe) multivip
\t[view stable for 10 seconds]
\t[configuration stable for 9 seconds]
    \tmta2 multivip
 *  \tmta1 multivip
192.0.2.101/three: (remote,moving) multivip
 *  \tmta1 multivip
 *  \tmta2 multivip
2001:db8::1/four: (unowned,safe) multivip
    \tmta1 multivip
"""


def seen():
    return View("mta1", topology.members_in(MEMBERSHIP), topology.addresses_in(DURAVIPS))


def test_managers_are_no_members():
    assert seen().members == ["mta1", "mta2"]


def test_the_asterisk_says_who_holds_an_address():
    found = {one.address: (one.labels, one.state, one.owners, one.settled) for one in seen().addresses}
    assert found == {
        "192.0.2.100": (["one", "two"], "owned", ["mta1"], True),
        "192.0.2.101": (["three"], "remote", ["mta1", "mta2"], False),
        "2001:db8::1": (["four"], "unowned", [], False),
    }
    assert seen().held == ["192.0.2.100", "192.0.2.101"]


@pytest.mark.parametrize("words", ["", "not in a cluster", "Unknown command 'cluster'", "DuraVIP State:"])
def test_a_node_outside_of_a_cluster_sees_nothing(words):
    assert topology.members_in(words) == []
    assert topology.addresses_in(words) == []


def test_names_have_no_case():
    assert topology.unmet(seen(), Demand(members=["MTA1", "mta2"])) == []


def test_everything_that_does_not_hold_is_named():
    demand = Demand(["mta1", "mta3"], ["192.0.2.100", "192.0.2.7"], released=True, settled=True)
    assert topology.unmet(seen(), demand) == [
        "mta3 is not in the view of mta1",
        "mta1 does not hold 192.0.2.7",
        "mta1 still holds 192.0.2.100",
        "mta1 still holds 192.0.2.101",
        "192.0.2.101 is not settled: mta1, mta2",
        "2001:db8::1 is not settled: nobody holds it",
    ]


def test_addresses_go_to_the_others_in_turn():
    pairs = topology.spread(["192.0.2.3", "192.0.2.1", "192.0.2.2"], ["mta2", "mta3"])
    assert pairs == [["192.0.2.1", "mta2"], ["192.0.2.2", "mta3"], ["192.0.2.3", "mta2"]]
    with pytest.raises(PlanError, match="no other node could hold 192.0.2.1"):
        topology.spread(["192.0.2.1"], [])
    assert topology.spread([], []) == []


@given(st.lists(st.integers(0, 255), unique=True), st.integers(1, 5))
def test_no_node_gets_two_more_than_another(numbers, count):
    nodes = ["mta%d" % number for number in range(count)]
    pairs = topology.spread(["192.0.2.%d" % number for number in numbers], nodes)
    shares = [[node for _address, node in pairs].count(name) for name in nodes]
    assert sum(shares) == len(numbers)
    assert max(shares) - min(shares) <= 1


@given(st.text())
def test_any_words_can_be_read(words):
    assert all(name.strip() for name in topology.members_in(words))
    assert all(one.address for one in topology.addresses_in(words))
