# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""File modes as requests: exact (octal) or relative (symbolic, chmod(1)), without looking at any file."""

import re
from typing import Any, NamedTuple, Optional

from ..errors import PlanError
from ..files import file_mode

CLAUSE = re.compile("([ugoa]{0,4})([-+=])([rwxX]{0,4})\\Z")
CLASSES = {"u": 0o700, "g": 0o070, "o": 0o007, "a": 0o777}
LETTERS = {"r": 0o444, "w": 0o222, "x": 0o111}


class Mode(NamedTuple):
    """What becomes of permission bits: those in `keep` stay, those in `put` are set, those in `execute` are set where
    the object is a directory or somebody may execute it already (the X of chmod(1))."""

    keep: int
    put: int
    execute: int = 0

    @property
    def exact(self) -> bool:
        """Whether the result does not depend on the present mode."""
        return not self.keep and not self.execute

    def of(self, current: int, directory: bool) -> int:
        """The requested permission bits for the present ones (both 0 to 0o7777)."""
        requested = current & self.keep | self.put
        return requested | self.execute if directory or current & 0o111 else requested


KEEP = Mode(0o7777, 0)


def parse(value: Any, what: str = "mode") -> Mode:
    """Read 0640 (as file_mode.number does) or `u=rwX,g=rX,o=`. The set-id and sticky bits can only be set in octal; a relative mode
    keeps them.

    Raises PlanError, in which `what` names the option, also for a mode that lets others write."""
    if file_mode.is_exact(value):
        return Mode(0, file_mode.number(what, value, file_mode.ALL_BITS))
    mode = KEEP
    for clause in value.split(","):
        mode = _then(mode, _clause(clause, value, what))
    if mode.put & file_mode.OTHERS_WRITE:
        raise PlanError("%s %r lets every account write: take w from others" % (what, value))
    return mode


def _clause(clause: str, text: str, what: str) -> Mode:
    found = CLAUSE.match(clause)
    if found is None:
        raise PlanError(
            '%s %r is neither octal, such as "0640" in quotes, nor symbolic, such as u=rwX,go-w' % (what, text)
        )
    who = 0
    for letter in found.group(1) or "a":
        who |= CLASSES[letter]
    bits = 0
    for letter in found.group(3).replace("X", ""):
        bits |= LETTERS[letter] & who
    execute = 0o111 & who if "X" in found.group(3) else 0
    if found.group(2) == "-":
        if execute:
            raise PlanError("%s %r: X can be given with + and =, take away x" % (what, text))
        return Mode(0o7777 & ~bits, 0)
    return Mode(0o7777 & ~who if found.group(2) == "=" else 0o7777, bits, execute)


def _then(first: Mode, second: Mode) -> Mode:
    return Mode(
        first.keep & second.keep, first.put & second.keep | second.put, first.execute & second.keep | second.execute
    )


def of_directories(mode: Optional[Mode]) -> Optional[Mode]:
    """The mode of directories that goes with one of files: whoever may read may also search."""
    if mode is None or not mode.exact:
        return mode
    return Mode(0, mode.put & 0o1777 | (mode.put & 0o444) >> 2)
