# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong when the language is read or written."""

from typing import Any, Dict, Optional, Tuple

SHOWN = 40


class MomentumError(Exception):
    """The one family of errors that a user can fix: the message says what is wrong, where, and what to do.

    Modules, action plugins and filters show it; nothing that a task, a node or a file can cause may end in another exception.
    The collection takes it from ``module_utils.errors``; it is defined here, because nothing outside of this package is imported in it.
    """

    def details(self) -> Dict[str, Any]:
        """What a module's result carries beside the message."""
        return {}


class InvalidValue(MomentumError, ValueError):
    """A value that is not of its kind. Whoever knows where it comes from adds the place."""


def shorten(text: str) -> str:
    """The first line of a text, at most ``SHOWN`` characters, for messages."""
    line = text.split("\n", 1)[0].rstrip("\r")
    return line if len(line) <= SHOWN else line[: SHOWN - 3] + "..."


class ParseError(MomentumError, ValueError):
    """The text is not of the language; says where, and what was expected instead.

    ``line`` and ``column`` count from 1, the column in characters; ``text`` is the offending text, shortened,
    and empty at the end of the file. Neither the message nor ``args`` quote it: it may be a secret, or a line of a file that
    was never meant to be read.
    """

    def __init__(self, filename: Optional[str], line: int, column: int, text: str, expected: str) -> None:
        """Keep the parts; ``filename`` may be None for text that came from no file."""
        self.filename = filename
        self.line = line
        self.column = column
        self.text = shorten(text)
        self.expected = expected
        super(ParseError, self).__init__(filename, line, column, expected)

    def __reduce__(self) -> Tuple[Any, ...]:
        """Keep the text when an error is pickled."""
        return ParseError, (self.filename, self.line, self.column, self.text, self.expected)

    def __str__(self) -> str:
        """Return ``FILE:LINE:COLUMN: expected X``."""
        return "%s:%d:%d: expected %s" % (self.filename or "<text>", self.line, self.column, self.expected)


class EditError(MomentumError, ValueError):
    """A change that cannot be written so that reading it back gives what was requested."""
