# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generators of configuration text together with the data it stands for, built from the grammar, not the parser."""

from hypothesis import strategies as st

SPECIAL = " \t\r\n\"'={}[]()#"
WORD = "abcXYZ019_.:*@?&%+!|$~<>;-/\\\xe9\x01"
LINE = st.text(alphabet="ab \"'{}[]()=#/*\t", max_size=8)


def _block_comment(text):
    return "/*%s*/" % text.replace("*/", "* /").rstrip("*").rstrip("/")


COMMENTS = st.one_of(
    LINE.map(lambda text: "#%s\n" % text),
    LINE.map(lambda text: "#%s\r\n" % text),
    LINE.map(lambda text: _block_comment(text + "\n" + text)),
)
BLANKS = st.sampled_from([" ", "  ", "\t", "\n", "\r\n", "\n\n  "])
# White space and comments that begin with white space, so that they may follow a bare word.
GAPS = st.builds(lambda first, rest: first + "".join(rest), BLANKS, st.lists(st.one_of(BLANKS, COMMENTS), max_size=2))
OPTIONAL_GAPS = st.one_of(st.just(""), GAPS)


def _is_word(text):
    return not text.startswith("/*") and text.lower() not in ("include", "readonly_include")


WORDS = st.text(alphabet=WORD, min_size=1, max_size=8).filter(_is_word)
NAMES = st.one_of(
    st.sampled_from(["Alpha", "alpha", "beta", "TLS_Key", "tls_key", "hook:x", "NAS-IP-Address", "pathway"]), WORDS
)


@st.composite
def strings(draw):
    """A string as written, and its text."""
    quote = draw(st.sampled_from('""\''))
    raw, text = [], []
    for char, escaped in draw(
        st.lists(st.tuples(st.sampled_from(WORD + SPECIAL + ",\udcff"), st.booleans()), max_size=6)
    ):
        if escaped or char in ("\\", quote):
            raw.append("\\" + char)
            text.append(quote if char == quote else "\\" + char)
        else:
            raw.append(char)
            text.append(char)
    return quote + "".join(raw) + quote, "".join(text)


def bare(alphabet=WORD):
    """A bare word and its text, the same."""
    return st.text(alphabet=alphabet, min_size=1, max_size=8).filter(_is_word).map(lambda word: (word, word))


ATOMS = st.one_of(strings(), bare())


@st.composite
def lists(draw):
    """A list as written, and its elements."""
    elements = draw(st.lists(ATOMS, max_size=4))
    raw = draw(OPTIONAL_GAPS)
    for text, _value in elements:
        raw += text + draw(st.sampled_from([",", " , "])) * draw(st.booleans()) + draw(GAPS)
    return "(%s)" % raw, [value for _text, value in elements]


@st.composite
def dicts(draw):
    """A dictionary as written, and its pairs."""
    pairs = draw(st.lists(st.tuples(ATOMS, ATOMS), max_size=3))
    raw = draw(OPTIONAL_GAPS)
    for key, value in pairs:
        raw += key[0] + draw(OPTIONAL_GAPS) + "=" + draw(OPTIONAL_GAPS) + value[0] + draw(GAPS)
    return "[%s]" % raw, {key[1]: value[1] for key, value in pairs}


@st.composite
def options(draw):
    """An assignment and its data."""
    name = draw(NAMES)
    raw, value = draw(st.one_of(ATOMS, ATOMS, lists(), dicts()))
    bracket = raw[0] in "([" and draw(st.booleans())
    separator = draw(OPTIONAL_GAPS) + ("" if bracket else "=" + draw(OPTIONAL_GAPS))
    return name + separator + raw, {"option": name, "value": value}


@st.composite
def includes(draw):
    """An include and its data."""
    keyword = draw(st.sampled_from(["include", "Include", "readonly_include", "READONLY_include"]))
    raw, target = draw(ATOMS)
    return keyword + draw(GAPS) + raw, {"include": target, "readonly": keyword.lower() != "include"}


INSTANCES = st.one_of(
    st.just(("", None)),
    strings(),
    st.sampled_from(
        [(word, word) for word in ("a", "yahoo.com", "/tmp/2025", "/yahoo\\.co(m|\\.uk)$/", "n1.lan", "a]b")]
    ),
)


@st.composite
def scopes(draw, content):
    """A scope and its data."""
    name = draw(NAMES)
    raw, instance = draw(INSTANCES)
    text, items = draw(content)
    head = name + (draw(GAPS) + raw if raw else "") + draw(OPTIONAL_GAPS) + "{"
    return head + text + draw(OPTIONAL_GAPS) + "}", {"scope": name, "instance": instance, "items": items}


def _sequence(item):
    """Items one after another, each after white space."""
    return st.lists(st.tuples(GAPS, item), max_size=4).map(
        lambda pairs: ("".join(gap + text for gap, (text, _data) in pairs), [data for _gap, (_text, data) in pairs])
    )


LEAVES = st.one_of(options(), options(), includes())
CONTENT = st.recursive(_sequence(LEAVES), lambda inner: _sequence(st.one_of(LEAVES, scopes(inner))), max_leaves=6)
ENDS = st.sampled_from(["", "\n", "  ", "\r\n", "\n# end", " /* end */"])
DOCUMENTS = st.builds(
    lambda mark, content, end: (mark + content[0] + end, content[1]),
    st.sampled_from(["", "", "", "\ufeff"]),
    CONTENT,
    ENDS,
)
# Text made of the language's own signs, nearly always wrong.
SOUP = st.lists(
    st.sampled_from(
        [
            "a",
            "B",
            "include",
            "=",
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            '"',
            "'",
            "\\",
            "#",
            "/*",
            "*/",
            "/",
            ",",
            " ",
            "\n",
            "\r\n",
            '"s"',
            "x = 1\n",
            "\ufeff",
            "\x00",
        ]
    ),
    max_size=30,
).map("".join)


def without_lines(data):
    """The data of a document without line numbers."""
    return [
        {key: without_lines(value) if key == "items" else value for key, value in item.items() if key != "line"}
        for item in data
    ]
