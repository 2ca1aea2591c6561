# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rollouts while mail comes in: nothing that was accepted is lost, nobody is refused. The tests build upon each other."""

import os
import re
import tarfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Dict, Iterator

import plays
import pytest
from load import Load
from node import CONFIGURATION, CONSOLE, MAIN, checksums, pid, threads
from rollout import MANAGER, NODES, Running, container, duravips, engine, eventually, host, members

RESTART, UPGRADE = "msys.momentum.rolling_restart", "msys.momentum.upgrade"
RECORD = "/var/lib/msys-momentum/handover.json"
BATCHES = [1, "100%"]
NEXT = "5.3.1"
Prove = Callable[..., None]


@pytest.fixture(scope="module")
def nodes() -> Dict[str, Any]:
    return {name: host(name) for name in NODES}


@pytest.fixture(scope="module")
def manager() -> Any:
    return host(MANAGER)


@pytest.fixture(scope="module")
def bundle() -> str:
    """The same stand-in as the next version."""
    return os.environ["MOMENTUM_STANDIN_NEXT"]


@pytest.fixture
def load(nodes: Dict[str, Any]) -> Iterator[Load]:
    address = sorted(duravips(nodes, "mta3"))[0]
    with Load(address) as running:
        running.more()
        yield running


@pytest.fixture
def prove(load: Load, nodes: Dict[str, Any], capsys: pytest.CaptureFixture[str]) -> Prove:
    """End the load; say the counts; nothing accepted is missing, and nobody was refused."""

    def end(what: str) -> None:
        load.more()
        load.__exit__()
        spools = [load.stored(node) for node in nodes.values()]
        with capsys.disabled():
            print("\nload during %s: %s" % (what, load.counts(spools)))
        assert load.accepted - set().union(*spools) == set()
        assert dict(load.refused) == {}

    return end


@pytest.fixture
def services(nodes: Dict[str, Any], manager: Any, tmp_path: Path) -> Dict[str, Any]:
    """The hosts on which ecconfigd and msys-riak of the stand-in run, which its packages want to be stopped for an upgrade."""
    with tarfile.open(os.environ["MOMENTUM_STANDIN_BUNDLE"]) as archive:
        requested = [one for one in archive if re.search("/msys-(riak|ecelerity-config-server)-[^/]*[.]rpm$", one.name)]
        assert len(requested) == 2
        for one in requested:
            one.name = os.path.basename(one.name)
            archive.extract(one, str(tmp_path))
    hosts = {MANAGER: manager, "mta2": nodes["mta2"]}
    for name, one in hosts.items():
        for package in tmp_path.glob("*.rpm"):
            engine("cp", str(package), "%s:/root/%s" % (container(name), package.name))
        # The image with PostgreSQL has a unit of that name for certificates.
        one.check_output("rm -f /etc/systemd/system/ecconfigd.service && rpm -i --nodeps /root/*.rpm && rm /root/*.rpm")
        one.check_output("systemctl daemon-reload && systemctl start ecconfigd msys-riak")
    return hosts


def pids(nodes: Dict[str, Any]) -> Dict[str, int]:
    return {name: pid(node) for name, node in nodes.items()}


def manager_pid(manager: Any) -> str:
    return str(manager.check_output("systemctl show --property MainPID eccmgr"))


def states(nodes: Dict[str, Any]) -> Dict[str, str]:
    return {name: checksums(node) for name, node in nodes.items()}


def others(found: Dict[str, int]) -> Dict[str, int]:
    """All but the first node, which is the canary."""
    return {name: number for name, number in found.items() if name != "mta1"}


@contextmanager
def allergic(node: Any, word: str) -> Iterator[None]:
    """A daemon that does not come up with a word in the configuration of its cluster."""
    directory = "/run/systemd/system/ecelerity.service.d"
    start = "ExecStartPre=/bin/sh -c '! grep -qw %s %s/ecelerity-cluster.conf'" % (word, CONFIGURATION)
    node.check_output("mkdir -p %s" % directory)
    node.check_output("printf '[Service]\\n%%s\\n' \"%s\" > %s/allergic.conf" % (start, directory))
    node.check_output("systemctl daemon-reload")
    try:
        yield
    finally:
        node.check_output("rm -r %s" % directory)
        node.check_output("systemctl daemon-reload")


def groups(node: Any) -> set:
    """The supplementary groups of all threads."""
    return {tuple(sorted(status["Groups"].split())) for status in threads(node)}


def stable(nodes: Dict[str, Any]) -> None:
    """Everybody sees everybody, and the preferred node holds the address."""
    for name in NODES:
        eventually(lambda name=name: members(nodes, name) == sorted(NODES), "%s sees all" % name)
        eventually(lambda name=name: list(duravips(nodes, name).values()) == [["mta1"]], "mta1 holds the address")


def test_a_change_of_the_security_stanza_rolls_through_the_cluster(
    nodes: Dict[str, Any], load: Load, prove: Prove
) -> None:
    stable(nodes)
    before = pids(nodes)
    run = Running(plays.SITE, momentum_serial=BATCHES, momentum_security_supplemental_groups=["mail"])
    assert run.end() == 0, run.output
    after = pids(nodes)
    assert [name for name in NODES if before[name] == after[name]] == []
    mail = nodes["mta1"].group("mail").gid
    assert [groups(node) for node in nodes.values()] == [{(str(mail),)}] * 3
    prove("a rolling change of the Security stanza")


def test_a_bad_change_stops_after_the_first_node_with_the_cluster_intact(
    nodes: Dict[str, Any], manager: Any, load: Load, prove: Prove
) -> None:
    stable(nodes)
    before = pids(nodes), states(nodes)
    with allergic(nodes["mta1"], "news"):
        change = {"momentum_security_supplemental_groups": ["mail", "news"], "momentum_health_timeout": 10}
        run = Running(plays.SITE, momentum_serial=BATCHES, **change)
        assert run.end() != 0
    assert "fatal: [mta1]" in run.output and "the old configuration is back in force" in run.output
    assert "[mta2]" not in run.output and "[mta3]" not in run.output
    assert states(nodes) == before[1]
    assert others(pids(nodes)) == others(before[0])
    stable(nodes)
    assert manager.file(RECORD).content_string.strip() == "{}"
    prove("a bad change")


# The upgrade that fails below leaves a node in the same state.
@pytest.mark.long
def test_a_node_that_proves_unhealthy_for_good_holds_no_address(
    nodes: Dict[str, Any], load: Load, prove: Prove
) -> None:
    stable(nodes)
    before = pids(nodes)
    # A port at which nobody will ever greet, before and after.
    bad = {"momentum_security_supplemental_groups": ["mail", "news"], "momentum_health_ports": [25, 2526]}
    run = Running(plays.SITE, momentum_serial=BATCHES, momentum_health_timeout=10, **bad)
    assert run.end() != 0
    assert "2526" in run.output and "is left stopped" in run.output
    assert nodes["mta1"].run(CONSOLE + "version").rc != 0
    assert {name: pid(nodes[name]) for name in others(before)} == others(before)
    held = list(duravips(nodes, "mta2").values())
    assert held in [[[name]] for name in others(before)]
    fixed = Running(plays.SITE, momentum_serial=BATCHES, momentum_security_supplemental_groups=["mail"])
    assert fixed.end() == 0, fixed.output
    # What was moved off a node by a run that failed is given back by this playbook, as documented.
    assert Running(RESTART, limit="all").end() == 0
    stable(nodes)
    prove("a failure that stays")


@pytest.mark.parametrize("book", [pytest.param(RESTART, marks=pytest.mark.long), UPGRADE])
def test_check_mode_of_a_rollout_foretells_it_and_touches_nothing(
    nodes: Dict[str, Any], manager: Any, bundle: str, book: str
) -> None:
    before = pids(nodes), manager_pid(manager), states(nodes)
    requested = (
        {"momentum_version": NEXT, "momentum_bundle": bundle} if book == UPGRADE else {"momentum_restart": "all"}
    )
    run = plays.play(
        book=book, check=True, momentum_serial=BATCHES, momentum_security_supplemental_groups=["mail"], **requested
    )
    assert run.code == 0
    restarts = [entry for entry in run.entries if entry.action == "msys.momentum.service" and entry.changed]
    assert {entry.host for entry in restarts} >= set(NODES)
    assert (pids(nodes), manager_pid(manager), states(nodes)) == before
    assert manager.file(RECORD).content_string.strip() in ("", "{}")


def test_an_interrupted_restart_goes_on_where_it_was(
    nodes: Dict[str, Any], manager: Any, load: Load, prove: Prove
) -> None:
    stable(nodes)
    before, since = pids(nodes), int(time.time())
    first = Running(RESTART, momentum_restart="all", momentum_restart_since=since, momentum_serial=BATCHES)
    first.wait_for("Return the node to service")
    first.kill()
    assert "mta1" in manager.file(RECORD).content_string
    load.more()
    half = pids(nodes)
    assert [name for name in NODES if half[name] != before[name]] == ["mta1"]
    run = plays.play(book=RESTART, momentum_restart="all", momentum_restart_since=since, momentum_serial=BATCHES)
    assert run.code == 0
    after = pids(nodes)
    assert [name for name in NODES if after[name] != half[name]] == ["mta2", "mta3"]
    assert manager.file(RECORD).content_string.strip() == "{}"
    stable(nodes)
    prove("a rolling restart that was cut off and resumed")


@pytest.mark.long
def test_a_rolling_restart_where_nothing_is_due_restarts_nothing(nodes: Dict[str, Any]) -> None:
    before = pids(nodes)
    run = plays.play(book=RESTART, momentum_serial=BATCHES)
    assert run.code == 0 and pids(nodes) == before


def test_a_machine_that_dies_in_mid_change_ends_the_rollout_and_mail_goes_on(
    nodes: Dict[str, Any], load: Load, prove: Prove
) -> None:
    stable(nodes)
    before = pids(nodes)
    change = {"momentum_security_supplemental_groups": ["news"], "momentum_serial": BATCHES}
    running = Running(plays.SITE, **change)
    running.wait_for("Report what changed")
    # Off the network first: a container does not die at once as a machine does, and its kernel would refuse clients meanwhile.
    nodes["mta1"].check_output("ip link set eth0 down")
    engine("kill", container("mta1"))
    assert running.end() != 0
    load.more()
    assert {name: pid(nodes[name]) for name in ("mta2", "mta3")} == {name: before[name] for name in ("mta2", "mta3")}
    engine("start", container("mta1"))
    eventually(lambda: nodes["mta1"].run(CONSOLE + "version").rc == 0, "mta1 is back")
    stable(nodes)
    again = Running(plays.SITE, **change)
    assert again.end() == 0, again.output
    news = nodes["mta1"].group("news").gid
    assert [groups(node) for node in nodes.values()] == [{(str(news),)}] * 3
    prove("the death of a machine in mid-change")


def test_one_configuration_that_the_new_version_would_refuse_keeps_the_whole_fleet_as_it_is(
    nodes: Dict[str, Any], manager: Any, bundle: str
) -> None:
    before = pids(nodes)
    nodes["mta3"].check_output("cp -p %s /root/kept.conf" % MAIN)
    nodes["mta3"].check_output("sh -c 'echo \"ESMTP_Listener { No_Such_Option = 1 }\" >> %s'" % MAIN)
    try:
        run = plays.play(book=UPGRADE, momentum_version=NEXT, momentum_bundle=bundle, momentum_serial=BATCHES)
    finally:
        nodes["mta3"].check_output("mv /root/kept.conf %s" % MAIN)
    assert run.code != 0
    assert [entry.host for entry in run.failed()] == ["mta3"]
    assert "No_Such_Option" in str(plays.message(run))
    assert run.changed() == [] and pids(nodes) == before
    assert manager.service("eccmgr").is_running


def test_an_upgrade_takes_one_node_first_and_the_manager_last(
    nodes: Dict[str, Any], manager: Any, bundle: str, services: Dict[str, Any], load: Load, prove: Prove
) -> None:
    stable(nodes)
    before = pids(nodes)
    requested = {"momentum_version": NEXT, "momentum_bundle": bundle, "momentum_serial": BATCHES}
    requested["momentum_security_supplemental_groups"] = ["news"]
    with allergic(nodes["mta1"], "Security"):
        failed = plays.play(book=UPGRADE, momentum_health_timeout=10, **requested)
    assert failed.code != 0 and {entry.host for entry in failed.failed()} >= {"mta1"}
    assert {name: pid(nodes[name]) for name in others(before)} == others(before)
    assert nodes["mta1"].run(CONSOLE + "version").rc != 0 and not manager.service("eccmgr").is_running
    assert [one.service("ecconfigd").is_running for one in services.values()] == [False, True]
    left = CONFIGURATION + "/common.conf.rpmnew"
    nodes["mta2"].check_output("touch %s" % left)
    run = plays.play(book=UPGRADE, **requested)
    assert run.code == 0
    assert "To compare and then remove: %s" % left in run.output
    nodes["mta2"].check_output("rm %s" % left)
    for one in nodes.values():
        assert one.check_output("rpm -q --queryformat '%{VERSION}' msys-role-mta") == NEXT
        assert NEXT in one.check_output(CONSOLE + "version")
    assert manager.service("eccmgr").is_running
    for one in services.values():
        assert one.service("ecconfigd").is_running and not one.service("msys-riak").is_running
    assert manager.check_output("rpm -q --queryformat '%{VERSION}' msys-role-manager") == NEXT
    stable(nodes)
    prove("an upgrade that failed once")


@pytest.mark.long
def test_a_second_upgrade_to_the_same_version_changes_nothing(nodes: Dict[str, Any], bundle: str) -> None:
    before = pids(nodes)
    requested = {"momentum_version": NEXT, "momentum_bundle": bundle, "momentum_serial": BATCHES}
    run = plays.play(book=UPGRADE, momentum_security_supplemental_groups=["news"], **requested)
    assert run.code == 0 and run.changed() == [] and pids(nodes) == before
