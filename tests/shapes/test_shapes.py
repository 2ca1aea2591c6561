# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every playbook on every shape of fleet, in the order of a fleet's life. The tests build upon each other."""

import os
from contextlib import contextmanager
from typing import Any, Dict, Iterator

import plays
import pytest
from fleet import Fleet
from node import CONSOLE, is_serving, pid

NEXT = "5.3.1"
SERVED = (
    "echo QUIT | openssl s_client -connect 127.0.0.1:25 -starttls smtp 2>/dev/null | openssl x509 -noout -fingerprint"
)


def pids(fleet: Fleet) -> Dict[str, int]:
    return {name: pid(fleet.host(name)) for name in fleet.nodes}


def served(fleet: Fleet) -> Dict[str, str]:
    """The fingerprint of the certificate that each node presents on port 25."""
    return {name: fleet.host(name).check_output(SERVED) for name in fleet.nodes}


def play(book: str, **variables: object) -> plays.Run:
    return plays.play(book="msys.momentum." + book, **variables)


@contextmanager
def broken(host: Any) -> Iterator[None]:
    """A node whose daemon does not come up."""
    directory = "/run/systemd/system/ecelerity.service.d"
    host.check_output("mkdir -p %s", directory)
    host.check_output("printf '[Service]\\nExecStartPre=/bin/false\\n' > %s/broken.conf" % directory)
    host.check_output("systemctl daemon-reload")
    try:
        yield
    finally:
        host.check_output("rm -r %s", directory)
        host.check_output("systemctl daemon-reload")


def test_a_failure_lets_its_batch_finish_and_no_other_begin(fleet: Fleet) -> None:
    count = len(fleet.nodes)
    if count < 3:
        pytest.skip("no batch would be left")
    # One node, then a quarter of all; the second batch has the broken one.
    begun, healthy = fleet.nodes[: 1 + max(1, count // 4)], [fleet.nodes[0]] + fleet.nodes[2 : 1 + count // 4]
    with broken(fleet.host(fleet.nodes[1])):
        run = play("site")
    assert run.code != 0
    assert {entry.host for entry in run.reached()} == set(begun), run.output
    assert [name for name in healthy if not is_serving(fleet.host(name))] == []
    # After a batch in which every node has failed Ansible ends the run by itself.
    if len(begun) > 2:
        assert "failed: %s. Not begun: %s." % (fleet.nodes[1], ", ".join(fleet.nodes[len(begun) :])) in run.output


def test_site_brings_every_node_up(fleet: Fleet) -> None:
    run = play("site")
    assert run.code == 0, run.output
    assert [name for name in fleet.nodes if not is_serving(fleet.host(name))] == []


def test_a_second_run_changes_nothing(fleet: Fleet) -> None:
    before = pids(fleet)
    run = play("site")
    assert (run.code, run.changed()) == (0, []), run.output
    assert pids(fleet) == before


def test_a_rolling_restart_restarts_every_node(fleet: Fleet) -> None:
    before = pids(fleet)
    run = play("rolling_restart", momentum_restart="all")
    assert run.code == 0, run.output
    after = pids(fleet)
    assert [name for name in fleet.nodes if after[name] == before[name]] == []


def test_certificates_are_made_and_rotated(fleet: Fleet) -> None:
    made = play("rotate_certificates")
    assert made.code == 0, made.output
    before = served(fleet)
    rotated = play("rotate_certificates", momentum_certificates_rekey=True)
    assert rotated.code == 0, rotated.output
    after = served(fleet)
    assert [name for name in fleet.nodes if after[name] == before[name]] == []
    assert len(set(after.values())) == len(fleet.nodes)


def test_an_upgrade_leaves_every_node_in_the_new_version(fleet: Fleet) -> None:
    run = play("upgrade", momentum_version=NEXT, momentum_bundle=os.environ["MOMENTUM_STANDIN_NEXT"])
    assert run.code == 0, run.output
    for name in fleet.nodes:
        assert NEXT in fleet.host(name).check_output(CONSOLE + "version")


def test_what_is_adopted_is_as_it_is(fleet: Fleet) -> None:
    before = pids(fleet)
    adopted = play("adopt", momentum_adopt_to=str(fleet.directory / "inventory" / "host_vars"))
    assert adopted.code == 0, adopted.output
    run = play("site", momentum_bundle=os.environ["MOMENTUM_STANDIN_NEXT"])
    assert (run.code, run.changed()) == (0, []), run.output
    assert pids(fleet) == before
