# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job for simulated nodes, and two workers that know nothing of each other."""

import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import pytest
import simulated
from streams import RUNNER, Worker

PLAYBOOK = Path(__file__).resolve().parent / "project" / "converge.yml"
NODES = 4


class Site(NamedTuple):
    """All that a controller and its two workers have on disk, and the secret that no trace may show."""

    directory: Path
    nodes: List[simulated.Node]
    job: Path
    results: Path
    workers: List[Worker]
    secret: str


def inventory(nodes: List[simulated.Node]) -> Dict[str, Any]:
    """The nodes with two passwords: one in an option that is known to hold one, one in an option that is declared to."""
    found = simulated.inventory(nodes, sys.executable)
    found[simulated.GROUP]["vars"]["momentum_settings"] += [
        {"option": "Outbound_SMTP_AUTH_Pass", "value": "{{ relay_password }}"},
        {"scope": ["Example"], "option": "Word", "value": "{{ relay_password }}-too", "secret": True},
    ]
    return found


def lock_away(path: Path, secret: str, password: Path) -> None:
    """Write the variable of the secret as a file of ansible-vault."""
    path.parent.mkdir(parents=True)
    words = f"relay_password: {secret}\n".encode()
    command = ["ansible-vault", "encrypt", "--vault-password-file", str(password), "--output", str(path), "-"]
    subprocess.run(command, input=words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)


def worker(directory: Path, password: str) -> Worker:
    """A worker with a copy of the collection and the vault's password; the job lands in a directory that goes with it."""
    simulated.copy_collection(directory / "collections")
    (directory / "vault-password").write_text(password)
    (directory / "vault-password").chmod(0o600)
    return Worker(directory, [str(RUNNER), "worker", "--private-data-dir", str(directory / "job"), "--delete"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if not RUNNER.is_file():
        pytest.fail("MOMENTUM_RUNNER names no directory with ansible-runner: run tools/runner")
    directory = tmp_path_factory.mktemp("site")
    nodes = simulated.grow(directory / "nodes", NODES)
    secret, password = "planted-" + secrets.token_hex(8), secrets.token_hex(16)
    workers = [worker(directory / f"worker-{number}", password) for number in (1, 2)]
    job = directory / "job"
    simulated.write(job / "inventory" / "hosts.json", inventory(nodes))
    vault = job / "inventory" / "group_vars" / simulated.GROUP / "vault.yml"
    lock_away(vault, secret, workers[0].directory / "vault-password")
    (job / "project").mkdir()
    (job / "project" / PLAYBOOK.name).write_text(PLAYBOOK.read_text())
    return Site(directory, nodes, job, directory / "results", workers, secret)
