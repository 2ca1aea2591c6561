# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values between text and data: quoting by the rules R3 and R21, booleans, lists and dictionaries with their layout."""

import pytest
from ecconf import EditError, parse
from ecconf.values import from_raw, parse_bool, to_text


@pytest.mark.parametrize(
    "value, like, text",
    [
        ("ecuser", None, '"ecuser"'),
        ("0640", None, "0640"),
        ("on", None, "on"),
        (True, None, "true"),
        (False, '"no"', '"false"'),
        (25, None, "25"),
        (0.5, None, "0.5"),
        (-1, None, "-1"),
        (25, '"24"', '"25"'),
        ("", "bare", '""'),
        ("x", "y", "x"),
        ("/x", "/y", '"/x"'),
        ("x", '"y"', '"x"'),
        ("x", "'y'", "'x'"),
        ("x 'y'", "'z'", r"'x \'y\''"),
        ('say "x"', None, r'"say \"x\""'),
        ("a,b", None, '"a,b"'),
        ("60/3", "60", '"60/3"'),
        ("::1", "::2", "::1"),
        ("line\nbreak", None, '"line\nbreak"'),
        ("x", '("y")', '"x"'),
        (["a", 1, True], None, '("a" 1 true)'),
        ([], None, "()"),
        ({}, None, "[ ]"),
        ({"k": "v", "a b": 2}, None, '[ k = "v"  "a b" = 2 ]'),
        (["x"], '( "y" )', '( "x" )'),
    ],
)
def test_a_value_is_written_in_the_quoting_of_the_one_it_replaces(value, like, text):
    assert to_text(value, like) == text
    assert parse("a = %s" % text).items[0].raw == text


@pytest.mark.parametrize(
    "raw, value, text",
    [
        ("(a b c)", ["a", "x", "c"], "(a x c)"),
        ('("a" b)', ["a", "b", "c"], '("a" b c)'),
        ('("a", "b")', ["a", "b", "c"], '("a", "b", "c")'),
        ("( a b )", ["b"], "( b )"),
        ("(a b)", ["z", "a", "b"], "(z a b)"),
        ("(a,b)", ["a", "b,c"], '(a,"b,c")'),
        ('(\n  "a" # first\n  "b" # second\n)', ["a"], '(\n  "a" # first\n)'),
        ('(\n  "a" # first\n  "b"\n)', ["a", "b", "c"], '(\n  "a" # first\n  "b"\n  "c"\n)'),
        ("(a # x\n)", ["a", "b"], "(a # x\n b\n)"),
        ("((a) b)", ["c"], '("c")'),
        ("()", ["c"], '("c")'),
        ("(a)", [], "()"),
    ],
)
def test_a_list_keeps_the_elements_that_stay_with_their_comments_and_layout(raw, value, text):
    assert to_text(value, raw) == text
    assert from_raw(text) == value


@pytest.mark.parametrize(
    "raw, value, text",
    [
        ('[ a = 1  b = "x" ]', {"a": 2, "b": "x"}, '[ a = 2  b = "x" ]'),
        ("[ a = 1  b = 2 ]", {"b": 2}, "[ b = 2 ]"),
        ('[\n  a = "1" # one\n  b = "2"\n]', {"a": 1, "c": 3}, '[\n  a = "1" # one\n  c = "3"\n]'),
        ("[ a=1 a=2 ]", {"a": 2}, "[ a=2 ]"),
        ("[a=1]", {"a": 1, "b c": 2}, '[a=1 "b c"=2]'),
        ("[ ]", {"a": "b"}, '[ a = "b" ]'),
        ("[ a = (b) ]", {"a": "b"}, '[ a = "b" ]'),
    ],
)
def test_a_dictionary_keeps_the_pairs_that_stay_with_their_comments_and_layout(raw, value, text):
    assert to_text(value, raw) == text
    assert from_raw(text) == {str(key): str(item) for key, item in value.items()}


@pytest.mark.parametrize("value", [None, b"x", object(), [None], {"a": None}, [["a"]], "a \\", 'a\\"'])
def test_what_cannot_be_written_is_refused(value):
    with pytest.raises(EditError):
        to_text(value)


def test_booleans_are_the_union_of_both_documented_lists_in_any_letter_case():
    assert {parse_bool(word) for word in ("on", "TRUE", "Enabled", "yes", "1")} == {True}
    assert {parse_bool(word) for word in ("off", "False", "disabled", "NO", "0")} == {False}
    assert {parse_bool(word) for word in ("", "2", "enable", "t", "on ")} == {None}
