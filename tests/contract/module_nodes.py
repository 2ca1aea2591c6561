# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cases of all modules, and small nodes on which modules are run; for the tests of this directory.

The modules are found by looking into plugins/modules; each needs a file of cases, so that a new module is covered on the
day it appears. A case is a small node (files below one directory), arguments, and what is expected of the run.
"""

import copy
import functools
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from plugins.module_utils import node_options
from plugins.module_utils.options.parts import NAMES

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
CASES = Path(__file__).parent / "cases"
READING = ("_info", "_lint", "_served", "audit", "preflight")  # names of modules that change nothing on the node
PLANTED = re.compile("planted-[a-z0-9-]+")


@functools.lru_cache(maxsize=None)
def _cases_in(path):
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # as fast as C where there is such a one
    return yaml.load(path.read_text(encoding="utf-8"), loader) if path.exists() else []


def load_cases(module):
    """The cases of a module; those of `node` are the cases of each of its parts as well."""
    cases = copy.deepcopy(_cases_in(CASES / (module + ".yml")))
    if module != "node":
        return cases
    return cases + [part_of(name, case) for name in NAMES for case in load_cases(name)]


def part_of(part, case):
    """A case of a module as one of `node`."""
    given = case.get("arguments", {})
    common = {key: value for key, value in given.items() if key in node_options.ARGUMENTS}
    own = {key: value for key, value in given.items() if key not in common}
    return dict(case, name="%s, %s" % (part, case["name"]), arguments=dict(common, **{part: own}), part=part)


def marks(case):
    """Of the cases of parts only those with a planted secret are run before a merge."""
    return [pytest.mark.long] if case.get("part") and "planted" not in str(case) else []


ALL = [
    pytest.param(module, case, id="%s: %s" % (module, case["name"]), marks=marks(case))
    for module in MODULES
    for case in load_cases(module)
]
CHANGING = [param for param in ALL if param.values[1].get("changed")]
REFUSED = [param for param in ALL if param.values[1].get("failed")]
WRITING = list(
    {param.values[0]: param for param in reversed(CHANGING) if not param.values[1].get("check_only")}.values()
)
ACCEPTED = [param for param in ALL if not param.values[1].get("failed")]
REPEATED = [param for param in CHANGING if not param.values[1].get("check_only")]
PREDICTED = ("changed", "activation", "activations", "diff", "changes")


class Node:
    """One directory that stands for a node: `{root}` in arguments and files is its path."""

    def __init__(self, root, case):
        self.root = root
        self.case = case
        os.makedirs(str(root / "tmp"), mode=0o700, exist_ok=True)
        for name, content in case.get("files", {}).items():
            self.write(name, content)
        if (root / "state").is_dir():
            (root / "state").chmod(0o700)  # as the collection makes it
        for name, members in case.get("archives", {}).items():
            self.archive(root / name, members)

    def write(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.fill(content).encode("utf-8", "surrogateescape"))
        path.chmod(0o755 if content.startswith("#!") else 0o640)

    def archive(self, path, members):
        """Make a tar archive of texts by their names in it."""
        with tarfile.open(str(path), "w") as archive:
            for name, content in members.items():
                data = self.fill(content).encode()
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(data), 0o755 if content.startswith("#!") else 0o644
                archive.addfile(info, io.BytesIO(data))

    def fill(self, value):
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        return value.replace("{root}", str(self.root)) if isinstance(value, str) else value

    def arguments(self):
        """The common arguments that put a module on this node, under the case's own."""
        common = {"prefix": "{root}/momentum", "state_dir": "{root}/state", "nodename": "node1"}
        return self.fill({**common, **self.case.get("arguments", {})})

    def request(self, module, check=False, **more):
        """The request to the process that runs modules; `kill`: the number of a call, see run_module.py."""
        internal = {"check_mode": check, "diff": True, "remote_tmp": str(self.root / "tmp"), "verbosity": 4}
        if "CONTRACT_CORE" not in os.environ:
            internal["inject_invocation"] = True  # ansible-core 2.16 always does
        arguments = dict(self.arguments(), **{"_ansible_" + name: value for name, value in internal.items()})
        return dict(more, module=module, arguments=arguments)

    def run(self, module, check=False):
        return Outcome(**answer(self.request(module, check)))

    def snapshot(self):
        """Every file with its content, mode and time of change. The directory for temporary files is Ansible's, and a module's that
        leaves nothing there."""
        assert not list((self.root / "tmp").iterdir())
        return {
            str(path.relative_to(self.root)): (
                path.read_bytes() if path.is_file() else b"",
                path.lstat().st_mode,
                path.lstat().st_mtime_ns,
            )
            for path in sorted(self.root.rglob("*"))
            if path != self.root / "tmp"
        }

    def contents(self):
        return contents_of(self.snapshot())

    def due(self):
        return due_in(self.root)

    def permissions(self):
        """The kind and mode of all but the state."""
        return {name: entry[1] for name, entry in self.snapshot().items() if not name.startswith("state")}


def due_in(root):
    """What pending.json of a node says is due: the level, and the files by their names below the node."""
    path = root / "state" / "pending.json"
    if not path.exists():
        return "none", []
    record = json.loads(path.read_text())
    return record["level"], sorted(os.path.relpath(name, str(root)) for name in record["files"])


def contents_of(snapshot):
    return {name: entry[0] for name, entry in snapshot.items() if not name.startswith("state")}


# To Ansible these say what became of the task or of its host, whatever a module means by them.
TAKEN = {"ansible_facts", "rc", "results", "skipped", "stderr", "stdout", "unreachable"}


class Outcome:
    """What a module left behind: its result, all that it printed, and the bytes that it read and took of memory."""

    def __init__(self, returncode, stdout, stderr, calls, read, memory):
        self.output = stdout + stderr
        self.returncode = returncode
        self.read = read
        self.memory = memory
        try:
            self.result = json.loads(stdout)
        except ValueError:
            raise AssertionError("the module printed no JSON: %s" % self.output)
        assert not TAKEN & set(self.result), "to Ansible these names have a meaning of their own"


@functools.lru_cache(maxsize=None)
def runner():
    """The process that runs modules; CONTRACT_PYTHON and CONTRACT_CORE name another Python and ansible-core."""
    python = os.environ.get("CONTRACT_PYTHON", sys.executable)
    directories = [str(ROOT / ".ansible" / "collections"), str(Path(__file__).parent / "fakes")] + [
        os.environ[key] for key in ["CONTRACT_CORE"] if key in os.environ
    ]
    # A module's code is compiled once, not in each of thousands of runs.
    return subprocess.Popen(
        [python, str(Path(__file__).parent / "run_module.py")],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(directories), PYTHONDONTWRITEBYTECODE=""),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )


def answer(request):
    """How a module ended that was run in a process of its own."""
    process = runner()
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def run_module(module, arguments):
    """What came of a module with arguments of its own."""
    return Outcome(**answer({"module": module, "arguments": arguments}))


class Story:
    """One case from its beginning to its end on one node: a check, the run, and the run again where it changed something.

    The tests below read what they need of it, so each case is played once.
    """

    def __init__(self, module, case, root):
        self.node = node = Node(root, case)
        self.before = node.snapshot()
        self.check = node.run(module, check=True)
        self.checked = node.snapshot()
        self.done = self.again = None
        if not case.get("check_only"):
            self.done = node.run(module)
            self.after = node.contents()
            self.permissions = node.permissions()
            self.due = node.due()
        if self.done and case.get("changed"):
            self.again = node.run(module)
            self.last = node.contents()
        shutil.rmtree(str(root), ignore_errors=True)


def few_of_each(params):
    """Of each module the cases with the most files, one that is accepted and one that is refused; the others take long."""
    most = {}
    for param in params:
        module, case = param.values
        most.setdefault((module, "failed" in case), []).append((len(str(case.get("files", ""))), param.id))
    quick = {max(entries)[1] for entries in most.values()}
    return [
        param if param.id in quick else pytest.param(*param.values, id=param.id, marks=pytest.mark.long)
        for param in params
    ]
