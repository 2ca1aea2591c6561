# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""module_utils is packages in layers: imports point down, no package is a heap, and CONTRIBUTING names each."""

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UTILS = ROOT / "plugins" / "module_utils"
FILES = {path.relative_to(UTILS).as_posix()[: -len(".py")]: path for path in sorted(UTILS.rglob("*.py"))}
LOOSE = 12
IN_A_PACKAGE = 13
# A file for each module that writes, so as many as there are, and what the module node alone has.
OF_MODULES = {"concerns": set(), "options": {"exposure", "parts"}}
LAYERS = 11


def imported(name):
    """The files of module_utils that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = name.split("/")[: -node.level]
            module = above + (node.module.split(".") if node.module else [])
            for alias in node.names:
                inner = "/".join(module + [alias.name])
                whole = "/".join(module)
                found.add(inner if inner in FILES else whole if whole in FILES else whole + "/__init__")
    return found - {name}


IMPORTS = {name: imported(name) for name in FILES}


def room(name):
    """The package directly below module_utils; a loose file is one of its own."""
    return name.split("/")[0]


def layers(graph):
    """How many steps down each node reaches at most. A circle is an AssertionError that names it."""
    known = {}

    def depth(node, way):
        assert node not in way, "a circle: %s" % " -> ".join(way[way.index(node) :] + (node,))
        if node not in known:
            known[node] = 1 + max([depth(below, way + (node,)) for below in sorted(graph[node])], default=0)
        return known[node]

    for node in sorted(graph):
        depth(node, ())
    return known


def test_everything_that_is_imported_is_there():
    assert {one for found in IMPORTS.values() for one in found} <= set(FILES)


def test_no_file_imports_itself_by_way_of_others():
    assert layers(IMPORTS)


def test_packages_are_in_layers():
    graph = {room(name): set() for name in FILES}
    for name, found in IMPORTS.items():
        graph[room(name)] |= {room(one) for one in found} - {room(name)}
    assert max(layers(graph).values()) <= LAYERS


def test_no_package_is_a_heap():
    sizes = Counter(name.rpartition("/")[0] for name in FILES if not name.endswith("__init__"))
    assert sizes.pop("") <= LOOSE
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}
    for package, others in OF_MODULES.items():
        names = {name.partition("/")[2] for name in FILES if room(name) == package} - {"__init__"}
        assert names - modules == others
        del sizes[package]
    assert {name: size for name, size in sizes.items() if size > IN_A_PACKAGE} == {}


def test_the_language_stands_alone():
    assert {one for name in FILES if room(name) == "ecconf" for one in IMPORTS[name] if room(one) != "ecconf"} == set()


def test_only_the_shell_of_modules_imports_ansible():
    found = {
        name for name, path in FILES.items() if re.search(r"^\s*(from|import) ansible\b", path.read_text("utf-8"), re.M)
    }
    assert found <= {"module"}


def test_contributing_names_every_package():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^  (\w+)(?:/|\.py)", text, re.M))
    assert {room(name) for name in FILES} - named == set()
