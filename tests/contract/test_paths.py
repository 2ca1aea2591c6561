# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever the service account lays where a module reads, the module ends, and says what is there.

The paths are found by looking: every file of a case, every argument that is a path, every path that the case's configuration
names, and the pid file. Each is replaced by each strange thing, and the module runs in check mode and for real. What is
counted is bytes read and memory, never time.
"""

import json
import os
import re
import shutil
import stat

import pytest
from module_nodes import ACCEPTED, MODULES, ROOT, Node, run_module

PROGRAMS_OWN = (
    "etc/server",
    "state/rpm",
)  # what the fakes of psql and dnf read themselves; programs have a limit of time
NESTING = 64  # plugins/module_utils/ecconf/syntax/limits.py
MAIN = "momentum/etc/conf/default/ecelerity.conf"
MOST_READ = 256 << 20  # bytes; a module reads 10 to 20 MiB of Python when it starts
MOST_MEMORY = 700 << 20  # bytes; Ansible and cryptography have 100 MiB before the module begins
NAMED = re.compile(r"\{root\}(/[^\s\"'{}(),;*?\[\]]+)")


def pipe(path):
    os.mkfifo(path)


def endpoint(path):
    os.mknod(path, stat.S_IFSOCK | 0o666)


def device(path):
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 8))  # random(4) has no end
    except PermissionError:
        pytest.skip("mknod(2) needs CAP_MKNOD")


def huge(path):
    with open(path, "wb") as stream:
        stream.truncate(3 << 30)


def loop(path):
    os.symlink(os.path.basename(path), path)


def closed(path):
    if os.geteuid() == 0:
        pytest.skip("root reads every file")
    with open(path, "w") as stream:
        os.fchmod(stream.fileno(), 0)


def links(path):
    """A directory of links to one file, which is large but allowed."""
    os.mkdir(path)
    with open(path + ".large", "wb") as stream:
        stream.write(b"#\n" * (1 << 19))
    for number in range(300):
        os.symlink(os.path.join("..", os.path.basename(path) + ".large"), os.path.join(path, "%d.conf" % number))


STRANGE = {
    "pipe": pipe,
    "socket": endpoint,
    "device": device,
    "directory": os.mkdir,
    "huge": huge,
    "loop": loop,
    "closed": closed,
    "links": links,
}


def texts_of(value):
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts_of(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item)]
    return [value] if isinstance(value, str) else []


def paths_of(case):
    """Relative to the node's directory: the files, and what arguments and configuration name; the main file first."""
    files = case.get("files", {})
    named = [match for text in texts_of(case.get("arguments", {})) + texts_of(files) for match in NAMED.findall(text)]
    # Programs are root's; where one is missing, check mode may go on, because an earlier task may install it.
    data = sorted(path for path in files if not files[path].startswith("#!") and not path.startswith(PROGRAMS_OWN))
    every = [MAIN, "run/daemon.pid"] + data + [path.strip("/") for path in named]
    # The prefix itself and what is above a file are directories in any case.
    return [path for path in dict.fromkeys(every) if not any(other.startswith(path + "/") for other in every)]


def every_path():
    """Each path of a module in the first case that has it, with each strange thing."""
    first = {}
    for param in ACCEPTED:
        module, case = param.values
        for path in paths_of(case):
            first.setdefault((module, path), case)
    for module, path in sorted(first):
        # A bundle is read to its end, however large it is.
        for kind in sorted(set(STRANGE) - ({"huge"} if module == "bundle" else set())):
            yield pytest.param(module, first[module, path], path, kind, id="%s: %s: %s" % (module, path, kind))


def two_for_each_module():
    """The case of each module that has most files: with a pipe at its main file, and with a huge file at its last path."""
    first = {}
    for param in ACCEPTED:
        module, case = param.values
        if len(case.get("files", {})) >= len(first.get(module, (None, {}))[1].get("files", {})):
            first[module] = (module, case)
    for module, case in first.values():
        paths = paths_of(case)
        for path, kind in ((paths[0], "pipe"), (paths[-1], "huge")):
            yield pytest.param(module, case, path, kind, id="%s: %s: %s" % (module, path, kind))


class StrangeNode(Node):
    """A node with something strange at one path."""

    def __init__(self, root, case, path, kind):
        super().__init__(root, case)
        main = root / MAIN
        main.parent.mkdir(parents=True, exist_ok=True)
        if main.exists():
            # Read by whoever looks for the daemon.
            main.write_bytes(main.read_bytes() + self.fill('\nPidFile = "{root}/run/daemon.pid"\n').encode())
        self.strange = str(root / path)
        os.makedirs(os.path.dirname(self.strange), exist_ok=True)
        if os.path.isdir(self.strange) and not os.path.islink(self.strange):
            shutil.rmtree(self.strange)
        elif os.path.lexists(self.strange):
            os.unlink(self.strange)
        STRANGE[kind](self.strange)


def judged(module, case, path, kind, tmp_path):
    outcomes = []
    for check in (True, False):
        if case.get("check_only") and not check:
            continue
        root = tmp_path / ("check" if check else "run")
        root.mkdir(mode=0o755)
        node = StrangeNode(root, case, path, kind)
        outcome = node.run(module, check=check)
        shown = json.dumps(outcome.result)
        assert outcome.returncode in (0, 1), "it was ended by a signal"
        assert "Traceback" not in outcome.output and "RecursionError" not in outcome.output
        assert outcome.read < MOST_READ and outcome.memory < MOST_MEMORY
        words = outcome.result.get("msg", "")
        # Momentum's validator has words of its own.
        if outcome.result.get("failed") and outcome.result.get("stage") != "check":
            assert os.path.basename(node.strange) in words or os.path.dirname(node.strange) in words, shown
        outcomes.append((bool(outcome.result.get("failed")), words.replace(str(root), "")))
        shutil.rmtree(str(root), ignore_errors=True)
    assert len(set(outcomes)) == 1, "check mode has to say what the run says"


@pytest.mark.parametrize("module, case, path, kind", list(two_for_each_module()))
def test_a_module_ends_whatever_lies_at_its_paths(module, case, path, kind, tmp_path):
    judged(module, case, path, kind, tmp_path)


def test_a_pid_file_that_nobody_writes_to_is_not_waited_for(tmp_path):
    case = {
        "name": "an MTA",
        "arguments": {"state": "stopped"},
        "files": {"momentum/sbin/ecelerity": "#!/bin/sh\nexit 1\n", MAIN: "Hostname = x\n"},
    }
    for kind in ("pipe", "huge"):
        (tmp_path / kind).mkdir()
        judged("service", case, "run/daemon.pid", kind, tmp_path / kind)


@pytest.mark.long
@pytest.mark.parametrize("module, case, path, kind", list(every_path()))
def test_every_module_ends_whatever_lies_at_any_path(module, case, path, kind, tmp_path):
    judged(module, case, path, kind, tmp_path)


def with_main():
    """The case of each module that has a main file and most other files."""
    found = {}
    for param in ACCEPTED:
        module, case = param.values
        files = case.get("files", {})
        if MAIN in files and len(files) > len(found.get(module, {}).get("files", {})):
            found[module] = case
    return [pytest.param(module, case, id=module) for module, case in sorted(found.items())]


def nested(depth):
    """A configuration whose values and scopes lie in one another to a depth."""
    values = "Deep_List = %s\nDeep_Dictionary = %s\n" % (
        "(" * depth + "x" + ")" * depth,
        "[ k = " * (depth - 1) + "[ password = planted-deep ]" + "]" * (depth - 1),
    )
    return "\n" + values + "Deep {" * depth + "}" * depth + "\n"


@pytest.mark.long
@pytest.mark.parametrize("module, case", with_main())
def test_a_configuration_at_the_limit_of_nesting_is_read(module, case, tmp_path):
    """Whoever walks its values does so without running out of calls."""
    node = Node(tmp_path, case)
    with (tmp_path / MAIN).open("a") as stream:
        stream.write(nested(NESTING))
    outcome = node.run(module, check=True)
    assert "RecursionError" not in outcome.output and "inside one another" not in outcome.output
    # Lint is told to fail where it finds options that no page knows.
    assert not outcome.result.get("failed") or module == "config_lint", outcome.result
    assert "planted-deep" not in outcome.output


@pytest.mark.parametrize("module, case", with_main())
def test_a_configuration_that_is_nested_too_deep_is_refused_with_its_place(module, case, tmp_path):
    node = Node(tmp_path, case)
    main = tmp_path / MAIN
    line = main.read_text().count("\n") + 2
    with main.open("a") as stream:
        stream.write(nested(1500))
    outcome = node.run(module, check=True)
    assert "RecursionError" not in outcome.output and "Traceback" not in outcome.output
    problems = outcome.result.get("problems") or outcome.result.get("findings") or []
    if outcome.result.get("failed") or problems:
        shown = json.dumps(outcome.result)
        assert "inside one another" in shown and (":%d:" % line in shown or '"line": %d' % line in shown)


@pytest.mark.parametrize("depth", [NESTING + 1, 400, 900])
def test_arguments_that_are_nested_too_deep_are_refused(depth, tmp_path):
    """All modules share the code that takes arguments, see below. What is deeper than 1000 no Python 3.6 decodes from JSON."""
    deep = "x"
    for _level in range(depth):
        deep = [deep]
    result = run_module("config", {"settings": deep, "prefix": str(tmp_path)}).result
    assert result["failed"] and "inside one another" in result["msg"]
    assert result["msg"].startswith("settings: ") or depth > 800


def test_every_module_takes_arguments_by_it():
    for module in MODULES:
        text = (ROOT / "plugins" / "modules" / (module + ".py")).read_text()
        assert re.search(r"guarded\((run|work|planned_by\(plan\)), ([a-z_]+\()?MomentumModule\(", text), module
