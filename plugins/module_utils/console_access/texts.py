# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files beside the configuration: the shell fragment that tells ec_ctl where the console is, what systemd makes at boot,
and who is in which group of the console. Pure: text in, text out.

Facts: page *environment file* (a shell fragment that `ec_ctl` sources as root), tmpfiles.d(5), page *control_authz*.
"""

import re
import shlex
from typing import List, NamedTuple, Sequence

from ..errors import PlanError
from ..text import generated, shell

_CONTROL = shell.assignment("CONTROL")
_ASSIGNMENT = re.compile(r"^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*=", re.MULTILINE)
_FORBIDDEN = re.compile(r"[:,\s\x00-\x1f\x7f]")
BLANKS = " \t\r"  # Python takes more signs for blanks than a daemon in C
BOOT_HEAD = "# Written by msys.momentum.control: the directory of Momentum's control socket, which is lost at a reboot."


class Group(NamedTuple):
    """A group of the console with its members."""

    name: str
    members: Sequence[str]


def with_control(text: str, endpoint: str) -> str:
    """The shell fragment with CONTROL naming an endpoint; everything else, comments included, stays byte by byte."""
    word = shlex.quote(generated.line("the console's endpoint", endpoint))
    found = list(_CONTROL.finditer(text))
    if not found or found[-1].group(2) is None:
        assignments = list(_ASSIGNMENT.finditer(text))
        export = "export " if assignments and assignments[-1].group(1) else ""
        head = text if not text or text.endswith("\n") else text + "\n"
        return "%s%sCONTROL=%s\n" % (head, export, word)
    last = found[-1]  # the shell keeps what was said last
    if shell.value(last.group(2)) == endpoint:
        return text
    return text[: last.start(2)] + word + text[last.end(2) :]


def control_of(text: str) -> str:
    """The endpoint that the shell fragment names; empty without one, and where only a shell could tell."""
    return shell.assigned(text, "CONTROL") or ""


def boot(directory: str, owner: str, group: str, mode: int) -> str:
    """What tmpfiles.d(5) reads to make a directory at boot."""
    return generated.text([BOOT_HEAD, generated.tmpfiles_directory(directory, mode, owner, group)])


def with_groups(text: str, groups: Sequence[Group], exclusive: bool = False) -> str:
    """The file of groups with lines `group:user,user`; `group:x:user,user` is another form of the same.

    A group without members is removed; with `exclusive` the file keeps no other group. Raises PlanError for names that cannot
    be in the file.
    """
    for group in groups:
        for name in [group.name] + list(group.members):
            if not name or _FORBIDDEN.search(generated.line("a name for the file of groups", name)):
                raise PlanError("%r is no name for the file of groups: no blank, comma or colon can be in it" % name)
    requested = {group.name: list(group.members) for group in groups}
    lines: List[str] = []
    met = set()
    for line in lines_of(text):
        name = line.partition(":")[0].strip(BLANKS)
        if not name or name.startswith("#") or ":" not in line or not (name in requested or exclusive):
            lines.append(line)
            continue
        members = requested.get(name, [])
        if members and name not in met:
            lines.append(line if members_of(line) == members else "%s:%s" % (name, ",".join(members)))
        met.add(name)
    lines += [
        "%s:%s" % (group.name, ",".join(group.members)) for group in groups if group.members and group.name not in met
    ]
    return text if lines == lines_of(text) else "".join(line + "\n" for line in lines)


def lines_of(text: str) -> List[str]:
    """The lines of a text as a daemon reads them. Signs that Python, too, takes for line ends end none."""
    return text.split("\n")[:-1] if text.endswith("\n") else text.split("\n") if text else []


def members_of(line: str) -> List[str]:
    """The members in one line of the file of groups."""
    return [name.strip(BLANKS) for name in line.rpartition(":")[2].split(",") if name.strip(BLANKS)]


def groups_with(text: str, user: str) -> List[str]:
    """The groups that a user is in, by the file of groups."""
    lines = [line for line in lines_of(text) if ":" in line and not line.lstrip(BLANKS).startswith("#")]
    return [line.partition(":")[0].strip(BLANKS) for line in lines if user in members_of(line)]
