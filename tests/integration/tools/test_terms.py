# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tools/terms.py finds terms in texts and in names, and exceptions that are of no use."""

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[3] / "tools" / "terms.py"
DATA = {
    "terms": [
        {"use": "right", "text": r"\b wrongs? \b", "names": "wrong wrongs"},
        {"use": "applies", "text": r"\b goes\ (it\ )?up \b"},
    ],
    "exceptions": [
        {"reason": "a title", "where": "docs/*", "texts": ["Two wrongs"]},
        {"reason": "an interface", "where": "*.py", "names": "wrong_side"},
    ],
}


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("terms", str(TOOL))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("path", "source", "found"),
    [
        ("docs/a.md", "All is right.\nThis is Wrong.\n", [(2, "text", "Wrong", "right")]),
        ("docs/a.md", "The `wrong` one goes it up.\n", [(1, "text", "goes it up", "applies")]),
        ("docs/a.md", "Two wrongs: one wrong.\n", [(1, "text", "wrong", "right")]),
        ("roles/a/tasks/main.yml", "- name: Two wrongs\n", [(1, "text", "wrongs", "right")]),
        ("a.py", "wrong_side = Wrongs = 1\n", [(1, "name", "Wrongs", "right")]),
        ("a.py", "strong = wronged = 1  # no wrong\n", [(1, "text", "wrong", "right")]),
        ("a.py", 'x = """One\nis wrong."""\n', [(2, "text", "wrong", "right")]),
        ("a.py", 'x = {"wrong_key": "a, wrong"}\n', [(1, "name", "wrong_key", "right"), (1, "name", "wrong", "right")]),
    ],
)
def test_terms_are_found_with_their_line(tool, path, source, found):
    assert list(tool.findings(tool.Terms(DATA), path, source)) == found


def test_an_exception_that_excuses_nothing_is_named(tool):
    terms = tool.Terms(DATA)
    assert list(tool.findings(terms, "a.py", "wrong_side = 1\n")) == []
    assert terms.unused() == [("docs/*", "Two wrongs")]
