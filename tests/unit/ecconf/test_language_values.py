# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values between text and data: quoting by the rules R3 and R21, booleans, lists and dictionaries with their layout."""

import pytest
from ecconf import EditError, parse
from ecconf.syntax.atoms import parse_bool
from ecconf.syntax.values import from_raw, to_text


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


OWN = '(\n  # about a\n  "a" # after a\n  # about b\n  "b" # after b\n  # about c\n  "c"\n  # at the end\n)'


@pytest.mark.parametrize(
    "value, gone, text",
    [
        (["b", "c"], "a", '(\n  # about b\n  "b" # after b\n  # about c\n  "c"\n  # at the end\n)'),
        (["a", "c"], "b", '(\n  # about a\n  "a" # after a\n  # about c\n  "c"\n  # at the end\n)'),
        (["a", "b"], "c", '(\n  # about a\n  "a" # after a\n  # about b\n  "b" # after b\n  # at the end\n)'),
        (["a", "x", "b", "c"], "", OWN.replace("  # about b", '  "x"\n  # about b')),
        (["x", "a", "b", "c"], "", OWN.replace("  # about a", '  "x"\n  # about a')),
        (["a", "b", "c", "x"], "", OWN.replace("  # at the end", '  "x"\n  # at the end')),
        (["a", "x", "c"], "", OWN.replace('"b"', '"x"')),
        (["x", "y", "z"], "", OWN.replace('"a"', '"x"').replace('"b"', '"y"').replace('"c"', '"z"')),
        (
            ["c", "a", "b"],
            "",
            '(\n  # about c\n  "c"\n  # about a\n  "a" # after a\n  # about b\n  "b" # after b\n  # at the end\n)',
        ),
        ([], "abc", "(\n  # at the end\n)"),
    ],
)
def test_a_comment_stays_with_its_element(value, gone, text):
    written = to_text(value, OWN)
    assert written == text and from_raw(written) == value
    for name in "abc":
        assert written.count("# about " + name) == (0 if name in gone else 1)


@pytest.mark.parametrize(
    "raw, value, text",
    [
        # The comment above the first element is about all, where no other one has its own.
        ('(\n  # all of them\n  "a"\n  "b"\n)', ["b"], '(\n  # all of them\n  "b"\n)'),
        ('(\n  # all of them\n  "a"\n  "b"\n)', ["x", "y", "a"], '(\n  # all of them\n  "x"\n  "y"\n  "a"\n)'),
        ('( # all\n  "a"\n)', ["b"], '( # all\n  "b"\n)'),
        ('( # all\n  # one\n  "a"\n  # two\n  "b"\n)', ["b"], '( # all\n  # two\n  "b"\n)'),
        ("(\n  # all\n  a\n)", [], "(\n  # all\n)"),
        # What is above a blank line is about a group.
        ('(\n  "a"\n\n  # group\n\n  # own\n  "b"\n  "c"\n)', ["a", "c"], '(\n  "a"\n\n  # group\n  "c"\n)'),
        ('(\n  "a"\n\n  # group\n\n  "b"\n)', ["a"], '(\n  "a"\n\n  # group\n)'),
        ("(a\n\n  # group\n\n  b c)", ["a", "c"], "(a\n\n  # group\n c)"),
        ("(a\n\n  # group\n\n  b)", ["a"], "(a\n\n  # group\n)"),
        # Commas and comments of the other kind.
        ('("a", # one\n "b", # two\n "c")', ["b", "c"], '("b", # two\n "c")'),
        ('("a", # one\n "b", # two\n "c")', ["a", "b", "x"], '("a", # one\n "b", # two\n "x")'),
        ("(a /* one */ /* too */\n b /* two */\n)", ["b"], "(b /* two */\n)"),
        ("(/* one */ a /* two */ b)", ["b"], "(/* two */ b)"),
        ("(\r\n  # one\r\n  a\r\n  # two\r\n  b\r\n)", ["b", "c"], "(\r\n  # two\r\n  b\r\n  c\r\n)"),
        ("(\n# one\na\n# two\nb\n)", ["b"], "(\n# two\nb\n)"),
        # A list without elements.
        ("(\n  # none yet\n)", ["a", "b"], '(\n  # none yet\n  "a"\n  "b"\n)'),
        ("( # none yet\n)", ["a"], '( # none yet\n "a"\n)'),
        ("( /* none */ )", ["a"], '( /* none */ "a" )'),
        ("(\n  # none yet\n)", [], "(\n  # none yet\n)"),
    ],
)
def test_what_is_about_the_whole_list_stays(raw, value, text):
    assert to_text(value, raw) == text
    assert from_raw(text) == value


@pytest.mark.parametrize(
    "raw, value, text",
    [
        ("[\n  # one\n  a = 1 # i\n  # two\n  b = 2 # ii\n]", {"b": 2}, "[\n  # two\n  b = 2 # ii\n]"),
        ("[\n  # one\n  a = 1 # i\n  # two\n  b = 2 # ii\n]", {"a": 1}, "[\n  # one\n  a = 1 # i\n]"),
        (
            "[\n  # one\n  a = 1 # i\n  # two\n  b = 2 # ii\n]",
            {"a": 3, "b": 2, "c": 4},
            "[\n  # one\n  a = 3 # i\n  # two\n  b = 2 # ii\n  c = 4\n]",
        ),
        ("[\n  # about all\n  a = 1\n  b = 2\n]", {"b": 2}, "[\n  # about all\n  b = 2\n]"),
        ("[\n  # about all\n  a = 1\n  b = 2\n]", {}, "[\n  # about all\n]"),
        ("[\n  # one\n  a = 1\n  # again\n  a = 2\n]", {"a": 2}, "[\n  # again\n  a = 2\n]"),
        ("[\n  # none\n]", {"a": "b"}, '[\n  # none\n  a = "b"\n]'),
        ("[ a /* inside */ = 1 ]", {"a": 2}, "[ a /* inside */ = 2 ]"),
    ],
)
def test_a_comment_stays_with_its_pair(raw, value, text):
    assert to_text(value, raw) == text
    assert from_raw(text) == {key: str(item) for key, item in value.items()}
