# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of the language as regular expressions that cannot backtrack.

Every repetition either ends where a character of a disjoint class follows or is followed by a lookahead that
accepts only the longest run, so there is one way to match a text and a failure costs linear time. (Atomic groups
would say the same, but exist only since Python 3.11.)
"""

import re

# The four white characters; form feeds and everything beyond ASCII are ordinary characters of a word.
WHITE = r"[ \t\r\n]*"
_NOT_BARE = r""" \t\r\n"'={}\[\]()#"""
BARE_RUN = r"[^%s]+" % _NOT_BARE
# ``/*`` opens a comment only where a token starts (A4), so a word may hold it but not begin with it.
BARE = r"(?!/\*)" + BARE_RUN
_WHOLE_BARE = BARE + r"(?![^%s])" % _NOT_BARE
# In a list a comma separates (A9).
LIST_BARE = r"(?!/\*)[^,%s]+" % _NOT_BARE
_WHOLE_LIST_BARE = LIST_BARE + r"(?![^,%s])" % _NOT_BARE
STRING = r"""(?:"[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^'\\]*(?:\\[\s\S][^'\\]*)*')"""
COMMENT = r"(?:\#[^\n]*(?:\n|\Z)|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)"
TRIVIA = r"%s(?:%s%s)*" % (WHITE, COMMENT, WHITE)
# The name of a stanza written without quotes, in a mode of its own so that a bare regular expression is one word
# (A5). Its first character must not be one that already means something else after a name.
INSTANCE = r"""(?!/\*)[^ \t\r\n{"'=}\[\]()#][^ \t\r\n{"'=]*"""
KEYWORD = r"(?:[rR][eE][aA][dD][oO][nN][lL][yY]_)?[iI][nN][cC][lL][uU][dD][eE](?![^%s])" % _NOT_BARE

# Lists and dictionaries without comments or nesting, as nearly all are.
_FLAT_LIST = r"\({w}(?:(?:{s}|{b}|,){w})*\)".format(w=WHITE, s=STRING, b=_WHOLE_LIST_BARE)
_FLAT_DICT = r"\[{w}(?:(?:{s}|{b}){w}={w}(?:{s}|{b}){w})*\]".format(w=WHITE, s=STRING, b=_WHOLE_BARE)

# One whole statement with everything before it. What does not match an alternative (comments inside a statement,
# nesting in a value, rare forms, errors) matches the empty one and is read token by token.
# Groups: 1 what is before, 2 name, 3 separator, 4 value | 5 gap, 6 instance, 7 brace | 8 closing brace.
STATEMENT = re.compile(
    r"({trivia})(?:(?!/|{keyword})({name})(?:({w}={w})({s}|{b}|{l}|{d})|({w})({s}|{i}|)({w}\{{))|(\}})|)".format(
        trivia=TRIVIA,
        keyword=KEYWORD,
        name=_WHOLE_BARE,
        w=WHITE,
        s=STRING,
        b=BARE,
        l=_FLAT_LIST,
        d=_FLAT_DICT,
        i=INSTANCE,
    )
)

TRIVIA_RE = re.compile(TRIVIA)
STRING_RE = re.compile(STRING)
BARE_RE = re.compile(BARE)
LIST_BARE_RE = re.compile(LIST_BARE)
INSTANCE_RE = re.compile(INSTANCE)
KEYWORDS = frozenset(("include", "readonly_include"))
