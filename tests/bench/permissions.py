# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit of a tree in order costs, in CPU seconds (user + system); twice the entries must cost twice as much.

    python tests/bench/permissions.py [COUNT ...]

`find`: find -printf of mode, owner and links. `walk`: the walk of the module permissions. `lists`: the same, looking for
access lists on every file. `module` and `file`: the modules msys.momentum.permissions and ansible.builtin.file (recurse)
as processes of their own, start-up included. Ratios within one run are what counts; each is the best of three.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable, Dict, List

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from plugins.module_utils.permissions import modes
from plugins.module_utils.permissions.rules import Rule
from plugins.module_utils.permissions.run import Job, work
from plugins.module_utils.permissions.walk import Options

PER_DIRECTORY = 100
RUN = """
import runpy, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
basic._ANSIBLE_PROFILE = "legacy"
runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
"""


def grow(top: Path, count: int) -> None:
    """A tree of `count` files, all with mode 0640, in directories of 0750."""
    for number in range(count // PER_DIRECTORY):
        directory = top / f"{number // 100:03}" / f"{number % 100:03}"
        directory.mkdir(parents=True)
        for name in range(PER_DIRECTORY):
            os.close(os.open(str(directory / f"entry-{name:03}.conf"), os.O_CREAT | os.O_WRONLY, 0o640))
    for path in [top] + [path for path in top.rglob("*") if path.is_dir()]:
        path.chmod(0o750)
    for path in top.rglob("*.conf"):
        path.chmod(0o640)


def cpu(action: Callable[[], None]) -> float:
    """The CPU time of this process and its children, the best of three."""

    def spent() -> float:
        both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in both)

    figures = []
    for _turn in range(3):
        before = spent()
        action()
        figures.append(spent() - before)
    return min(figures)


def find(top: Path) -> None:
    """What find(1) needs to print the same facts."""
    command = ["find", str(top), "-printf", "%m %U %G %n %p\\n"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def walk(top: Path, lists: bool = False) -> None:
    """The walk alone, in this process; that nothing differs and all was seen is made sure of."""
    rule = Rule(str(top), os.getuid(), os.getgid(), modes.parse("0640"), modes.parse("0750"), True)
    findings = work(Job([rule], [], "nobody", [], False, [], Options(False, all_access_lists=lists)))
    assert findings.differences.total == findings.refused.total == 0 and findings.counts["files"] > 0


def module(name: str, arguments: Dict[str, object]) -> None:
    """A module as a process of its own; that it changes nothing is made sure of."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, name],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": dict(arguments, _ansible_remote_tmp=tempfile.gettempdir())}).encode(),
        env=dict(os.environ, PYTHONPATH=str(ROOT / ".ansible" / "collections")),
        stdout=subprocess.PIPE,
        check=True,
    )
    assert json.loads(done.stdout)["changed"] is False


def ours(top: Path) -> None:
    """The module permissions."""
    entry = {"path": str(top), "mode": "0640", "directory_mode": "0750", "recurse": True}
    entry.update(owner=str(os.getuid()), group=str(os.getgid()))
    module("ansible_collections.msys.momentum.plugins.modules.permissions", {"entries": [entry], "umask": "ignore"})


def stock(top: Path) -> None:
    """The stock module; one mode for files and directories it can only give symbolically."""
    requested = {"path": str(top), "recurse": True, "state": "directory", "mode": "u=rwX,g=rX,o="}
    module("ansible.modules.file", dict(requested, owner=str(os.getuid()), group=str(os.getgid())))


def main(counts: List[int]) -> None:
    """Print one line for each count."""
    columns = ["entries", "find", "walk", "lists", "module", "file", "walk/find", "file/module"]
    print(" ".join(f"{column:>11}" for column in columns))
    for count in counts or [25000, 50000, 100000]:
        with tempfile.TemporaryDirectory() as name:
            top = Path(name) / "tree"
            grow(top, count)
            actions = [find, walk, lambda tree: walk(tree, True), ours, stock]
            figures = [cpu(lambda action=action, tree=top: action(tree)) for action in actions]
        ratios = [figures[1] / figures[0], figures[4] / figures[3]]
        print(f"{count:11} " + " ".join(f"{figure:11.2f}" for figure in figures + ratios), flush=True)


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]])
