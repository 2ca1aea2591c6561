# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong when the language is read or written."""

from typing import Optional

SHOWN = 40


def shorten(text: str) -> str:
    """The first line of a text, at most ``SHOWN`` characters, for messages."""
    line = text.split("\n", 1)[0].rstrip("\r")
    return line if len(line) <= SHOWN else line[: SHOWN - 3] + "..."


class ParseError(ValueError):
    """The text is not of the language; says where, what stands there and what was expected instead.

    ``line`` and ``column`` count from 1, the column in characters; ``text`` is the offending text, shortened,
    and empty at the end of the file.
    """

    def __init__(self, filename: Optional[str], line: int, column: int, text: str, expected: str) -> None:
        """Keep the parts; ``filename`` may be None for text that came from no file."""
        self.filename = filename
        self.line = line
        self.column = column
        self.text = shorten(text)
        self.expected = expected
        super(ParseError, self).__init__(filename, line, column, text, expected)

    def __str__(self) -> str:
        """Return ``FILE:LINE:COLUMN: expected X, found 'Y'``."""
        found = repr(self.text) if self.text else "the end of the line or file"
        return "%s:%d:%d: expected %s, found %s" % (
            self.filename or "<text>",
            self.line,
            self.column,
            self.expected,
            found,
        )


class EditError(ValueError):
    """A change that cannot be written so that reading it back gives what was asked for."""
