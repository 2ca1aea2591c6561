# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pairs that Momentum loads are a part of the node for `site`, signed by an authority of the controller or by somebody else. The tests build upon
each other."""

import os
from pathlib import Path
from typing import Any, Dict

import node
import plays
import pytest
import testinfra
import wire

NAMES = ("mta1", "mta2")
# mta2 looks like 3.x; packages, and the options of the global scope, are not what these tests are about.
COMMON: Dict[str, Any] = {
    "tags": "certificate,tls",
    "momentum_version": "",
    "momentum_tls_profile": "",
    "momentum_serial": 2,
}


@pytest.fixture(scope="module")
def nodes() -> Dict[str, Any]:
    """The nodes of the scenario by name."""
    keys = [os.environ[key] for key in ("CONTAINER_ENGINE", "MOMENTUM_TEST_NAME", "MOLECULE_SCENARIO_NAME")]
    return {name: testinfra.get_host("%s://%s-%s-%s" % (*keys, name)) for name in NAMES}


def smtp(name: str) -> wire.Service:
    """The pair of port 25."""
    return wire.SERVICES[name]["smtp"]


def others(nodes: Dict[str, Any]) -> Dict[Any, str]:
    """The fingerprints of the pairs that other servers load."""
    return {
        (host, name): wire.deployed(nodes[host], wire.SERVICES[host][name])
        for host, name in wire.ALL
        if name not in ("smtp", "outbound")
    }


def states(run: plays.Run) -> Dict[Any, str]:
    """The state of each unit of the part certificate, by host and name."""
    return {
        (entry.host, unit["name"]): unit["state"]
        for entry in run.entries
        if entry.action == plays.NODE and entry.status != "skipped"
        for unit in entry.result["parts"]["certificate"]["units"]
    }


def test_pairs_that_are_in_place_are_no_change(nodes: Dict[str, Any]) -> None:
    run = plays.play(**COMMON)
    assert (run.code, run.changed()) == (0, []), run.output
    assert states(run) == {("mta1", "smtp"): "kept", ("mta1", "outbound"): "kept", ("mta2", "smtp"): "kept"}


def test_new_pairs_are_loaded_with_one_reload_and_other_servers_are_left_alone(nodes: Dict[str, Any]) -> None:
    before = {name: wire.deployed(nodes[name], smtp(name)) for name in NAMES}
    pids, pairs = {name: node.pid(nodes[name]) for name in NAMES}, others(nodes)
    check = plays.play(check=True, momentum_certificates_rekey=True, **COMMON)
    assert {name: wire.deployed(nodes[name], smtp(name)) for name in NAMES} == before
    run = plays.play(momentum_certificates_rekey=True, **COMMON)
    assert (check.code, run.code) == (0, 0), run.output
    assert states(check) == states(run) and set(states(run).values()) == {"renewed"}
    for name in NAMES:
        assert wire.served(nodes[name], smtp(name)) == wire.deployed(nodes[name], smtp(name)) != before[name]
        assert wire.fits(nodes[name], smtp(name))
    assert {name: node.pid(nodes[name]) for name in NAMES} == pids
    assert others(nodes) == pairs


def test_a_node_that_is_not_healthy_with_new_pairs_serves_the_old_ones_again(nodes: Dict[str, Any]) -> None:
    """It is not healthy before either, which does not keep the run from new pairs: they may be what is wrong with it."""
    before = {name: wire.deployed(nodes[name], smtp(name)) for name in NAMES}
    wanting = {"momentum_health_ports": [25, 26], "momentum_health_timeout": 5}
    run = plays.play(momentum_certificates_rekey=True, **dict(COMMON, **wanting))
    assert run.code != 0
    for entry in run.failed():
        assert "the reload did not lead to a healthy daemon: port 26" in str(entry.result["msg"])
        assert "the old files are back" in str(entry.result["msg"])
    assert {entry.host for entry in run.failed()} == set(NAMES)
    for name in NAMES:
        assert wire.served(nodes[name], smtp(name)) == wire.deployed(nodes[name], smtp(name)) == before[name]


def test_requests_of_a_batch_are_signed_by_a_task_file_of_the_user(nodes: Dict[str, Any], tmp_path: Path) -> None:
    entry = {"service": "smtp", "names": ["mx.example.com"], "targets": [{"scope": ["ESMTP_Listener"]}]}
    elsewhere = dict(
        COMMON,
        momentum_certificates=[entry],
        momentum_certificates_source="external",
        momentum_certificates_sign_with=str(Path(os.environ["MOLECULE_SCENARIO_DIRECTORY"]) / "files" / "sign.yml"),
        signing_directory=str(tmp_path),
    )
    check = plays.play(check=True, momentum_certificates_rekey=True, **elsewhere)
    assert check.code == 0, check.output
    run = plays.play(momentum_certificates_rekey=True, **elsewhere)
    assert run.code == 0, run.output
    assert len([one for one in run.entries if one.task.endswith("Make a throw-away authority")]) == 1
    for name in NAMES:
        certificate = smtp(name).certificate
        assert "Elsewhere" in nodes[name].check_output("openssl x509 -noout -issuer -in %s" % certificate)
        assert wire.served(nodes[name], smtp(name)) == wire.deployed(nodes[name], smtp(name))
        assert wire.fits(nodes[name], smtp(name))
    again = plays.play(**elsewhere)
    assert (again.code, again.changed()) == (0, []), again.output


def test_nobody_signs_for_a_node_that_is_refused(nodes: Dict[str, Any], tmp_path: Path) -> None:
    before = {name: wire.deployed(nodes[name], smtp(name)) for name in NAMES}
    entry = {"service": "smtp", "names": ["mx.example.com"], "targets": [{"scope": ["No_Such_Scope"]}]}
    run = plays.play(
        momentum_certificates=[entry],
        momentum_certificates_source="external",
        momentum_certificates_rekey=True,
        momentum_certificates_sign_with=str(Path(os.environ["MOLECULE_SCENARIO_DIRECTORY"]) / "files" / "sign.yml"),
        signing_directory=str(tmp_path),
        **COMMON,
    )
    assert run.code != 0
    assert {one.task.split(" : ")[-1] for one in run.failed()} == {"Judge the node before anybody signs"}
    assert list(tmp_path.iterdir()) == []
    assert {name: wire.deployed(nodes[name], smtp(name)) for name in NAMES} == before


def test_the_authority_of_the_inventory_replaces_what_another_one_signed(nodes: Dict[str, Any]) -> None:
    run = plays.play(**COMMON)
    assert run.code == 0, run.output
    assert {states(run)[name, "smtp"] for name in NAMES} == {"replaced"}
    assert plays.play(**COMMON).changed() == []
