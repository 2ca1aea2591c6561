# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between two items, taken apart at the ends of lines."""

import re
from typing import List, Tuple

from .lexer import COMMENT

_COMMENT = re.compile(COMMENT)
_BLOCK = r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/"
# The rest of a line: blanks, block comments (which may span lines), at last a comment to the end of the line.
_REST = re.compile(r"[ \t\r]*(?:%s[ \t\r]*)*(?:\#[^\n]*)?" % _BLOCK)


def split_line(trivia: str) -> Tuple[str, str]:
    """Split into the rest of the line the text begins in, and what begins with the line's end (or is empty)."""
    end = _REST.match(trivia).end()  # type: ignore[union-attr]
    if end and trivia[end : end + 1] == "\n" and trivia[end - 1] == "\r":
        end -= 1
    return trivia[:end], trivia[end:]


def lines(trivia: str) -> List[str]:
    """The lines, each with its end; a block comment over several lines is part of one."""
    found: List[str] = []
    while trivia:
        rest, remainder = split_line(trivia)
        # Whatever is no trivia ends the last line, so that any text comes to an end.
        end = len(rest) + len(line_end(remainder)) if line_end(remainder) else len(trivia)
        found.append(trivia[:end])
        trivia = trivia[end:]
    return found


def line_end(text: str) -> str:
    """The line end that the text begins with, or nothing."""
    return "\r\n" if text[:2] == "\r\n" else "\n" if text[:1] == "\n" else ""


def last_line(trivia: str) -> str:
    """What follows the last line end outside comments."""
    found = lines(trivia)
    return found[-1] if found and not found[-1].endswith("\n") else ""


def is_white(text: str) -> bool:
    """Whether the text is white space of the language and nothing else."""
    return not text.strip(" \t\r\n")


def without_comments(text: str) -> str:
    """The text with its comments taken out; of use where comments and separators mix."""
    return _COMMENT.sub("", text)
