# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values of a JSON text with their places, so that a finding has a line, and a change leaves every other byte as it is."""

import json
import re
from typing import Any, List, NamedTuple, Tuple, Union

# A text in quotation marks, a mark, or a bare word. Alternatives begin differently, so nothing backtracks.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


class Value(NamedTuple):
    """A text, number, boolean or null. path: keys and indexes that lead to it. start, end: its place in the text."""

    path: Tuple[Union[str, int], ...]
    value: Any
    start: int
    end: int


class _Container:
    """An object or a list that is open. key: of the value that comes next; None where an object has not named it yet."""

    def __init__(self, is_object: bool) -> None:
        self.is_object = is_object
        self.key: Union[str, int, None] = None if is_object else 0

    def next(self) -> None:
        """Go on after a comma."""
        self.key = None if self.key is None or isinstance(self.key, str) else self.key + 1


def values(text: str) -> List[Value]:
    """Return the values of a JSON text but for its objects and lists, in their order. Raises ValueError for what is no JSON."""
    try:
        json.loads(text)
    except RecursionError:
        raise ValueError("objects and lists are nested too deep")
    found: List[Value] = []
    opened: List[_Container] = []
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in "{[":
            opened.append(_Container(token == "{"))
        elif token in "}]":
            opened.pop()
        elif token == ",":
            opened[-1].next()
        elif opened and opened[-1].key is None:
            opened[-1].key = json.loads(token)
        elif token != ":":
            path = tuple(one.key for one in opened if one.key is not None)
            found.append(Value(path, json.loads(token), match.start(), match.end()))
    return found


def line_of(text: str, value: Value) -> int:
    """Return the line of a value, from 1 on."""
    return text.count("\n", 0, value.start) + 1
