# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nesting as deep as nobody writes it: up to a limit it is read, written, looked at and changed; beyond it is refused."""

import pytest
from ecconf import ParseError, edit, parse, warnings
from ecconf.syntax.limits import NESTING as DEPTH
from ecconf.syntax.limits import too_deep

PATH = (("s", None),) * DEPTH


@pytest.fixture
def text():
    return "s {\n" * DEPTH + "a = 1\n" + "}\n" * DEPTH


def test_scopes_nested_at_the_limit_are_read_written_and_turned_into_data(text):
    document = parse(text)
    assert str(document) == text
    assert sum(1 for _item in document.walk()) == DEPTH + 1
    items, depth = document.to_data(), 0
    while "items" in items[0]:
        items, depth = items[0]["items"], depth + 1
    assert (depth, items) == (DEPTH, [{"option": "a", "line": DEPTH + 1, "value": "1"}])
    assert warnings(document) == []


def test_an_option_at_the_limit_is_found_set_commented_out_and_removed(text):
    document = parse(text)
    assert edit.find_options(document, PATH, "A")[0].value == "1"
    assert edit.set_option(document, PATH, "a", 2) and edit.set_option(document, PATH, "b", 3)
    assert str(document) == text.replace("a = 1\n", "a = 2\nb = 3\n")
    assert edit.comment_out(document, PATH, "a") and edit.unset_option(document, PATH, "b")
    assert str(document) == text.replace("a = 1\n", "# a = 2\n")
    assert edit.remove_scope(document, PATH[:2])
    assert str(document) == "s {\n}\n"


@pytest.mark.parametrize("opening, closing", ["()", "[]"])
def test_values_nested_at_the_limit_are_read_and_turned_into_data(opening, closing):
    inner = "(" if opening == "(" else "[ k = "
    text = "a = " + inner * (DEPTH - 1) + opening + closing + closing * (DEPTH - 1)
    document = parse(text)
    assert str(document) == text
    value, depth = document.items[0].value, 0
    assert not too_deep(value) and too_deep([value])
    while value:
        value, depth = value[0] if isinstance(value, list) else value["k"], depth + 1
    assert depth == DEPTH - 1
    assert edit.set_option(document, (), "a", "flat") and str(document) == 'a = "flat"'


@pytest.mark.parametrize("text", ["s { " * DEPTH, "s = { " * DEPTH, "a = " + "(" * DEPTH, "a = " + "[ k = " * DEPTH])
def test_nesting_that_is_never_closed_is_refused_at_the_end(text):
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (1, len(text) + 1)


@pytest.mark.parametrize(
    "unit, rest, column",
    [
        ("s { ", "", 4 * DEPTH + 1),
        ("s = { ", "", 6 * DEPTH + 1),
        ("s /* c */ { ", "", 12 * DEPTH + 1),
        ("(", ")", 4 + DEPTH + 1),
        ("(/* c */", ")", 4 + 8 * DEPTH + 1),
        ("[ k = ", "]", 4 + 6 * DEPTH + 1),
        ("[ k = (", ")]", 4 + 7 * DEPTH // 2 + 1),
    ],
)
@pytest.mark.parametrize("depth", [DEPTH + 1, 1500, 100000])
def test_deeper_nesting_is_refused_where_it_becomes_too_deep(unit, rest, column, depth):
    first = "a = " if rest else ""
    text = "\n" + first + unit * depth + rest * depth
    with pytest.raises(ParseError, match="inside one another") as caught:
        parse(text, "deep.conf")
    error = caught.value
    assert (error.filename, error.line, error.column) == ("deep.conf", 2, column)


def test_more_statements_than_anybody_writes_are_refused_in_bounded_memory(monkeypatch):
    monkeypatch.setattr("ecconf.syntax.parser.STATEMENTS", 1000)
    assert parse("a = 1\n" * 999).statements == 1000
    with pytest.raises(ParseError, match="statements") as caught:
        parse("a = 1\n" * 1002)
    assert caught.value.line == 1001


@pytest.mark.parametrize("value", [{}, [], "x", None, {"a": ["b", {"c": ("d",)}]}, [1, [2.5, True]]])
def test_values_of_tasks_are_measured_too(value):
    assert not too_deep(value)


@pytest.mark.parametrize("make", [lambda value: [value], lambda value: {"k": value}, lambda value: (value, 1)])
def test_a_value_of_any_depth_is_measured_without_recursion(make):
    value = "x"
    for _level in range(100000):
        value = make(value)
    assert too_deep(value)
