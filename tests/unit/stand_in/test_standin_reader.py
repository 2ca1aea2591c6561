# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in's own reader of the language."""

import collections
import os
from typing import Any, List

import pytest
from hypothesis import given
from hypothesis import strategies as st
from momentum_standin import ecreader, errors

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
CORPUS = os.environ.get("MOMENTUM_CORPUS") or os.path.join(os.path.dirname(ROOT), "shared", "corpus")


def read(text: str) -> List[Any]:
    return [(event.kind, event.name, event.value) for event in ecreader.read(text, "f")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a = b", "b"),
        ("a=b", "b"),
        ('a = "b c"', "b c"),
        ("a = 'b c'", "b c"),
        ('a = "b\\"c"', 'b\\"c'),
        ('a = "\\d+\\."', "\\d+\\."),
        ('a =\n "b"', "b"),
        ('a = "two\nlines"', "two\nlines"),
        ("a = digest:///x/y", "digest:///x/y"),
        ("a = b # c", "b"),
        ("a /* x */ = /* y */ b", "b"),
        ("a = ()", []),
        ('a = ( b "c d", e )', ["b", "c d", "e"]),
        ("a = ( b # (\n c )", ["b", "c"]),
        ('a [ k = v 10.0.0.1 = "w" ]', {"k": "v", "10.0.0.1": "w"}),
        ('a = [ "k" = ( x y ) ]', {"k": ["x", "y"]}),
    ],
)
def test_an_option_has_the_value_that_is_written(text: str, value: Any) -> None:
    assert read(text) == [("option", "a", value)]


@pytest.mark.parametrize(
    ("text", "instance"),
    [
        ("s {}", None),
        ("s{}", None),
        ('s "x y" {}', "x y"),
        ("s x.example {}", "x.example"),
        ("s /tmp/2025 {}", "/tmp/2025"),
        ("s /a(b|c)$/{}", "/a(b|c)$/"),
        ('s "[::1]:25"{ }', "[::1]:25"),
        ('s "#smpp#txt" { # }\n}', "#smpp#txt"),
    ],
)
def test_a_scope_has_the_instance_that_is_written(text: str, instance: Any) -> None:
    assert read(text) == [("open", "s", instance), ("close", "", None)]


def test_include_is_a_word_of_the_language_whatever_its_case() -> None:
    assert read('Include "a" readonly_include b') == [("include", "Include", "a"), ("include", "readonly_include", "b")]


@pytest.mark.parametrize(
    ("text", "line", "token"),
    [
        ("a b", 1, "end of file"),
        ("a b = c", 1, "="),
        ("\na = {", 2, "{"),
        ("a = (b (c))", 1, "("),
        ("a = [ b ]", 1, "]"),
        ("a = ]", 1, "]"),
        ("s {\n\n", 3, "end of file"),
        ("}", 1, "}"),
        ('a = "b', 1, '"'),
        ("/* x", 1, "/*"),
        ('s "a" "b" {}', 1, '"'),
        ("a? = b", 1, "?"),
        ('x = "1"\n]', 2, "]"),
    ],
)
def test_what_is_wrong_is_said_in_the_documented_words(text: str, line: int, token: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        ecreader.read(text, "/f")
    assert caught.value.lines == [
        "Syntax error in /f at line %d near '%s'" % (line, token),
        "Reconfigure failed.",
        "Global configuration error.",
    ]


def test_scopes_inside_each_other_are_read_up_to_a_depth() -> None:
    deepest = ecreader.DEEPEST
    assert len(read("a { " * deepest + "}" * deepest)) == 2 * deepest
    with pytest.raises(errors.ConfigurationError):
        read("a { " * (deepest + 1) + "}" * (deepest + 1))


@given(st.text(alphabet="ab \n\t\"'={}[]()#/*\\,;:.", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        events = ecreader.read(text, "f")
    except errors.ConfigurationError:
        return
    kinds = collections.Counter(event.kind for event in events)
    assert kinds["open"] == kinds["close"]


@pytest.mark.skipif(not os.path.isdir(CORPUS), reason="no corpus of the manuals: set MOMENTUM_CORPUS to its directory")
@pytest.mark.parametrize(("directory", "outcomes"), [("valid", {"read"}), ("broken", {"refused"})])
def test_the_corpus_of_the_manuals_is_read_as_its_directories_say(directory: str, outcomes: Any, capsys: Any) -> None:
    counts = {
        name: _outcome(os.path.join(CORPUS, directory, name))
        for name in sorted(os.listdir(os.path.join(CORPUS, directory)))
    }
    with capsys.disabled():
        print("\n  stand-in, corpus %s: %s" % (directory, dict(collections.Counter(counts.values()))))
    assert counts
    assert set(counts.values()) == outcomes, [name for name, outcome in counts.items() if outcome not in outcomes]


def _outcome(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    try:
        ecreader.read(text, path)
    except errors.ConfigurationError:
        return "refused"
    return "read"
