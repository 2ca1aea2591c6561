# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On a cluster node the stanza of the cluster's file is managed, and what contradicts it is reported and cleaned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stanza_samples import CLUSTER, STANDALONE, host

from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.errors import PlanError
from plugins.module_utils.security import placement as place
from plugins.module_utils.security.comparison import merge, same_option, settings
from plugins.module_utils.security.stanza import SCOPE, Stanza, declared, stanza_of

MAIN, HOME = "/c/ecelerity.conf", "/c/ecelerity-cluster.conf"


class Node:
    """A configuration that plans are carried out on."""

    def __init__(self, main, cluster=None, **more):
        self.files = {MAIN: main.encode()}
        if cluster is not None:
            self.files[HOME] = cluster.encode()
        self.files.update(("/c/%s.conf" % name, text.encode()) for name, text in more.items())

    def reload(self, changed):
        return load(MAIN, [], nodename="n", reader=OverlayReader(dict(self.files, **changed)))

    def manage(self, requested, role="auto", purge=False):
        """Plan, write, and return the plan with what was in conflict before."""
        configuration = self.reload({})
        effective = Effective(configuration)
        home = place.cluster_home(configuration, effective, role)
        home = place.stanza_file(configuration, effective, home) if purge else home
        found = declared(effective)
        stanza = merge(stanza_of(found), requested)
        conflicts = place.conflicts(found, stanza, requested, home, same_option(host()))
        plan = place.plan_stanza(configuration, self.reload, settings(requested, host()), home, purge)
        self.files.update((edit.path, edit.after) for edit in plan.edits)
        return plan, conflicts

    def in_force(self, option):
        return Effective(self.reload({})).get(SCOPE, option)


OWN = 'Security {\n  User = "root"\n  Capabilities = "%s"\n}\n' % STANDALONE
OF_CLUSTER = 'Security {\n  User = "ecuser"\n  Capabilities = "%s"\n}\n' % CLUSTER
INCLUDE = 'include "ecelerity-cluster.conf"\n'
REQUESTED = Stanza(user="ecuser", capabilities=CLUSTER)


def test_a_contradicting_stanza_is_told_with_file_and_line():
    plan, conflicts = Node(OWN + INCLUDE, OF_CLUSTER).manage(REQUESTED)
    assert plan.changes == []
    assert [(item.option, item.value, item.file, item.line, item.wins) for item in conflicts] == [
        ("User", "root", MAIN, 2, False),
        ("Capabilities", STANDALONE, MAIN, 3, False),
    ]


def test_a_second_stanza_that_says_the_same_is_no_conflict():
    _plan, conflicts = Node(OF_CLUSTER.replace("ecuser", "900") + INCLUDE, OF_CLUSTER).manage(REQUESTED)
    assert conflicts == []


def test_cleaning_what_has_no_effect_needs_no_restart_and_is_done_once():
    node = Node(OWN + INCLUDE, OF_CLUSTER)
    plan, _conflicts = node.manage(REQUESTED, purge=True)
    assert [edit.path for edit in plan.edits] == [MAIN]
    assert plan.activation == "none"
    again, conflicts = node.manage(REQUESTED, purge=True)
    assert (again.edits, again.changes, conflicts) == ([], [], [])


def test_an_option_that_is_not_managed_stays_where_it_is():
    node = Node('Security {\n  Chroot = "/jail"\n  User = "root"\n}\n' + INCLUDE, OF_CLUSTER)
    node.manage(REQUESTED, purge=True)
    assert node.in_force("chroot").file == MAIN
    assert node.in_force("user").overridden == ()


def test_a_stanza_that_wins_over_the_cluster_file_is_changed_in_place_and_told():
    node = Node(INCLUDE + OWN, OF_CLUSTER)
    plan, conflicts = node.manage(REQUESTED)
    assert [edit.path for edit in plan.edits] == [MAIN]
    assert plan.activation == "restart"
    assert [item.wins for item in conflicts] == [True, True]
    assert node.in_force("user").value == "ecuser"


def test_cleaning_makes_the_cluster_file_win():
    node = Node(INCLUDE + OWN, OF_CLUSTER)
    plan, _conflicts = node.manage(REQUESTED, purge=True)
    assert plan.activation == "restart"
    assert node.in_force("user").file == node.in_force("capabilities").file == HOME


def test_a_cluster_file_without_a_stanza_is_the_home_only_for_a_cluster():
    node = Node(OWN + INCLUDE, "# nothing\n")
    assert [edit.path for edit in node.manage(REQUESTED)[0].edits] == [MAIN]
    node = Node(OWN + INCLUDE, "# nothing\n")
    assert [edit.path for edit in node.manage(REQUESTED, role="cluster")[0].edits] == [HOME]


def test_a_standalone_node_is_managed_where_the_option_is_in_force():
    node = Node('Security { User = "root" }\n' + INCLUDE, 'Security { Capabilities = "" }\n')
    plan, _conflicts = node.manage(Stanza(user="ecuser"), role="standalone")
    assert [edit.path for edit in plan.edits] == [MAIN]


def test_a_cluster_node_must_include_the_cluster_file():
    with pytest.raises(PlanError, match="does not include ecelerity-cluster.conf"):
        Node(OWN).manage(REQUESTED, role="cluster")


LOCAL = 'Local_Changes_File = "/c/local.conf"\n'


def test_what_the_local_changes_file_says_wins_is_told_and_changed_there():
    node = Node(LOCAL + INCLUDE, OF_CLUSTER, local='Security { User = "root" }\n')
    found = declared(Effective(node.reload({})))
    (words,) = place.by_hand(found, REQUESTED, node.reload({}))
    assert "User" in words and "/c/local.conf:1" in words
    _plan, conflicts = node.manage(REQUESTED)
    assert [(item.file, item.wins) for item in conflicts] == [("/c/local.conf", True)]
    assert (node.in_force("user").value, node.in_force("user").file) == ("ecuser", "/c/local.conf")


def test_cleaning_takes_the_local_changes_away():
    node = Node(LOCAL + INCLUDE, OF_CLUSTER, local='Security { User = "root" }\n')
    node.manage(REQUESTED, purge=True)
    assert node.in_force("user").file == HOME


OPTION = st.sampled_from(["", 'User = "root"\n', 'User = "ecuser"\n', 'User = "900"\n', 'Capabilities = "="\n'])
STANZAS = st.lists(OPTION, max_size=2).map(lambda options: "Security {\n%s}\n" % "".join(options))


@given(STANZAS, STANZAS, STANZAS, STANZAS, st.booleans(), st.sampled_from(["auto", "cluster", "standalone"]))
def test_whatever_is_found_the_request_holds_afterwards_and_a_second_run_changes_nothing(
    first, last, middle, local, purge, role
):
    node = Node(LOCAL + first + INCLUDE + last, middle, local=local)
    node.manage(REQUESTED, role, purge)
    for field, value in (("user", "ecuser"), ("capabilities", CLUSTER)):
        assert same_option(host())(field, node.in_force(field).value, value)
    assert node.manage(REQUESTED, role, purge)[0].changes == []
    if purge:
        assert all(len({item.file for item in place.assignments(node.in_force(field))}) == 1 for field in ("user",))
