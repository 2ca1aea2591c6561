# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names with wildcards. `*` is any text (also at the start of a hidden name), `?` any character; all else is itself."""

import re
from typing import Callable, List, Pattern

Matcher = Callable[[str], bool]


def is_pattern(name: str) -> bool:
    """Whether a component has wildcards."""
    return "*" in name or "?" in name


def matcher(pattern: str) -> Matcher:
    """A test of names that takes time in proportion to name and pattern, whatever both are.

    Between two stars every character is fixed, so the leftmost place for each piece is as good as any: no backtracking.
    """
    texts = pattern.split("*")
    pieces = [_piece(text) for text in texts]
    if len(pieces) == 1:
        return lambda name: len(name) == len(pattern) and pieces[0].match(name) is not None
    tail = len(texts[-1])
    return lambda name: _matches(name, pieces, len(texts[0]), tail)


def _piece(text: str) -> Pattern[str]:
    return re.compile("".join("." if letter == "?" else re.escape(letter) for letter in text), re.DOTALL)


def _matches(name: str, pieces: List[Pattern[str]], head: int, tail: int) -> bool:
    end = len(name) - tail
    if end < head or pieces[0].match(name) is None or pieces[-1].match(name, end) is None:
        return False
    position = head
    for piece in pieces[1:-1]:
        found = piece.search(name, position, end)
        if found is None:
            return False
        position = found.end()
    return True
