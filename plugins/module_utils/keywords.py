# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of keywords, one a line: postgresql.conf and the ldap.conf of OpenLDAP. The last line of a name is in force.

Only what differs by meaning is touched; comments, order and the spelling of everything else stay.
"""

import io
import re
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from . import generated
from .errors import PlanError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+\Z")
_QUOTED = re.compile(r"''|\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_TRUE, _FALSE = ("on", "true", "yes", "1"), ("off", "false", "no", "0")


class Line(NamedTuple):
    """One setting as it stands: what is before its value, the value as meant, and what is behind it."""

    name: str
    head: str
    value: str
    tail: str


class Style(NamedTuple):
    """How a kind of file reads and writes one line, and what is between name and value of a new one."""

    read: Callable[[str], Optional[Line]]
    write: Callable[[str], str]
    between: str


def edited(text: str, style: Style, wanted: Dict[str, str]) -> str:
    """The text with the wanted settings in force; an empty value removes its lines. Raises PlanError.

    Names of any letter case are one; of several values for one the last counts.
    """
    for name, value in wanted.items():
        _refuse(name, value)
    lines: List[Optional[str]] = list(io.StringIO(text, newline="\n").readlines())
    settings: Dict[str, List[Tuple[int, Line]]] = {}
    for index, line in enumerate(lines):
        found = style.read(line or "")
        if found is not None:
            settings.setdefault(found.name.lower(), []).append((index, found))
    last = {name.lower(): (name, value) for name, value in wanted.items()}
    new = [_new_line(style, name, value) for key, (name, value) in last.items() if value and key not in settings]
    for key, (_name, value) in last.items():
        for index, replaced in _replaced(style, settings.get(key, []), value):
            lines[index] = replaced
    kept = [line for line in lines if line is not None]
    if new and kept and not kept[-1].endswith("\n"):
        kept.append("\n")
    return "".join(kept + new)


def _refuse(name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        raise PlanError("%r is no name of a setting" % name)
    generated.line("the value of %s" % name, value)


def _new_line(style: Style, name: str, value: str) -> str:
    return name + style.between + style.write(value) + "\n"


def _replaced(style: Style, found: Sequence[Tuple[int, Line]], value: str) -> Iterator[Tuple[int, Optional[str]]]:
    """The lines of one setting that change, by number: those that go (None), or the last one with another value."""
    if not value:
        for index, _line in found:
            yield index, None
    elif found and not _means_the_same(found[-1][1].value, value):
        index, line = found[-1]
        # A name without a value has no place for one: the line is written anew.
        head, tail = (line.head, line.tail) if line.value else (line.name + style.between, "\n")
        yield index, head + style.write(value) + tail


def _means_the_same(one: str, other: str) -> bool:
    kinds = [[group for group in (_TRUE, _FALSE) if value.lower() in group] for value in (one, other)]
    return one == other or (kinds[0] == kinds[1] != [])


def _named(line: str) -> Optional[Tuple[str, int]]:
    """The name that a line begins with, and where it ends."""
    begin = len(line) - len(line.lstrip())
    match = _NAME.match(line, begin)
    return (match.group(), match.end()) if match else None


def _read_postgresql(line: str) -> Optional[Line]:
    """`name = value # comment`, the sign optional, the value in quotes or not (page *Setting Parameters*)."""
    named = _named(line)
    if named is None:
        return None
    name, position = named
    rest = line[position:].lstrip()
    if rest.startswith("="):
        rest = rest[1:].lstrip()
    begin = len(line) - len(rest)
    length = _quoted_length(rest) if rest.startswith("'") else _bare_length(rest)
    raw = rest[:length]
    value = _QUOTED.sub(_unescaped, raw[1:-1]) if raw.startswith("'") else raw
    return Line(name, line[:begin], value, rest[length:])


def _unescaped(found: "re.Match[str]") -> str:
    """What PostgreSQL makes of a doubled quote, or of a backslash and what follows it (GUC_scanstr in guc-file.l)."""
    sign = found.group(1)
    if sign is None:
        return "'"
    return chr(int(sign, 8) & 0xFF) if sign[0] in "01234567" else _ESCAPES.get(sign, sign)


def _quoted_length(text: str) -> int:
    position = 1
    while position < len(text):
        if text[position] == "'" and text[position + 1 : position + 2] != "'":
            return position + 1
        position += 2 if text[position] in "'\\" else 1
    return len(text.rstrip())


def _bare_length(text: str) -> int:
    ends = [position for position, sign in enumerate(text) if sign.isspace() or sign == "#"]
    return ends[0] if ends else len(text)


def _write_postgresql(value: str) -> str:
    return value if _PLAIN.match(value) else "'%s'" % value.replace("\\", "\\\\").replace("'", "''")


def _read_ldap(line: str) -> Optional[Line]:
    """`NAME value` to the end of the line; a comment is a line of its own, ldap.conf(5)."""
    named = _named(line)
    if named is None or line[:1].isspace():
        return None
    name, position = named
    value = line[position:].strip()
    begin = line.find(value, position) if value else len(line.rstrip())
    return Line(name, line[:begin], value, line[begin + len(value) :])


def _write_ldap(value: str) -> str:
    """Nothing can be quoted. Raises PlanError for what would not be read back."""
    if value.strip() != value:
        raise PlanError("a value of ldap.conf cannot begin or end with blanks: %r" % value)
    return value


STYLES: Dict[str, Style] = {
    "postgresql": Style(_read_postgresql, _write_postgresql, " = "),
    "ldap": Style(_read_ldap, _write_ldap, " "),
}
