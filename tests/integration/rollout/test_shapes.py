# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real roles over stub modules, on inventories with and without a manager: every task can be templated, whoever is there."""

import os

import pytest
from stub_collection import Fleet

from tests.integration.cores import NEWEST_FIRST
from tests.tiers import some

ROLLOUT = ["rollout", "cluster_common"]
SHAPES = {
    "one standalone host": {"momentum_standalone": "a"},
    "standalone hosts": {"momentum_standalone": "ab"},
    "a cluster without a manager": {"momentum_cluster_nodes": "ab"},
    "a cluster with a manager": {"momentum_cluster_nodes": "ab", "momentum_cluster_managers": "m"},
    "a host in two groups": {"momentum_standalone": "a", "momentum_cluster_nodes": "ab"},
}


@pytest.fixture(params=NEWEST_FIRST)
def core(request):
    return request.param


@pytest.mark.parametrize("shape", some(SHAPES, ["standalone hosts", "a cluster with a manager"]))
def test_a_rolling_restart_comes_through(tmp_path, core, shape):
    fleet = Fleet(tmp_path, core, SHAPES[shape], real=ROLLOUT)
    outcome = fleet.run("rolling_restart", momentum_restart="all")
    assert outcome.status == 0, outcome.output
    assert "service" in fleet.calls("a")


def test_a_rolling_restart_in_check_mode_comes_through_and_touches_nothing(tmp_path, core):
    fleet = Fleet(tmp_path, core, SHAPES["standalone hosts"], real=ROLLOUT)
    outcome = fleet.run("rolling_restart", "--check")
    assert outcome.status == 0, outcome.output
    assert set(fleet.calls("a")) == {"service (asks)"}


@pytest.mark.long
@pytest.mark.parametrize("shape", ["a cluster without a manager", "a cluster with a manager"])
def test_the_role_of_a_node_can_be_templated(tmp_path, core, shape):
    fleet = Fleet(tmp_path, core, SHAPES[shape], real=["cluster_node", "cluster_common", "standalone"])
    state = {"files": [], "installed": True}
    outcome = fleet.run("site", "--limit", "momentum_cluster_nodes", momentum_state=state, momentum_view_timeout=0)
    assert outcome.status == 0, outcome.output
    assert "node" in fleet.calls("a")


@pytest.mark.parametrize("playbook", some(["rolling_restart", "upgrade"], ["rolling_restart"]))
def test_a_run_after_one_that_was_killed_comes_to_the_node_that_it_left_stopped(tmp_path, core, playbook, monkeypatch):
    """The node before it is done, and cannot see that one yet: it must not wait for it."""
    real = [*ROLLOUT, "upgrade", "cluster_node"]
    fleet = Fleet(tmp_path, core, SHAPES["a cluster without a manager"], real=real)
    (tmp_path / "bin").mkdir(exist_ok=True)
    rpm = tmp_path / "bin" / "rpm"
    rpm.write_text("#!/bin/sh\nexit 0\n")
    rpm.chmod(0o755)
    monkeypatch.setenv("PATH", "%s:%s" % (rpm.parent, os.environ["PATH"]))
    for host, mark in (("a", "restarted"), ("b", "stopped")):
        (tmp_path / host).mkdir()
        (tmp_path / host / mark).touch()
    state = {"files": [], "installed": True}
    times = {"momentum_rollout_timeout": 1, "momentum_view_timeout": 1}
    outcome = fleet.run(playbook, momentum_version="5.3.1", momentum_state=state, **times)
    assert outcome.status == 0, outcome.output
    assert "service" in fleet.calls("b")


@pytest.mark.parametrize("arguments", some([[], ["--check"]], [[]]), ids=["run", "check"])
@pytest.mark.parametrize("playbook", some(["rolling_restart", "upgrade"], ["rolling_restart"]))
def test_a_node_without_a_licence_is_neither_drained_nor_stopped(tmp_path, core, playbook, arguments, monkeypatch):
    real = [*ROLLOUT, "upgrade", "cluster_node"]
    fleet = Fleet(tmp_path, core, {"momentum_cluster_nodes": "a"}, real=real)
    (tmp_path / "bin").mkdir(exist_ok=True)
    (tmp_path / "bin" / "rpm").write_text("#!/bin/sh\necho package x is not installed; exit 1\n")  # another version is
    (tmp_path / "bin" / "rpm").chmod(0o755)
    monkeypatch.setenv("PATH", "%s:%s" % (tmp_path / "bin", os.environ["PATH"]))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "unlicensed").touch()
    outcome = fleet.run(playbook, *arguments, momentum_version="5.3.1", momentum_restart="all")
    assert outcome.status != 0 and "no licence: planted" in " ".join(outcome.output.split()), outcome.output
    assert "service" not in fleet.calls("a") and "cluster_info" not in fleet.calls("a")


@pytest.mark.parametrize("arguments", some([[], ["--check"]], [["--check"]]), ids=["run", "check"])
def test_no_manager_stops_for_nodes_of_which_one_has_no_licence(tmp_path, core, arguments, monkeypatch):
    """Nor a node before the one that has none: managers and first nodes stop before the last node has its turn."""
    groups = {"momentum_cluster_nodes": "ab", "momentum_cluster_managers": "m"}
    fleet = Fleet(tmp_path, core, groups, real=[*ROLLOUT, "upgrade", "cluster_node"])
    (tmp_path / "bin").mkdir(exist_ok=True)
    (tmp_path / "bin" / "rpm").write_text("#!/bin/sh\necho package x is not installed; exit 1\n")  # another version is
    (tmp_path / "bin" / "rpm").chmod(0o755)
    monkeypatch.setenv("PATH", "%s:%s" % (tmp_path / "bin", os.environ["PATH"]))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "unlicensed").touch()
    outcome = fleet.run("upgrade", *arguments, momentum_version="5.3.1", momentum_serial=1)
    assert outcome.status != 0 and "no licence: planted" in " ".join(outcome.output.split()), outcome.output
    assert [host for host in "abm" if "service" in fleet.calls(host)] == []


@pytest.mark.parametrize(
    ("action", "announced"),
    [("replaced", True), *(pytest.param(one, False, marks=pytest.mark.long) for one in ("same", "kept"))],
)
def test_a_licence_that_is_given_counts_where_it_will_be_written(tmp_path, core, action, announced, monkeypatch):
    """Else the one on the node does, which may be over."""
    fleet = Fleet(tmp_path, core, {"momentum_standalone": "a"}, real=[*ROLLOUT, "upgrade", "install"])
    (tmp_path / "bin").mkdir(exist_ok=True)
    (tmp_path / "bin" / "rpm").write_text("#!/bin/sh\necho package x is not installed; exit 1\n")  # another version is
    (tmp_path / "bin" / "rpm").chmod(0o755)
    monkeypatch.setenv("PATH", "%s:%s" % (tmp_path / "bin", os.environ["PATH"]))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "unlicensed").touch()
    (tmp_path / "a" / "license").write_text(action)
    (tmp_path / "given").write_text("planted-licence")
    outcome = fleet.run(
        "upgrade", momentum_version="5.3.1", momentum_license=str(tmp_path / "given"), momentum_repository="momentum"
    )
    assert outcome.status != 0 and "no licence: planted" in " ".join(outcome.output.split()), outcome.output
    assert [given["license"]["announced"] for name, given in fleet.arguments("a") if name == "service"] == [announced]


@pytest.mark.parametrize(("action", "given_back"), [("installed", []), ("replaced", ["license-1"])])
def test_a_licence_that_replaced_another_is_put_back_with_the_configuration(tmp_path, core, action, given_back):
    fleet = Fleet(
        tmp_path, core, {"momentum_standalone": "a"}, real=[*ROLLOUT, "install", "standalone", "certificates"]
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "license").write_text(action)
    (tmp_path / "given").write_text("planted-licence")
    more = {
        "momentum_preflight": "never",
        "momentum_license": str(tmp_path / "given"),
        "momentum_license_replace": "always",
    }
    outcome = fleet.run("site", **more)
    assert outcome.status == 0, outcome.output
    (given,) = [given for name, given in fleet.arguments("a") if name == "node"]
    assert given["service"]["transactions"] == given_back


def test_a_running_standalone_node_joins_a_cluster(tmp_path, core):
    """It has no view before the restart that makes it a member, so none may be waited for."""
    fleet = Fleet(tmp_path, core, SHAPES["a cluster with a manager"], real=ROLLOUT)
    outcome = fleet.run("rolling_restart", momentum_rollout_timeout=1)
    assert outcome.status == 0, outcome.output
    calls = fleet.calls("a")
    assert calls.index("service") < len(calls) - 1 - calls[::-1].index("cluster_info")


REAL_NODE = ["cluster_node", "cluster_common", "rollout"]


def test_a_node_whose_daemon_has_joined_no_cluster_is_restarted_once(tmp_path, core):
    """Such as one whose name was corrected among the peers: a reload has it known, and msgc begins with a start."""
    fleet = Fleet(tmp_path, core, {"momentum_cluster_nodes": "ab"}, real=REAL_NODE)
    state = {"files": [], "installed": True}
    outcome = fleet.run("site", momentum_state=state, momentum_view_timeout=1, momentum_rollout_timeout=1)
    assert outcome.status == 0, outcome.output
    for host in "ab":
        assert fleet.calls(host).count("service") == 1
        assert fleet.calls(host)[-1] == "cluster_info"
    again = fleet.run("site", momentum_state=state, momentum_view_timeout=1, momentum_rollout_timeout=1)
    assert again.status == 0, again.output
    assert fleet.calls("a").count("service") == 1


def test_a_node_that_the_peers_know_by_another_name_is_not_restarted(tmp_path, core):
    fleet = Fleet(tmp_path, core, {"momentum_cluster_nodes": "ab"}, real=REAL_NODE)
    state, names = {"files": [], "installed": True}, {"momentum_nodename": "other"}
    fleet.inventory["all"]["hosts"]["a"].update(names)
    outcome = fleet.run("site", momentum_state=state, momentum_view_timeout=1)
    assert outcome.status != 0, outcome.output
    assert "service" not in fleet.calls("a") and fleet.calls("b") == []
    assert "not in the view: ['other']" in " ".join(outcome.output.split())


@pytest.mark.parametrize(
    ("shape", "role"),
    [
        pytest.param({"momentum_cluster_managers": "m"}, "cluster_manager", marks=pytest.mark.long),
        pytest.param({"momentum_cluster_nodes": "a"}, "cluster_node", marks=pytest.mark.long),
        ({"momentum_standalone": "a"}, "upgrade"),
    ],
    ids=["manager", "node", "standalone"],
)
def test_another_version_comes_from_the_playbook_upgrade_alone(tmp_path, core, shape, role):
    """A `site` with a changed momentum_version would replace programs while daemons and services run that the manual stops first."""
    fleet = Fleet(tmp_path, core, shape, real={"upgrade", "cluster_common", "rollout", "install", role})
    (tmp_path / "bundle.tar.gz").touch()
    requested = {"momentum_bundle": "bundle.tar.gz", "momentum_bundle_unverified": True, "momentum_version": "5.3.1"}
    for playbook, arguments, allowed in (
        ("site", [], False),
        ("site", ["--check"], False),
        ("upgrade", ["--check"], True),
    ):
        outcome = fleet.run(playbook, *arguments, **requested)
        refused = "Run msys.momentum.upgrade" in " ".join(outcome.output.split())
        assert (refused, outcome.status == 0) == (not allowed, allowed), outcome.output


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_every_module_is_told_where_momentum_is_on_its_own_host(tmp_path, core):
    """Roles give it once, as defaults of modules; a task for the manager gets nothing of the node that delegates it."""
    roles = ["cluster_manager", "cluster_node", "standalone", "rollout", "cluster_common"]
    fleet = Fleet(tmp_path, core, SHAPES["a cluster with a manager"], real=roles)
    for host in "abm":
        fleet.inventory["all"]["hosts"][host] = {"momentum_prefix": "/opt/" + host, "momentum_nodename": host}
    fleet.inventory["all"]["vars"].update(momentum_search_path=["/etc/search"], momentum_validate="never")
    settings = [{"option": "Own_Word", "value": "planted-word", "secret": True}]
    state = {"files": [], "installed": True}
    outcome = fleet.run("site", momentum_state=state, momentum_settings=settings, momentum_rollout_timeout=1)
    assert outcome.status == 0, outcome.output
    own = {host: [given for _name, given in fleet.arguments(host)] for host in "ab"}
    managers = [given for name, given in fleet.arguments("m") if name != "duravip"]
    for host, calls in dict(own, m=managers).items():
        assert calls
        for given in calls:
            assert (given["prefix"], given["nodename"], given["validate"]) == ("/opt/" + host, host, "never"), given
            assert given["search_path"] == ["/etc/search"]
    assert all("main" not in given for given in own["a"])
    assert {given["main"] for given in managers} == {"/opt/m/etc/conf/default/eccluster.conf"}
    assert all(given["secret_options"] == ["Own_Word"] for given in managers)
    announced = [given for name, given in fleet.arguments("m") if name == "duravip"]
    assert announced
    for given in announced:
        assert given["secret_options"] == ["Own_Word"]
        assert given["prefix"] == "/opt/m" and not {"nodename", "search_path", "validate"} & set(given)


@pytest.mark.parametrize(
    ("tags", "is_whole"),
    [
        ("all,tls", True),
        ("never,tls", False),
        pytest.param("tls,tagged", True, marks=pytest.mark.long),
        pytest.param("untagged,tls", False, marks=pytest.mark.long),
        pytest.param("always,tls", False, marks=pytest.mark.long),
    ],
)
def test_tags_that_ansible_gives_a_meaning_have_it_for_the_parts_of_a_node(tmp_path, core, tags, is_whole):
    fleet = Fleet(tmp_path, core, {"momentum_standalone": "a"}, real=["standalone", *ROLLOUT])
    outcome = fleet.run("site", "--tags", tags)
    assert outcome.status == 0, outcome.output
    parts = set(dict(fleet.arguments("a"))["node"]) & {"security", "tls", "permissions", "service"}
    assert parts == ({"security", "tls", "permissions", "service"} if is_whole else {"tls", "service"})


@pytest.mark.long
def test_all_tags_are_all_parts_of_a_manager(tmp_path, core):
    fleet = Fleet(tmp_path, core, {"momentum_cluster_managers": "m"}, real=["cluster_manager", "cluster_common"])
    outcome = fleet.run("site", "--tags", "all,security", momentum_state={"files": [], "installed": True})
    assert outcome.status == 0, outcome.output
    assert {"config", "security", "permissions", "service"} <= set(dict(fleet.arguments("m"))["node"])


def test_untagged_alone_manages_no_part_of_a_node(tmp_path, core):
    fleet = Fleet(tmp_path, core, {"momentum_standalone": "a"}, real=["standalone", *ROLLOUT])
    assert fleet.run("site", "--tags", "untagged").status == 0
    assert fleet.calls("a") == []
