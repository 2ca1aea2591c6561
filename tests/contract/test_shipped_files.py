# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module carries a file of module_utils to the node only if it uses it: Ansible packs what the imports name, wherever they are."""

import ast
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "plugins" / "modules").glob("*.py"))
COLLECTION = "ansible_collections.msys.momentum."

# Large files, and the modules that use them.
JUDGING_NAMES = {"audit", "config", "config_info", "config_lint", "node"}
USERS = {
    "catalog/manual.py": JUDGING_NAMES,
    "catalog/manual_data.py": JUDGING_NAMES,
    "lint/data.py": {"audit", "config_lint"},
    "tls/files/dhparams_data.py": {"audit", "dhparams", "node"},
}


def file_of(dotted):
    """The file of a name such as plugins.module_utils.lint.names, None where it is none."""
    path = ROOT.joinpath(*dotted.split("."))
    return next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)


@lru_cache(maxsize=None)
def imported(path):
    """The files of module_utils that a file imports, in functions as well."""
    package = path.relative_to(ROOT).parts[:-1]
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            base = ".".join(base + ([node.module] if node.module else []))
            names += [base] + ["%s.%s" % (base, alias.name) for alias in node.names]
    plain = [name[len(COLLECTION) :] if name.startswith(COLLECTION) else name for name in names]
    found = [file_of(name) for name in plain if name.startswith("plugins.module_utils")]
    return frozenset(one for one in found if one is not None)


def shipped(module):
    """The files that a module carries, relative to module_utils."""
    found, pending = set(), [module]
    while pending:
        new = imported(pending.pop()) - found
        found |= new
        pending += new
    return {str(path.relative_to(ROOT / "plugins" / "module_utils")) for path in found}


@pytest.mark.parametrize("name", sorted(USERS))
def test_a_large_file_goes_only_with_the_modules_that_use_it(name):
    assert {module.stem for module in MODULES if name in shipped(module)} == USERS[name]


def test_the_catalog_that_every_module_carries_needs_nothing_of_that_of_modules():
    catalog = shipped(ROOT / "plugins" / "module_utils" / "catalog" / "catalog.py")
    assert {name for name in catalog if name.startswith("catalog/")} == {"catalog/data.py"}
    assert not any(name.startswith(("lint/", "text/")) for name in catalog)
