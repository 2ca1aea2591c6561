# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No value of a task adds a line, a directive or the word None to a file that a module writes, whichever option it is given for.

The options are found in the specifications of the modules. In modules that make up files of other programs, each is set to each hostile
value; in the others, whose options meet the same few gates, each is set to a third of the values, dealt so that each module meets all of
them. It is done in a case that reaches the option, in check mode and for real: both refuse the value in the same words, or the files hold
it as one value. What an earlier task may still create, check mode lets pass, and that alone: the run's message tells to create it.
"""

import copy
import json
import re

import pytest
from module_nodes import MODULES, Node, load_cases
from test_secrets import specification

from plugins.module_utils.config.disk_reader import DiskReader
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load

FORGED = "ExecStartPre"
LINE = FORGED + "=+/bin/forged"
# Beside those that begin a line: specifiers and prefixes of systemd, blanks, quotes, escapes, what leads elsewhere.
VALUES = {
    "line feed": "{root}/srv/x\n%s\n" % LINE,
    "carriage return": "{root}/srv/x\r%s" % LINE,
    "vertical tab": "{root}/srv/x\x0b%s" % LINE,
    "form feed": "{root}/srv/x\x0c%s" % LINE,
    "next line": "{root}/srv/x\x85%s" % LINE,
    "line separator": "{root}/srv/x\u2028%s" % LINE,
    "NUL": "{root}/srv/x\0%s" % LINE,
    "escape": "{root}/srv/x\x1b[2J",
    "backslash": "{root}/srv/x\\",
    "escaped line feed": "{root}/srv/x\\n%s" % LINE,
    "quotes": "{root}/srv/x\" '%s" % LINE,
    "specifier": "{root}/srv/%h/%t",
    "parent": "{root}/srv/../etc",
    "prefix": "+{root}/srv/x",
    "minus": "-{root}/srv/x",
    "bang": "!{root}/srv/x",
    "comment": "{root}/srv/x # %s" % LINE,
    "blank": "{root}/srv/x {root}/etc",
    "null in a list": [None],
    "null": None,
    "empty in a list": [""],
    "dictionary": {"a\n" + LINE: "b"},
}
QUICK = {"line feed", "null in a list"}
# They make up files of other programs. Of the other modules one option stands for all in `make test`.
MAKERS = {"control", "keyword_file", "sandbox"}
# What is written as it is: whole files, and PEM.
WHOLE = {("keyword_file", "files.content")}
NONE = re.compile(r"\bNone\b")


def leaves(options, path=()):
    """The paths of options that take text, paths, lists or dictionaries, as names."""
    for name, option in options.items():
        inner = option.get("options")
        if inner is not None:
            yield from leaves(inner, path + (name,))
        elif not option.get("choices") and option.get("type", "str") in ("str", "path", "list", "dict", "raw"):
            yield path + (name,), option


def containers(arguments, path):
    """The dictionaries of the arguments that may have the option at a path."""
    if isinstance(arguments, list):
        for item in arguments:
            yield from containers(item, path)
    elif isinstance(arguments, dict):
        if len(path) == 1:
            yield arguments
        elif arguments.get(path[0]) is not None:
            yield from containers(arguments[path[0]], path[1:])


def case_for(module, path):
    """A case that has the option already, else one that could; those that change something and have many files first."""
    cases = [
        case
        for case in load_cases(module)
        if not case.get("check_only") and list(containers(case.get("arguments", {}), path))
    ]

    def rank(case):
        has = any(path[-1] in holder for holder in containers(case.get("arguments", {}), path))
        return (not has, bool(case.get("failed")), not case.get("changed"), -len(case.get("files", {})))

    return min(cases, key=rank) if cases else None


def with_value(case, path, value, option):
    changed = copy.deepcopy(case)
    holder = next(containers(changed["arguments"], path))
    if isinstance(value, (list, dict)) or value is None:
        holder[path[-1]] = value
    elif option.get("type") == "list":
        holder[path[-1]] = [value]
    elif option.get("type") == "dict":
        holder[path[-1]] = {"name": value}
    else:
        holder[path[-1]] = value
    return changed


def fits(value, option):
    """Whether Ansible itself would let the value through to the module."""
    kind = option.get("type", "str")
    if isinstance(value, list):
        return kind in ("list", "raw")
    if isinstance(value, dict):
        return kind in ("dict", "raw")
    return True


PLACES = [
    (module, path, option)
    for module in MODULES
    for path, option in leaves(specification(module))
    if (module, ".".join(path)) not in WHOLE
]
FIRST = {module: path for module, path, _option in reversed(PLACES)}
THIRDS = 3


def dealt():
    """Each value with the options of each module that it is tried at: all of those that make up files, and whatever `make test` tries."""
    for number, (name, value) in enumerate(VALUES.items()):
        for module in MODULES:
            places = [place for place in PLACES if place[0] == module and fits(value, place[2])]
            few = module not in MAKERS and name not in QUICK and len(places) >= THIRDS
            for _module, path, option in places[number % THIRDS :: THIRDS] if few else places:
                yield module, path, option, name, value


PARAMETERS = [
    pytest.param(
        module,
        path,
        option,
        value,
        id="%s %s: %s" % (module, ".".join(path), name),
        marks=() if name in QUICK and (module in MAKERS or FIRST[module] == path) else pytest.mark.long,
    )
    for module, path, option, name, value in dealt()
]
# What a run says that misses what an earlier task may create. Check mode has to warn of it.
EARLIER = re.compile(
    r"(create it|create that|create that account|deploy the certificate) first|no such (user|group) "
    r"|is not a directory on this node|does not exist|: No such file or directory|the program cannot be started|is missing, or cannot be run; install"
)
# What modules that look at a server ask nothing of in check mode.
UNASKED = re.compile(r"serves no certificate|the cluster is not as it must be")


def lines_of(text):
    """The lines of a text for whoever divides it in any way."""
    return [line.strip() for line in re.split("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029\x00]", text)]


def written(node, before):
    """The files that a run made or changed, as text."""
    after = node.contents()
    return {
        name: content.decode("utf-8", "surrogateescape")
        for name, content in after.items()
        if content and before.get(name) != content
    }


def forged(root, name, text):
    """Whether a file got a line of the value; in a configuration a value may have lines, so its language is asked."""
    if name.endswith(".conf") and "/conf/" in name:
        settings = Effective(load(str(root / name), [], reader=DiskReader())).settings()
        return any(place.name == FORGED for place in settings)
    return any(line.startswith(FORGED) for line in lines_of(text))


@pytest.mark.parametrize("module, path, option, value", PARAMETERS)
def test_a_value_stays_one_value(module, path, option, value, tmp_path):
    case = case_for(module, path)
    if case is None:
        pytest.skip("no case of %s has %s" % (module, ".".join(path[:-1])))
    root = tmp_path / "node"
    root.mkdir(mode=0o755)
    (root / "srv").mkdir()  # where the values lead to
    node = Node(root, with_value(case, path, value, option))
    before = node.contents()
    outcomes = [node.run(module, check=True), node.run(module)]
    for outcome in outcomes:
        assert "Traceback" not in outcome.output, outcome.output[-3000:]
    said = [(bool(one.result.get("failed")), one.result.get("msg", "")) for one in outcomes]
    warned = str(outcomes[0].result.get("warnings", []))
    assumed = "a run is refused for this" in warned and EARLIER.search(said[1][1])
    # What a certificate that is yet to be made will hold, check mode does not know, and says so.
    unmade = outcomes[0].result.get("not_judged") and "do not load" in said[1][1]
    missed = said[1][0] and (UNASKED.search(said[1][1]) or assumed or unmade)
    # Both are refused: what the run says first, check mode warns of, and names the next thing that is wrong.
    assert said[0] == said[1] or missed, ("check mode has to say what the run says", said)
    for name, text in written(node, before).items():
        assert not forged(root, name, text), (name, text)
        assert not NONE.search(text), (name, text)
        assert "\0" not in text or name.endswith((".db", ".tar")), name
    # Below `srv` a path has the requested name, as one name.
    made = [found for found in tmp_path.rglob("*forged*") if root / "srv" not in found.parents]
    assert not made, json.dumps(outcomes[1].result)


def test_every_option_is_reached_by_a_case():
    missed = {"%s %s" % (module, ".".join(path)) for module, path, _option in PLACES if case_for(module, path) is None}
    assert missed == set()
