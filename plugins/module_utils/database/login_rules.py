# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pg_hba.conf, where whoever connects over the network must use TLS (page *install-security*, "Require SSL connections to the database").

A line is read as hba.c of PostgreSQL reads it. Only the first word of a line changes: the order, by which the first line that fits decides, and
everything else stay. Bytes that are not UTF-8 are surrogates (surrogateescape). Pure.
"""

import io
from typing import List, NamedTuple, Tuple

from ..errors import PlanError

TLS = "hostssl"
KINDS = ("local", "host", TLS, "hostnossl", "hostgssenc", "hostnogssenc")
OPEN = ("host", "hostnogssenc")  # with TLS and without
_BLANKS = " \t\r\n"


class Word(NamedTuple):
    """A word as it is meant, without its quotes, and where it begins and ends."""

    text: str
    begin: int
    end: int


def tls_only(text: str) -> str:
    """Return the text with `hostssl` in the place of `host` wherever a login is allowed. Raises PlanError for lines that it cannot judge."""
    lines = io.StringIO(text, newline="\n").readlines()
    return "".join(_tls_only(line, number) for number, line in enumerate(lines, 1))


def _tls_only(line: str, number: int) -> str:
    if "\0" in line:
        raise _refusal(number, "it holds a NUL byte", "remove it")
    if line.rstrip("\r\n").endswith("\\"):
        raise _refusal(
            number,
            "it ends with a backslash, which is a longer line from PostgreSQL 14 on alone",
            "write it on one line",
        )
    fields = _fields(line)
    if not fields:
        return line
    kind = fields[0][0]
    if len(fields[0]) > 1 or kind.text not in KINDS:
        raise _refusal(
            number,
            "it begins with %r, and what that allows is elsewhere or unknown" % kind.text,
            "write the lines into this file",
        )
    if kind.text in ("local", TLS) or _rejects(fields):
        return line
    if kind.text not in OPEN:
        raise _refusal(number, "%s allows logins without TLS" % kind.text, "remove it, or let it reject")
    return line[: kind.begin] + TLS + line[kind.end :]


def _refusal(number: int, what: str, remedy: str) -> PlanError:
    return PlanError("line %d: %s; %s" % (number, what, remedy))


def _rejects(fields: List[List[Word]]) -> bool:
    """Whether the method, after the address and a mask where there is one, lets nobody in."""
    return any([word.text for word in field] == ["reject"] for field in fields[4:6])


def _fields(line: str) -> List[List[Word]]:
    """Return the fields of a line, each a list of words with commas between them."""
    found: List[List[Word]] = []
    position, goes_on = 0, False
    while True:
        while position < len(line) and line[position] in _BLANKS + ",":
            position += 1
        if position >= len(line) or line[position] == "#":
            return found
        word, goes_on_after = _word(line, position)
        if goes_on:
            found[-1].append(word)
        else:
            found.append([word])
        position, goes_on = word.end, goes_on_after


def _word(line: str, begin: int) -> Tuple[Word, bool]:
    """Return the word that begins here, and whether a comma follows it at once, so that its field goes on."""
    text, quoted, position = "", False, begin
    while position < len(line):
        sign = line[position]
        if sign == '"' and quoted and line[position + 1 : position + 2] == '"':
            text += sign
            position += 1
        elif sign == '"':
            quoted = not quoted
        elif not quoted and sign in _BLANKS + ",#":
            break
        else:
            text += sign
        position += 1
    return Word(text.rstrip("\r\n"), begin, position), line[position : position + 1] == ","
