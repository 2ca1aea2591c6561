# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nesting as deep as nobody writes it: reading, writing, looking and changing do not recurse."""

import pytest
from ecconf import ParseError, edit, parse

DEPTH = 10000
PATH = (("s", None),) * DEPTH


@pytest.fixture
def text():
    return "s {\n" * DEPTH + "a = 1\n" + "}\n" * DEPTH


def test_scopes_nested_ten_thousand_deep_are_read_written_and_turned_into_data(text):
    document = parse(text)
    assert str(document) == text
    assert sum(1 for _item in document.walk()) == DEPTH + 1
    items, depth = document.to_data(), 0
    while "items" in items[0]:
        items, depth = items[0]["items"], depth + 1
    assert (depth, items) == (DEPTH, [{"option": "a", "line": DEPTH + 1, "value": "1"}])
    assert document.warnings == []


def test_an_option_ten_thousand_deep_is_found_set_commented_out_and_removed(text):
    document = parse(text)
    assert edit.find_options(document, PATH, "A")[0].value == "1"
    assert edit.set_option(document, PATH, "a", 2) and edit.set_option(document, PATH, "b", 3)
    assert str(document) == text.replace("a = 1\n", "a = 2\nb = 3\n")
    assert edit.comment_out(document, PATH, "a") and edit.unset_option(document, PATH, "b")
    assert str(document) == text.replace("a = 1\n", "# a = 2\n")
    assert edit.remove_scope(document, PATH[:2])
    assert str(document) == "s {\n}\n"


@pytest.mark.parametrize("opening, closing", ["()", "[]"])
def test_values_nested_ten_thousand_deep_are_read_and_turned_into_data(opening, closing):
    inner = "(" if opening == "(" else "[ k = "
    text = "a = " + inner * DEPTH + opening + closing + closing * DEPTH
    document = parse(text)
    assert str(document) == text
    value, depth = document.items[0].value, 0
    while value:
        value, depth = value[0] if isinstance(value, list) else value["k"], depth + 1
    assert depth == DEPTH
    assert edit.set_option(document, (), "a", "flat") and str(document) == 'a = "flat"'


@pytest.mark.parametrize("text", ["s { " * DEPTH, "s = { " * DEPTH, "a = " + "(" * DEPTH, "a = " + "[ k = " * DEPTH])
def test_nesting_that_is_never_closed_is_refused_at_the_end(text):
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (1, len(text) + 1)
