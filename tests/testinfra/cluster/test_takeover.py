# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster that somebody set up by hand is adopted as it is. The cluster is the one of the tests before, made looser by hand."""

import json
import time
from pathlib import Path
from typing import Any, Dict, List

import plays
import pytest
import yaml
from node import CONFIGURATION, MAIN, checksums, look
from rollout import MANAGER, NODES, duravips, eventually, host, members

STATE = "/var/lib/msys-momentum"
CLUSTER_FILE = CONFIGURATION + "/ecelerity-cluster.conf"
INVENTORY = """\
momentum_cluster_nodes: {hosts: {mta1: , mta2: , mta3: }}
momentum_cluster_managers: {hosts: {mgr1: }}
"""


def unit(name: str) -> str:
    return "eccmgr" if name == MANAGER else "ecelerity"


def by_hand(name: str, one: Any) -> None:
    """Owners and modes of the manual, another way to write, nothing that this collection has noted."""
    one.check_output("rm -r %s" % STATE)
    if name != MANAGER:
        one.check_output("printf 'MAX_Retries = 0017\\nEHLO_Hostname = \"{{ 7*7 }}.example.com\"\\n' >> %s" % MAIN)
        one.check_output("sed -i 's/^  capabilities = /\\tCapabilities  =  /' %s" % CLUSTER_FILE)
    one.check_output("chown -R ecuser:ecuser %s" % CONFIGURATION)
    one.check_output("find %s -type f -exec chmod 0644 '{}' +" % CONFIGURATION)


def restarted(hosts: Dict[str, Any]) -> None:
    """Files of the last two seconds before a start count as changed after it: the kernel tells starts in whole seconds."""
    time.sleep(4)
    for name, one in hosts.items():
        one.check_output("systemctl restart %s" % unit(name))
    for name in NODES:
        eventually(lambda name=name: members(hosts, name) == sorted(NODES), "%s sees all" % name)


def states(hosts: Dict[str, Any]) -> Dict[str, List[str]]:
    """What must not change: the processes, and all files with owners and modes."""
    shown = "systemctl show --property MainPID,ExecMainStartTimestamp %s"
    return {name: [one.check_output(shown % unit(name)), checksums(one)] for name, one in hosts.items()}


@pytest.fixture(scope="module")
def hosts() -> Dict[str, Any]:
    found = {name: host(name) for name in (*NODES, MANAGER)}
    for name, one in found.items():
        by_hand(name, one)
    restarted(found)
    return found


@pytest.fixture(scope="module")
def directory(hosts: Dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of an inventory with the variables that describe each host."""
    path = tmp_path_factory.mktemp("inventory")
    (path / "hosts.yml").write_text(INVENTORY, encoding="utf-8")
    before = states(hosts)
    run = plays.play(book="msys.momentum.adopt", momentum_adopt_to=str(path / "host_vars"))
    assert run.code == 0
    assert states(hosts) == before
    return path


def site(directory: Path, *options: str) -> plays.Run:
    return plays.run(["ansible-playbook", plays.SITE, "--inventory=%s" % directory, *options])


def test_every_host_is_described_for_the_owner_of_the_file_alone(hosts: Dict[str, Any], directory: Path) -> None:
    password = hosts[MANAGER].check_output("cat /opt/msys/etc/.svcpasswd").strip()
    for name in hosts:
        file = directory / "host_vars" / name / "momentum.yml"
        text = file.read_text(encoding="utf-8")
        found = yaml.safe_load(text.replace("!unsafe", "!!str"))
        assert file.stat().st_mode & 0o777 == 0o600
        assert password not in text
        assert (found["momentum_control"], found["momentum_permissions"]) == ("ignore", "audit")
        assert found["momentum_database"] is False
        assert ("momentum_manager_packages" in found) == (name == MANAGER)


@pytest.mark.long
def test_a_check_before_the_first_run_is_a_report_of_nothing(hosts: Dict[str, Any], directory: Path) -> None:
    before = states(hosts)
    run = site(directory, "--check", "--diff")
    assert (run.code, run.changed(), run.diffs()) == (0, [], [])
    assert states(hosts) == before


def test_the_first_run_changes_nothing(hosts: Dict[str, Any], directory: Path) -> None:
    before = states(hosts)
    run = site(directory, "--diff")
    assert (run.code, run.changed(), run.diffs()) == (0, [], [])
    assert states(hosts) == before


# Of a standalone node in every `make test`.
@pytest.mark.long
def test_owners_and_modes_of_one_node_are_one_change_of_one_variable(hosts: Dict[str, Any], directory: Path) -> None:
    file = directory / "host_vars" / "mta2" / "momentum.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('momentum_permissions: !unsafe "audit"', "momentum_permissions: enforce"), encoding="utf-8"
    )
    before = states(hosts)
    run = site(directory)
    assert run.code == 0
    assert {entry.host for entry in run.entries if entry.changed} == {"mta2"}
    assert look(hosts["mta2"], MAIN) == "root:ecuser 640"
    after = states(hosts)
    assert {name for name in hosts if after[name] != before[name]} == {"mta2"}
    assert site(directory).changed() == []


def test_what_changes_a_listener_is_announced_to_the_cluster(hosts: Dict[str, Any], directory: Path) -> None:
    """The address stays: it was given back to its node in a rollout before, and a move is in force until another one."""
    before = duravips(hosts, "mta1")
    listen = ["ESMTP_Listener", 'Listen "%s:25"' % next(iter(before))]
    desired = {"momentum_settings": [{"scope": listen, "option": "Duravip_Preference", "value": "mta2"}]}
    run = site(directory, "--extra-vars", json.dumps(desired))
    assert run.code == 0
    announced = [entry for entry in run.entries if entry.action == "msys.momentum.duravip" and entry.changed]
    assert [entry.result["commands"] for entry in announced] == [["broadcast cluster duravip announce view"]] * 3
    for name in NODES:
        eventually(lambda name=name: duravips(hosts, name) == before, "%s sees one owner" % name)
