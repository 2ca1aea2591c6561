# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module of the collection must keep, whichever it is and whenever it was written.

The modules are found by looking into plugins/modules; each needs a file of cases, so that a new module is covered on the
day it appears. A case is a small node (files below one folder), arguments, and what is expected of the run.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import yaml

from plugins.module_utils import visible

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
CASES = Path(__file__).parent / "cases"
PLANTED = re.compile("planted-[a-z0-9-]+")


def load_cases(module):
    path = CASES / (module + ".yml")
    return yaml.safe_load(path.read_text()) if path.exists() else []


ALL = [
    pytest.param(module, case, id="%s: %s" % (module, case["name"]))
    for module in MODULES
    for case in load_cases(module)
]
CHANGING = [param for param in ALL if param.values[1].get("changed")]
REFUSED = [param for param in ALL if param.values[1].get("failed")]
ACCEPTED = [param for param in ALL if not param.values[1].get("failed")]


class Node:
    """One folder that stands for a node: `{root}` in arguments and files is its path."""

    def __init__(self, root, case):
        self.root = root
        self.case = case
        for name, content in case.get("files", {}).items():
            self.write(name, content)

    def write(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.fill(content).encode("utf-8", "surrogateescape"))
        path.chmod(0o755 if content.startswith("#!") else 0o640)

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

    def run(self, module, check=False):
        arguments = dict(
            self.arguments(), _ansible_check_mode=check, _ansible_diff=True, _ansible_remote_tmp=str(self.root / "tmp")
        )
        return run_module(module, arguments)

    def snapshot(self):
        """Every file with its content, mode and time of change."""
        return {
            str(path.relative_to(self.root)): (
                path.read_bytes() if path.is_file() else b"",
                path.lstat().st_mode,
                path.lstat().st_mtime_ns,
            )
            for path in sorted(self.root.rglob("*"))
        }

    def contents(self):
        return {name: entry[0] for name, entry in self.snapshot().items() if not name.startswith("state")}


# To Ansible these say what became of the task or of its host, whatever a module means by them.
TAKEN = {"ansible_facts", "rc", "results", "skipped", "stderr", "stdout", "unreachable"}


class Outcome:
    """What a module left behind: its result, and all that it printed."""

    def __init__(self, returncode, stdout, stderr):
        self.output = stdout + stderr
        self.returncode = returncode
        try:
            self.result = json.loads(stdout)
        except ValueError:
            raise AssertionError("the module printed no JSON: %s" % self.output)
        assert not TAKEN & set(self.result), "to Ansible these names have a meaning of their own"


@functools.lru_cache(maxsize=None)
def runner():
    """The process that runs modules; CONTRACT_PYTHON and CONTRACT_CORE name another Python and ansible-core."""
    python = os.environ.get("CONTRACT_PYTHON", sys.executable)
    folders = [str(ROOT / ".ansible" / "collections")] + [
        os.environ[key] for key in ["CONTRACT_CORE"] if key in os.environ
    ]
    return subprocess.Popen(
        [python, str(Path(__file__).parent / "run_module.py")],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(folders), PYTHONDONTWRITEBYTECODE="1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )


def run_module(module, arguments):
    """Run a module in a process of its own."""
    process = runner()
    process.stdin.write(json.dumps({"module": module, "arguments": arguments}) + "\n")
    process.stdin.flush()
    return Outcome(**json.loads(process.stdout.readline()))


@pytest.fixture
def node_of(tmp_path):
    made = []

    def make(case):
        root = tmp_path / ("node%d" % len(made))
        root.mkdir(mode=0o755)
        made.append(root)
        return Node(root, case)

    yield make
    for root in made:
        shutil.rmtree(str(root), ignore_errors=True)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_cases_that_change_nothing_that_change_and_that_are_refused(module):
    cases = load_cases(module)
    assert cases, "write tests/contract/cases/%s.yml" % module
    reads_only = module.endswith(("_info", "_lint", "_served"))
    assert reads_only or any(case.get("changed") for case in cases)
    assert any(case.get("failed") for case in cases)
    assert any(not case.get("files") for case in cases), "a case on an empty node is missing"


@pytest.mark.parametrize("module, case", ALL)
def test_check_mode_writes_nothing(module, case, node_of):
    node = node_of(case)
    before = node.snapshot()
    node.run(module, check=True)
    assert node.snapshot() == before


@pytest.mark.parametrize("module, case", ACCEPTED)
def test_check_mode_says_what_the_run_then_does(module, case, node_of):
    node = node_of(case)
    predicted = node.run(module, check=True).result
    assert not predicted.get("failed"), predicted.get("msg")
    if case.get("check_only"):
        return
    done = node.run(module).result
    assert not done.get("failed"), done.get("msg")
    assert done["changed"] is case.get("changed", False)
    for key in ("changed", "activation", "diff", "changes"):
        assert predicted.get(key) == done.get(key), key
    for key, value in case.get("returned", {}).items():
        assert done[key] == node.fill(value), key


@pytest.mark.parametrize("module, case", [param for param in CHANGING if not param.values[1].get("check_only")])
def test_a_second_run_changes_nothing(module, case, node_of):
    node = node_of(case)
    node.run(module)
    before = node.contents()
    again = node.run(module).result
    assert again["changed"] is False, again.get("diff")
    assert again.get("activation", "none") == "none"
    assert node.contents() == before


@pytest.mark.parametrize(
    "module, case", [param for param in CHANGING if "secret" not in param.id and not param.values[1].get("check_only")]
)
def test_the_diff_laid_over_the_old_files_gives_the_new_ones(module, case, node_of):
    node = node_of(case)
    before = node.contents()
    done = node.run(module).result
    for entry in done["diff"]:
        name = os.path.relpath(entry["before_header"], str(node.root))
        if "before" in entry and not name.startswith(".."):
            assert shown(before.get(name, b"")) == entry["before"]
            assert shown(node.contents().get(name, b"")) == entry["after"]
            before[name] = node.contents().get(name, b"")
    after = {name: text for name, text in node.contents().items() if (node.root / name).is_file()}
    assert {name: text for name, text in before.items() if name in after} == after
    for path, text in case.get("expect", {}).items():
        assert after[path].decode() == node.fill(text)


# What an account of the node can put into names and texts, to be obeyed by the terminal of whoever runs the playbook: escape
# sequences of seven and eight bits, an override of the direction, a line of its own.
HOSTILE = "\x1b[2J\x9b31m\u202e\u2028\x7f\r\nok: [forged]"
HIDDEN_KINDS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
OF_LINES = {"before_header", "after_header"}


def dangerous(text, allowed="\n\t"):
    return [sign for sign in text if sign not in allowed and unicodedata.category(sign) in HIDDEN_KINDS]


def shown(content):
    """A file's content as a difference shows it, with what no terminal may see spelled out."""
    text = content.decode("utf-8", "surrogateescape")
    return "".join(visible.block(sign) if dangerous(sign) else sign for sign in text)


def texts_in(value, key=""):
    """Every text of a result with the name of what holds it, keys included."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield "", name
            yield from texts_in(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item, key)
    elif isinstance(value, str):
        yield key, value


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


@pytest.mark.parametrize("module, case", few_of_each(ALL))
def test_no_name_or_text_of_a_node_commands_a_terminal(module, case, tmp_path):
    root = tmp_path / HOSTILE
    root.mkdir(mode=0o755)
    node = Node(root, case)
    for name, content in case.get("files", {}).items():
        if name.endswith(".conf"):
            node.write(name, content + 'X_Hostile = "%s"\n# \udcff\n' % HOSTILE)
    outcome = node.run(module, check=case.get("check_only", False))
    assert "Traceback" not in outcome.output
    for key, text in texts_in(outcome.result):
        assert not dangerous(text, "" if key in OF_LINES else "\n\t"), (key, text)
        if key in ("msg", "warnings"):
            assert "\nok: [forged]" not in text


@pytest.mark.parametrize("module, case", ALL)
def test_no_planted_secret_leaves_the_node(module, case, node_of):
    node = node_of(case)
    for check in (True, False):
        if case.get("check_only") and not check:
            continue
        leaked = set(PLANTED.findall(node.run(module, check=check).output))
        assert not leaked


@pytest.mark.parametrize("module, case", REFUSED)
def test_a_refusal_names_the_reason_and_loses_nothing(module, case, node_of):
    node = node_of(case)
    before = node.contents()
    for check in (True, False):
        if case.get("run_only") and check:
            continue
        refused = node.run(module, check=check).result
        assert refused.get("failed") is True
        for words in case["failed"] if isinstance(case["failed"], list) else [case["failed"]]:
            assert node.fill(words) in refused["msg"]
        assert "Traceback" not in json.dumps(refused)
    assert node.contents() == before
