# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job sent through ansible-runner: transmit, a worker in a directory of its own, process; and what can be read of its traces."""

import base64
import io
import json
import os
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple

RUNNER = Path(os.environ.get("MOMENTUM_RUNNER", "")) / "ansible-runner"
ARCHIVE = re.compile(rb'\{"zipfile": (\d+)\}\n')


class Worker(NamedTuple):
    """An execution node: its directory, and the command that starts ansible-runner there."""

    directory: Path
    command: List[str]

    def environment(self) -> Dict[str, str]:
        """What its processes see: its own collections, and the only copy of the vault's password."""
        return dict(
            os.environ,
            ANSIBLE_COLLECTIONS_PATH=str(self.directory / "collections"),
            ANSIBLE_HOME=str(self.directory / "home"),
            ANSIBLE_VAULT_PASSWORD_FILE=str(self.directory / "vault-password"),
        )


class Outcome(NamedTuple):
    """What came back of one slice: its status, the statistics of its hosts, its batches, and the raw streams."""

    status: str
    hosts: Dict[str, Dict[str, int]]
    batches: int
    sent: bytes
    received: bytes


def send(job: Path, worker: Worker, results: Path, name: str, limit: str) -> Outcome:
    """Run the job's playbook on a worker over the hosts of a pattern; the artifacts are then below `results`, by name."""
    transmit = [str(RUNNER), "transmit", str(job), "--ident", name, "--playbook", "converge.yml", "--limit", limit]
    sent = subprocess.run(transmit, stdout=subprocess.PIPE, check=True).stdout
    # A worker ends with an error where the job did; what happened is in its stream.
    done = subprocess.run(worker.command, input=sent, stdout=subprocess.PIPE, env=worker.environment(), check=False)
    process = [str(RUNNER), "process", str(results), "--ident", name]
    subprocess.run(process, input=done.stdout, stdout=subprocess.DEVNULL, check=False)
    artifacts = results / "artifacts" / name
    events = read_events(artifacts)
    return Outcome(
        (artifacts / "status").read_text(),
        statistics(events),
        sum(event["event"] == "playbook_on_play_start" for event in events),
        sent,
        done.stdout,
    )


def read_events(artifacts: Path) -> List[Dict[str, Any]]:
    """The events of a job in their order."""
    found = [json.loads(path.read_text()) for path in (artifacts / "job_events").glob("*.json")]
    return sorted(found, key=lambda event: int(event["counter"]))


def statistics(events: List[Dict[str, Any]]) -> Dict[str, Dict[str, int]]:
    """For each host how often it was ok, changed, failed and unreachable; empty if the job did not get to its end."""
    last = [event["event_data"] for event in events if event["event"] == "playbook_on_stats"]
    kinds = {"ok": "ok", "changed": "changed", "failures": "failed", "dark": "unreachable"}
    names = {name for data in last for name in data["processed"]}
    return {name: {kind: last[-1][key].get(name, 0) for key, kind in kinds.items()} for name in sorted(names)}


def texts(stream: bytes) -> Iterator[bytes]:
    """Everything in a stream that could be read: itself, and each file of the archives in it."""
    yield stream
    for match in ARCHIVE.finditer(stream):
        length = (int(match.group(1)) + 2) // 3 * 4
        packed = base64.b64decode(stream[match.end() : match.end() + length])
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for name in archive.namelist():
                yield archive.read(name)


def holds(directory: Path, secret: str) -> List[str]:
    """The files below a directory that hold a text."""
    files = [path for path in sorted(directory.rglob("*")) if path.is_file() and not path.is_symlink()]
    return [str(path) for path in files if secret.encode() in path.read_bytes()]
