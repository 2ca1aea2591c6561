# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which commands the roles leave to whom (page *control_authz*): patterns are searched for anywhere in a command, and what no role
allows is denied."""

import re
from typing import List, NamedTuple, Sequence

from ..ecconf.effective import Effective

# What root says to the console: M(msys.momentum.service), and the last of them ec_rotate, once a day.
NEEDED = ("version", "config reload", "tls flush cache", "reopen logs")


class Grant(NamedTuple):
    """A role in force: who has that name, or is in the group of that name, may give commands that match a pattern."""

    name: str
    patterns: Sequence[str]


def grants(effective: Effective) -> List[Grant]:
    """All roles of a configuration."""
    found = []
    for path in effective.scopes("Role"):
        if len(path) == 2 and path[0][0].lower() == "authorization":
            setting = effective.get(path, "allow")
            value = [] if setting is None else setting.value
            found.append(
                Grant(path[1][1] or "", [str(item) for item in value] if isinstance(value, list) else [str(value)])
            )
    return found


def denied(found: Sequence[Grant], names: Sequence[str], commands: Sequence[str] = NEEDED) -> List[str]:
    """The commands that somebody with these names (the own one, and those of groups) may not give."""
    patterns = [pattern for grant in found if grant.name in names for pattern in grant.patterns]
    return [command for command in commands if not any(_matches(pattern, command) for pattern in patterns)]


def surprising(found: Sequence[Grant]) -> List[str]:
    """Patterns that allow more than they seem to: without ^ in front they match in the middle of other commands."""
    words = "role %s: the pattern %r is not anchored with ^, so it allows every command that has it anywhere"
    return [
        words % (grant.name, pattern)
        for grant in found
        for pattern in grant.patterns
        if not pattern.startswith("^") and pattern != ".*"
    ]


def _matches(pattern: str, command: str) -> bool:
    try:
        return re.search(pattern, command) is not None
    except re.error:  # PCRE knows more than Python does; what cannot be judged does not count
        return False
