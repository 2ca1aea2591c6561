# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where secrets may be in a text that has no grammar: comments, files that do not parse, the output of a program.

A value reaches to its closing quotation mark, or else to the end of its line: rather too much is hidden than too little.
"""

import re
from typing import Callable, Iterator, Tuple

from ..ecconf.syntax.lexer import STRING_RE
from . import connection_strings

Found = Tuple[int, int, str]  # start, end, name

# `name =`, `"name":`, and a name before a quotation mark. What is between name and value may go over lines of a comment.
_NAMED = re.compile(
    r"(?<![\w.%-])-*((?:[^\W\d]|%)[\w.%-]*)[\"']?(?:[ \t]*(=|:)(?:[ \t]*(?:\n[\s#]*)?)|[ \t]+(?=[\"']))"
)
_LONGEST = 256  # characters
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----")
_END_OF_KEY = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----")


def spans(text: str, is_secret: Callable[[str, str], bool], signs: str = "=: ") -> Iterator[Found]:
    """Return the places of what looks like a secret, with the name that is before it.

    `signs` are what may be between name and value: ``=``, ``:``, or nothing but a quotation mark (a blank).
    """
    pos = 0
    for match in _NAMED.finditer(text):
        if match.start() < pos or (match.group(2) or " ") not in signs:
            continue
        if is_secret(match.group(1), _beginning(text, match.end())):
            start, end = _value(text, match.end())
            yield start, end, match.group(1).lower()
            pos = end
    yield from _of_urls(text)
    begin = _PRIVATE_KEY.search(text)
    while begin is not None:
        # What begins inside a key is hidden with it.
        last = _END_OF_KEY.search(text, begin.end())
        end = last.start() if last else len(text)
        yield begin.end(), end, "private key"
        begin = _PRIVATE_KEY.search(text, end)


def _of_urls(text: str) -> Iterator[Found]:
    pos = 0
    for line in text.splitlines(True):
        if "://" in line:
            for start, end in connection_strings.urls(line):
                yield pos + start, pos + end, "url"
        pos += len(line)


def _beginning(text: str, start: int) -> str:
    """The value that begins at a place; of a longer one the beginning, marked as neither a path nor a word that is no secret.

    Who wrote the text chooses how many names are in it, so no value is read to an end that may be far away for each of them.
    """
    window = text[start : start + _LONGEST]
    first, last = _value(window, 0)
    return window[first:last] + ("=" if last == _LONGEST else "")


def _value(text: str, start: int) -> Tuple[int, int]:
    char = text[start : start + 1]
    if char in ('"', "'") and char:
        string = STRING_RE.match(text, start)
        return start + 1, string.end() - 1 if string else len(text)
    if char in ("(", "[") and char:
        close = text.find(")" if char == "(" else "]", start)
        return start, close + 1 if close >= 0 else len(text)
    line_end = text.find("\n", start)
    end = line_end if line_end >= 0 else len(text)
    return start, start + len(text[start:end].rstrip())
