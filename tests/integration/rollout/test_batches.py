# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One rule for every playbook: the batch finishes, no next batch begins, and the exit status is not zero."""

import pytest
from stub_collection import Fleet

from tests.integration.cores import NEEDS_OLDEST, NEWEST_FIRST
from tests.tiers import some

NODES = "abcdef"
EVERY = ["site", "rolling_restart", "upgrade", "rotate_certificates", "adopt", "certificate_report"]
STANDALONE = {"momentum_standalone": NODES}
CLUSTER = {"momentum_cluster_nodes": NODES}
SHAPES = [
    pytest.param("site", STANDALONE, id="site-standalone"),
    pytest.param("upgrade", CLUSTER, id="upgrade"),
    pytest.param("site", CLUSTER, id="site-cluster", marks=pytest.mark.long),
    pytest.param("rolling_restart", STANDALONE, id="rolling_restart"),
    pytest.param("rotate_certificates", STANDALONE, id="rotate_certificates"),
]


# One test of the rule runs on the oldest ansible-core every time, all of them in `make long`.
@pytest.fixture(params=NEWEST_FIRST)
def core(request):
    return request.param


@pytest.fixture
def fleet(tmp_path, core):
    return lambda groups, **keywords: Fleet(tmp_path, core, groups, **keywords)


def once(hosts):
    """The hosts, each once: a node of two roles marks twice, and those of a batch in any order."""
    return "".join(sorted(set(hosts)))


@pytest.mark.parametrize(("playbook", "groups"), SHAPES)
def test_the_batch_of_a_failure_finishes_and_no_other_begins(fleet, playbook, groups):
    outcome = fleet(groups).run(playbook, broken="b", momentum_serial=2)
    assert outcome.status != 0, outcome.output
    assert (once(outcome.begun), once(outcome.finished)) == ("ab", "a")
    assert "a" not in outcome.failed()
    assert "Not begun: c, d, e, f" in outcome.output and "failed: b" in outcome.output


@NEEDS_OLDEST
def test_the_rule_holds_with_the_oldest_ansible_core(tmp_path):
    outcome = Fleet(tmp_path, "2.16", STANDALONE).run("rolling_restart", broken="b", momentum_serial=2)
    assert outcome.status != 0, outcome.output
    assert (once(outcome.begun), once(outcome.finished), outcome.failed() & {"a"}) == ("ab", "a", set())


@pytest.mark.long
@pytest.mark.parametrize(("playbook", "groups"), SHAPES)
def test_a_failure_in_the_last_batch_is_a_failure_of_the_run(fleet, playbook, groups):
    outcome = fleet(groups).run(playbook, broken="f", momentum_serial=3)
    assert outcome.status != 0, outcome.output
    assert (once(outcome.begun), once(outcome.finished)) == ("abcdef", "abcde")
    assert outcome.failed() == {"f"}


def test_nothing_failed_is_success(fleet):
    outcome = fleet(STANDALONE).run("site", momentum_serial=3)
    assert (outcome.status, once(outcome.finished)) == (0, "abcdef"), outcome.output


def test_an_unreachable_node_stops_the_rollout_too(fleet):
    outcome = fleet(STANDALONE, unreachable="b").run("site", momentum_serial=2)
    assert outcome.status != 0, outcome.output
    assert (once(outcome.begun), once(outcome.finished)) == ("a", "a")


def test_a_limited_run_fails_as_well(fleet):
    outcome = fleet(STANDALONE).run("rolling_restart", "--limit", "b,c,d", broken="b", momentum_serial=2)
    assert outcome.status != 0, outcome.output
    assert (once(outcome.begun), once(outcome.finished)) == ("bc", "c")


def test_check_mode_stops_at_the_same_batch(fleet):
    outcome = fleet(STANDALONE).run("site", "--check", broken="b", momentum_serial=2)
    assert outcome.status != 0, outcome.output
    assert once(outcome.begun) == "ab"


@pytest.mark.parametrize("playbook", some(["site", "rolling_restart"], ["site"]))
def test_as_many_failures_as_are_tolerated_do_not_stop_it_but_the_run_has_failed(fleet, playbook):
    outcome = fleet(STANDALONE).run(playbook, broken="ad", momentum_serial=2, momentum_max_failures=1)
    assert outcome.status != 0, outcome.output
    assert (once(outcome.begun), once(outcome.finished)) == ("abcd", "bc")


@pytest.mark.long
def test_a_tolerated_failure_is_still_an_exit_status(fleet):
    outcome = fleet(STANDALONE).run("site", broken="b", momentum_serial=2, momentum_max_failures=1)
    assert outcome.status != 0, outcome.output
    assert once(outcome.finished) == "acdef"


@pytest.mark.parametrize("value", some(["-1", "many", "50%"], ["50%"]))
def test_a_number_that_is_none_is_refused_before_anything_begins(fleet, value):
    outcome = fleet(STANDALONE).run("site", momentum_serial=2, momentum_max_failures=value)
    assert outcome.status != 0, outcome.output
    assert outcome.begun == [] and "momentum_max_failures" in outcome.output


@pytest.mark.parametrize("value", some(["2,3", [2, "3"], ["2", 3], "2, 50%"], ["2,3", ["2", 3]]))
def test_sizes_of_batches_may_be_one_text(fleet, value):
    outcome = fleet(STANDALONE).run("rolling_restart", broken="c", momentum_serial=value)
    assert outcome.status != 0, outcome.output
    assert once(outcome.begun) == "abcde"


@pytest.mark.parametrize("playbook", some(EVERY[:4], ["upgrade"]))
@pytest.mark.parametrize("value", some(["0", "many", "1,,2", "-1", "[1, 2]"], ["1,,2"]))
def test_a_size_of_batches_that_is_none_is_refused_before_anything_begins(fleet, playbook, value):
    outcome = fleet(STANDALONE).run(playbook, momentum_serial=value)
    assert outcome.status != 0, outcome.output
    assert outcome.begun == [] and "momentum_serial is %s, but must be" % value in " ".join(outcome.output.split())


def test_a_failed_node_of_a_cluster_keeps_standalone_nodes_and_managers_as_they_are(fleet):
    groups = {"momentum_cluster_nodes": "ab", "momentum_standalone": "cd", "momentum_cluster_managers": "m"}
    site = fleet(groups).run("site", broken="b", momentum_serial=2)
    assert site.status != 0 and once(site.begun) == "abm", site.output


@pytest.mark.parametrize("playbook", some(["rolling_restart", "upgrade"], ["upgrade"]))
def test_managers_come_after_nodes_that_all_came_through(fleet, playbook):
    groups = {"momentum_cluster_nodes": "ab", "momentum_cluster_managers": "mn"}
    stopped = fleet(groups).run(playbook, broken="b", momentum_serial=2)
    assert stopped.status != 0 and once(stopped.begun) == "ab", stopped.output


def test_a_manager_that_fails_ends_the_run(fleet):
    groups = {"momentum_cluster_nodes": "ab", "momentum_cluster_managers": "mn"}
    outcome = fleet(groups).run("site", broken="m", momentum_serial=2)
    assert outcome.status != 0 and once(outcome.begun) == "m", outcome.output


def test_a_node_of_a_cluster_that_is_in_the_standalone_group_too_is_set_up_once(fleet):
    """The role of standalone nodes would give it other capabilities, and restart it without moving its addresses away."""
    outcome = fleet({"momentum_cluster_nodes": "ab", "momentum_standalone": "ac"}).run("site")
    assert outcome.status == 0, outcome.output
    # A standalone node has two roles.
    assert outcome.finished == ["a", "b", "c", "c"]


@pytest.mark.parametrize("playbook", some(EVERY[:4], ["site"]))
@pytest.mark.parametrize("group", ["momentum_standalone", "momentum_cluster_nodes"])
def test_a_host_that_is_manager_and_node_is_rejected_before_anything_begins(fleet, playbook, group):
    outcome = fleet({group: "ab", "momentum_cluster_managers": "b"}).run(playbook)
    assert outcome.status != 0, outcome.output
    assert (outcome.begun, outcome.finished) == ([], [])
    assert "b: in momentum_cluster_managers and in another group" in outcome.output


@pytest.mark.parametrize("playbook", some(EVERY, ["site"]))
@pytest.mark.parametrize(
    "groups", [{"momenta": "ab"}, {"momenta": "ab", "momentum_standalone": ""}], ids=["none", "empty"]
)
def test_an_inventory_without_a_host_of_momentum_is_rejected(fleet, playbook, groups):
    outcome = fleet(groups).run(playbook)
    assert outcome.status != 0, outcome.output
    assert (outcome.begun, outcome.finished) == ([], [])
    assert "its groups with hosts are momenta" in " ".join(outcome.output.split())


@pytest.mark.long
def test_an_inventory_without_any_host_is_rejected(fleet):
    outcome = fleet({"momentum_standalone": ""}).run("site")
    assert outcome.status != 0, outcome.output
    assert "its groups with hosts are none" in " ".join(outcome.output.split())


@pytest.mark.parametrize("playbook", some(EVERY, ["adopt"]))
def test_a_misspelled_group_beside_a_right_one_is_rejected_before_anything_begins(fleet, playbook):
    """Its hosts would be left alone, and the nodes of a cluster would be without their manager."""
    outcome = fleet({"momentum_cluster_nodes": "ab", "momentum_cluster_manager": "m"}).run(playbook)
    assert outcome.status != 0, outcome.output
    assert (outcome.begun, outcome.finished) == ([], [])
    assert "momentum_cluster_manager (momentum_cluster_managers?)" in " ".join(outcome.output.split())


def test_groups_of_ones_own_are_no_misspelled_ones(fleet):
    groups = {"momentum_standalone": "ab", "momentum_standalone_eu": "a", "momentum_databases": "d", "others": "e"}
    outcome = fleet(groups).run("site")
    assert (outcome.status, once(outcome.finished)) == (0, "ab"), outcome.output
