# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No module ends in a traceback, whatever is in its records, whoever holds the lock, however Momentum's checkers behave, and whatever
a task gives: it ends in a result, or in a message that says what is wrong.

The modules, their options and their cases are found as in module_nodes.py.
"""

import copy
import fcntl
import importlib
import os
import re
import sys

import module_nodes
import pytest
from module_nodes import MODULES, ROOT, WRITING, answer, load_cases

from tests.tiers import some

sys.path.insert(0, str(ROOT / ".ansible" / "collections"))

IDENTIFIER = "20261121T101500.000000-0a1b2c3d"
RECORDS = [
    "pending.json", "activated.json", "handover.json", "journal.staging", "journal.swapping", "journal.committed", "journal.new",
    "aside-unknown.0.swapping", "aside-%s.0.committed" % IDENTIFIER, "backups/%s/manifest.json" % IDENTIFIER, "backups/x", "check",
]  # fmt: skip
CONTENTS = {
    "nothing": b"",
    "cut off": b'{"level": "reload", "files": {',
    "no text": b"\xff\xfe\x00",
    "a list": b"[]",
    "a number": b"1e999",
    "deep": b"[" * 100000,
    "other values": b'{"level": "reload", "since": 1e999, "transactions": [{}], "files": {"/a": []}, "process": [1e999], "format": 1, '
    b'"static": [], "listeners": {}, "consoles": 7, "mta1": "x", "entries": [[]], "transaction": "%s"}'
    % IDENTIFIER.encode(),
    "other kinds": b'{"level": 7, "since": {}, "transactions": 7, "files": 7, "process": "x", "format": [], "mta1": 7, "entries": 7}',
}
MAKERS = {
    "a directory": lambda path: path.mkdir(),
    "a pipe": lambda path: os.mkfifo(str(path)),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
}


def case_of(module):
    """The case of a module that does most."""
    cases = load_cases(module)
    return max(
        cases,
        key=lambda case: (
            not case.get("failed"),
            not case.get("check_only"),
            bool(case.get("changed")),
            len(str(case)),
        ),
    )


def ended_in_words(outcome, *words):
    """The result of a module that ended as it has to."""
    assert "Traceback" not in outcome.output, outcome.output
    if outcome.result.get("failed"):
        assert outcome.result["msg"].strip(), outcome.result
    for one in words:
        assert one in outcome.result["msg"]
    return outcome.result


def lay(node, make):
    state = node.root / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    state.chmod(0o700)
    for name in RECORDS:
        path = state / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.is_file():
            path.unlink()
        if not path.exists():
            make(path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", some(list(CONTENTS) + list(MAKERS), ["deep", "other values", "a directory"]))
@pytest.mark.parametrize("module", MODULES)
def test_whatever_is_in_the_records(module, kind, node_of):
    def make(path):
        path.write_bytes(CONTENTS[kind])
        path.chmod(0o600)

    node = node_of(case_of(module))
    lay(node, MAKERS.get(kind, make))
    for check in (True, False):
        ended_in_words(node.run(module, check))
    arguments = {"restore": {"transactions": [IDENTIFIER]}, "duravip": {"state": "brought_back", "node": "mta1"}}
    if module in arguments:
        node.case = {"arguments": arguments[module]}
        for check in (True, False):
            refused = ended_in_words(node.run(module, check))
            assert refused.get("failed") is True and str(node.root / "state") in refused["msg"], refused


@pytest.mark.slow
@pytest.mark.parametrize("module, case", WRITING)
def test_a_lock_that_is_held_is_refused_with_its_holder(module, case, node_of):
    """Time runs a hundred times as fast for the module, so that nobody waits."""
    node = node_of(case)
    state = node.root / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    state.chmod(0o700)
    with (state / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.write("%-20d\n" % os.getpid())
        stream.flush()
        before = node.contents()
        outcome = module_nodes.Outcome(**answer(node.request(module, hasty=100)))
        words = "%s is held by process %d for more than 30 seconds" % (state / "lock", os.getpid())
        result = ended_in_words(outcome)
        if result.get("failed"):
            assert words in result["msg"], result["msg"]
            assert {name: text for name, text in node.contents().items() if name in before} == before
        else:
            assert module in UNLOCKED, "%s wrote without the lock" % module


# What writes nothing that a transaction, or the record of an activation, could meet.
UNLOCKED = {"bundle", "database_schema", "packages", "permissions", "service"}

CHECKERS = {
    "silent": "#!/bin/sh\nexit 0\n",
    "failing": "#!/bin/sh\necho Syntax error >&2\nexit 7\n",
    "killed": "#!/bin/sh\nkill -9 $$\n",
    "no program": "\x7fELF nothing that could be executed",
    "interpreter missing": "#!/nowhere/at/all\n",
    "no text": "#!/bin/sh\nprintf '\\377\\000\\033[2J'\n",
    "endless": "#!/bin/sh\nexec cat /dev/zero\n",
    "hanging": "#!/bin/sh\nexec sleep 1000\n",
    "its output left open": "#!/bin/sh\nsleep 1000 & echo Configuration valid\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", some(list(CHECKERS), ["killed", "no program", "endless", "hanging"]))
@pytest.mark.parametrize("module", ["config", "service", "sandbox"])
def test_however_the_checkers_behave(module, kind, node_of):
    case = copy.deepcopy(case_of(module))
    case.setdefault("arguments", {})["validate"] = "always"
    node = node_of(case)
    for name in ("ec_dump_config", "validate_config"):
        path = node.root / "momentum/bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CHECKERS[kind])
        path.chmod(0o755)
    for check in (True, False):
        ended_in_words(module_nodes.Outcome(**answer(node.request(module, check, hasty=100))))


TEXTS = {
    "a NUL": "a\0b", "no text": "a\udcffb", "empty": "", "a blank": " ", "the root": "/", "above": "../..", "a line end": "a\nb",
    "percent": "%s%(x)s{0}", "long": "x" * 5000, "long path": "/" + "x" * 300, "digits": "\u0661\u0662", "superscript": "\u00b2", "huge": "9" * 5000,
    "negative": "-1", "brackets": "[[[", "dots": "1..2", "colon": ":", "template": "{{ x }}",
}  # fmt: skip
OTHER = {
    "none": None, "true": True, "zero": 0, "minus": -1, "large": 10**30, "float": 1.5, "list": [], "list of none": [None], "list of lists": [[]],
    "list of empty": [""], "dictionary": {}, "strange key": {"\0": "\udcff"}, "list of dictionaries": [{}], "nested": {"a": [{"b": [1, None]}]},
}  # fmt: skip
STRANGE = {**TEXTS, **OTHER}


def specification(module):
    return importlib.import_module("ansible_collections.msys.momentum.plugins.modules." + module).ARGUMENTS


def options_of(options, path=()):
    for name, option in options.items():
        yield path + (name,)
        if option.get("options") is not None:
            yield from options_of(option["options"], path + (name,))


def with_value(arguments, path, value):
    """The arguments with a value at a path, in the first entry of each list on the way."""
    name, rest = path[0], path[1:]
    if not rest:
        return dict(arguments, **{name: value})
    inner = arguments.get(name)
    if isinstance(inner, list):
        first = inner[0] if inner and isinstance(inner[0], dict) else {}
        return dict(arguments, **{name: [with_value(first, rest, value)] + inner[1:]})
    return dict(arguments, **{name: with_value(inner if isinstance(inner, dict) else {}, rest, value)})


COMMON = [("prefix",), ("main",), ("search_path",), ("nodename",), ("subcluster",), ("state_dir",), ("validate",)]
PLACES = [(module, path) for module in MODULES for path in COMMON + list(options_of(specification(module)))]


QUARTERS = 4


@pytest.mark.long
@pytest.mark.parametrize("module, path", PLACES, ids=lambda one: one if isinstance(one, str) else ".".join(one))
def test_whatever_an_option_is_given(module, path, node_of):
    """Each option is given a quarter of the strange values, those that all modules have by turns with the module; so each module meets
    each value, and each shared option too."""
    turn = PLACES.index((module, path))
    for number, (name, value) in enumerate(STRANGE.items()):
        if (turn + number) % QUARTERS == 0:
            strange_value(module, path, name, value, node_of)


# The options of `node` are those of the other modules.
EACH_ONCE = some(MODULES, [module for module in MODULES if module != "node"])


@pytest.mark.slow
@pytest.mark.parametrize("module", EACH_ONCE)
def test_what_is_no_name_of_a_file_and_no_number(module, node_of):
    """A superscript two is a digit to str.isdigit(), and none to int()."""
    for path in options_of(specification(module)):
        strange_value(module, path, "superscript", STRANGE["superscript"], node_of)
    for path in COMMON[:2] + list(options_of(specification(module)))[:2]:
        strange_value(module, path, "a NUL", STRANGE["a NUL"], node_of)


def strange_value(module, path, name, value, node_of):
    case = case_of(module)
    node = node_of(case)
    arguments = with_value(case.get("arguments", {}), path, value)
    if path == ("state_dir",) and isinstance(value, str):
        arguments["state_dir"] = "{root}/" + value
    if path == ("prefix",) and isinstance(value, str):
        arguments["prefix"] = "{root}/" + value
    node.case = dict(case, arguments=arguments)
    try:
        ended_in_words(node.run(module, check=True))
    except AssertionError as error:
        raise AssertionError("%s with %s at %s: %s" % (module, name, ".".join(path), error))


def options_in(specification, arguments, path=()):
    """The path of each option that is given, in lists and dictionaries of options too."""
    for name, value in arguments.items():
        option = specification.get(name, {})
        yield path + (name,)
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            if option.get("options") and isinstance(item, dict):
                inner = path + ((name, number) if isinstance(value, list) else (name,))
                yield from options_in(option["options"], item, inner)


def at(case, path):
    """A copy of a case, and what holds the option at a path in it."""
    changed = copy.deepcopy(case)
    holder = changed["arguments"]
    for step in path[:-1]:
        holder = holder[step]
    return changed, holder


@pytest.mark.parametrize("module", EACH_ONCE)
def test_an_option_that_is_null_is_one_that_is_not_given(module, node_of):
    specification = importlib.import_module("ansible_collections.msys.momentum.plugins.modules." + module).ARGUMENTS
    tried = set()
    for case in load_cases(module):
        for path in options_in(specification, case.get("arguments", {})):
            kind = tuple("*" if isinstance(step, int) else step for step in path)
            if kind in tried or path[0] in ("nodename", "prefix", "state_dir"):  # the node would give these
                continue
            tried.add(kind)
            outcomes = []
            for is_null in (True, False):
                changed, holder = at(case, path)
                holder[path[-1]] = None
                if not is_null:
                    del holder[path[-1]]
                result = ended_in_words(node_of(changed).run(module, check=True))
                outcomes.append((result.get("failed"), result.get("changed")))
            assert outcomes[0] == outcomes[1], path


@pytest.mark.parametrize("module", MODULES)
def test_null_among_the_entries_of_an_option_is_refused_by_its_place(module, node_of):
    specification = importlib.import_module("ansible_collections.msys.momentum.plugins.modules." + module).ARGUMENTS
    for name in sorted(name for name, option in specification.items() if option.get("options")):
        case = case_of(module)
        node = node_of(dict(case, arguments=dict(case.get("arguments", {}), **{name: [None]})))
        words = ended_in_words(node.run(module, check=True))["msg"]
        assert re.match(r"%s(\[0\])?: a dictionary is needed here" % name, words), words
