# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of Ansible from within tests, with what every task did."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

HERE = Path(__file__).resolve().parent
SITE, NODE = "msys.momentum.site", "msys.momentum.node"


class Entry(NamedTuple):
    """What one task did on one host; `reached` tells whether it opened a connection."""

    host: str
    task: str
    action: str
    status: str
    changed: bool
    reached: bool
    result: Dict[str, Any]


class Run(NamedTuple):
    """The exit code, the output, and what every task did."""

    code: int
    output: str
    entries: List[Entry]

    def changed(self) -> List[str]:
        """The names of the tasks that changed something, in order."""
        return [entry.task for entry in self.entries if entry.changed]

    def failed(self) -> List[Entry]:
        """The tasks that failed."""
        return [entry for entry in self.entries if entry.status in ("failed", "unreachable")]

    def reached(self) -> List[Entry]:
        """The tasks that opened a connection to a node."""
        return [entry for entry in self.entries if entry.reached]

    def of(self, action: str) -> Entry:
        """The one task of this action."""
        (entry,) = [entry for entry in self.entries if entry.action == action and entry.status != "skipped"]
        return entry

    def part(self, name: str) -> Any:
        """What the one task of the node returned for one of its parts."""
        return self.of(NODE).result["parts"][name]

    def changed_parts(self) -> List[str]:
        """The parts that the one task of the node changed."""
        return list(self.of(NODE).result["changed_parts"])

    def refused_parts(self) -> List[str]:
        """The parts that the first failed task, which is that of the node, refused."""
        (failed,) = self.failed()
        assert failed.action == NODE, failed
        return [one["part"] for one in failed.result.get("refused", ())]

    def diffs(self) -> List[Any]:
        """All differences shown, in order, without the empty ones."""
        shown: List[Any] = []
        for entry in self.entries:
            diff = entry.result.get("diff") or []
            shown += [part for part in (diff if isinstance(diff, list) else [diff]) if part]
        return shown


def play(
    *, check: bool = False, diff: bool = False, verbosity: int = 0, book: str = SITE, tags: str = "", **variables: Any
) -> Run:
    """Run a playbook against the inventory of the scenario; `variables` take precedence over the inventory's."""
    arguments = ["ansible-playbook", book, "--extra-vars", json.dumps(variables)] + ["--tags=" + tags] * bool(tags)
    return run(arguments + ["--check"] * check + ["--diff"] * diff + ["-v"] * verbosity)


def task(module: str, check: bool = False, **arguments: Any) -> Run:
    """Run one module on the nodes, as an operator does by hand."""
    command = ["ansible", "momentum_standalone", "--module-name", module, "--args", json.dumps(arguments)]
    return run(command + ["--check"] * check)


def run(arguments: List[str]) -> Run:
    """Run a command of Ansible against the inventory of the scenario, and whatever the command adds to it."""
    directories = [
        Path(os.environ["MOLECULE_PROJECT_DIRECTORY"]) / "molecule" / "shared" / "inventory",
        Path(os.environ["MOLECULE_SCENARIO_DIRECTORY"]) / "inventory",
    ]
    with tempfile.TemporaryDirectory() as directory:
        record = Path(directory) / "record"
        record.touch()
        environment = dict(
            os.environ,
            ANSIBLE_CALLBACK_PLUGINS=str(HERE / "callbacks"),
            ANSIBLE_CALLBACKS_ENABLED="record,aloud",
            ANSIBLE_LOAD_CALLBACK_PLUGINS="true",
            ANSIBLE_NOCOLOR="true",
            MOMENTUM_RECORD=str(record),
        )
        done = subprocess.run(
            arguments + ["--inventory=%s" % path for path in directories],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        entries = [Entry(**json.loads(line)) for line in record.read_text(encoding="utf-8").splitlines()]
    sys.stdout.write(done.stdout)
    return Run(done.returncode, done.stdout, entries)


def message(run: Run) -> Optional[str]:
    """What the first failed task says."""
    failed = run.failed()
    return None if not failed else str(failed[0].result.get("msg"))
