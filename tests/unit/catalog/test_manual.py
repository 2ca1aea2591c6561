# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules and pages come back from what is generated as the tables have them."""

import sys
from pathlib import Path

import pytest

from plugins.module_utils.catalog import catalog, manual

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools" / "catalog"))

import generate  # noqa: E402


def test_every_module_of_the_table_comes_back_from_a_look_up():
    rows = generate.read_modules()
    for row in rows:
        module = manual.module(row.name)
        assert module.entry.name == row.name and module.page == row.source.split("; ")[0]
        found = (module.entry.since, module.entry.deprecated_in or "", module.entry.removed_in or "")
        assert found == (row.since, row.deprecated, row.removed)
        options = [option.replace("{}", "").partition("@") for option in row.options.split()]
        assert module.options == {name: since for name, _at, since in options}
    assert list(manual.module_names()) == [row.name for row in rows]


def test_every_option_of_the_table_has_its_page():
    for row in generate.read():
        assert manual.page(catalog.lookup(row.name, row.scopes.split(",")[0])) == row.source.split("; ")[0]


def test_a_module_that_needs_a_restart_is_in_the_catalog_of_options_too():
    # Every module of the collection that changes options looks activations up there.
    for row in generate.read_modules():
        path = ((row.name, None),)
        assert catalog.scope_activation(path, removed=True) == row.activation, row.name


@pytest.mark.parametrize("name", ["opendkin", "no_such_module", "open", "", "credentials", "3.0;4.0"])
def test_what_is_no_module_is_not_found(name):
    assert manual.module(name) is None


def test_numbered_options_are_known_by_their_beginning():
    pipe = manual.module("pipe_io")
    assert pipe.since("arg0") == pipe.since("env12") == ""
    assert pipe.since("argument") is None and pipe.since("arg") is None
    assert manual.module("auth_radius").since("server:one") == ""


def test_an_option_that_came_later_than_its_module_has_its_release():
    assert manual.module("spf_v1").since("delay_check") == "5.0"
    assert [module.entry.name for module in manual.having("delay_check")] == ["senderid", "spf_v1"]
