# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comments inside lists and dictionaries: with any change each is there once or not at all, and at its own element."""

import re

from ecconf import parse
from ecconf.syntax.values import from_raw, to_text
from hypothesis import given
from hypothesis import strategies as st

NAMES = "abcdef"
# Of each element: a comment above it, a comment at its line's end, and a group's comment above that, set off by a blank line.
DRESS = st.tuples(st.booleans(), st.booleans(), st.booleans())


@st.composite
def dressed(draw, form):
    """A list or dictionary as written, one element a line, with its names and what each wears."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5))
    comma = draw(st.sampled_from(["", ","])) if form == "()" else ""
    line_break = draw(st.sampled_from(["\n", "\r\n"]))
    lines = ["# head", ""] if draw(st.booleans()) else []
    wears = {}
    for name in names:
        group, above, behind = wears[name] = draw(DRESS)
        lines += ["", "# group " + name, ""] if group else []
        lines += ["# above " + name] if above else []
        text = '"%s"%s' % (name, comma) if form == "()" else '%s = "1"' % name
        lines += [text + (" # after " + name if behind else "")]
    lines += ["# end"] if draw(st.booleans()) else []
    return (
        form[0] + "".join(line_break + "  " * bool(line) + line for line in lines) + line_break + form[1],
        names,
        wears,
    )


def check(raw, names, wears, text):
    """Every comment of what stays is there once and in its place; what goes takes its own along and leaves those of groups."""
    kept = from_raw(text)
    assert parse("a = " + text).items[0].raw == text
    for whole in ("# head", "# end", *["# group " + name for name in names]):
        assert text.count(whole) == raw.count(whole)
    several = sum(above for _group, above, _behind in wears.values()) > 1
    for name in names:
        _group, above, behind = wears[name]
        if name in kept:
            own = r"# above %s\r?\n\s*" % name if above and several else ""
            tail = r"[^\n]*# after %s" % name if behind else ""
            assert re.search(own + r'(?:"%s"|%s =)' % (name, name) + tail, text), name
        for comment in ["# above " + name] * several + ["# after " + name]:
            assert text.count(comment) <= 1
            assert name not in kept or text.count(comment) == raw.count(comment)


@given(dressed("()"), st.lists(st.sampled_from(NAMES + "xyz"), unique=True, max_size=6))
def test_a_changed_list(written, value):
    raw, names, wears = written
    text = to_text(value, raw)
    assert from_raw(text) == value
    check(raw, names, wears, text)


@given(dressed("[]"), st.dictionaries(st.sampled_from(NAMES + "xyz"), st.sampled_from(["1", "2"]), max_size=6))
def test_a_changed_dictionary(written, value):
    raw, names, wears = written
    text = to_text(value, raw)
    assert from_raw(text) == value
    check(raw, names, wears, text)


@given(dressed("()"), st.lists(st.sampled_from(NAMES), unique=True, max_size=6))
def test_the_same_again_changes_nothing(written, value):
    raw, names, _wears = written
    once = to_text(value, raw)
    if value:
        assert to_text(value, once) == once
    if names:
        assert to_text(from_raw(raw), raw) == raw
