# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module asks the node about accounts, folders and the limits of its kernel."""

import os
import stat
from typing import TYPE_CHECKING, Optional

from .accounts import known_group_id, known_user_id
from .file_plan import Found, Look

if TYPE_CHECKING:
    from .security_plan import Host


def file(path: str) -> Optional[Found]:
    """Read a file with its attributes; None if it does not exist. Raises the errors of `files.read_file`."""
    from .files import read_file

    try:
        content, info = read_file(path)
    except FileNotFoundError:
        return None
    return Found(content, info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode))


def look() -> Look:
    """The eyes of a plan of files."""
    return Look(file=file, is_directory=os.path.isdir, uid=known_user_id, gid=known_group_id)


def security_host(unit: str) -> "Host":
    """What the node gives to a Security stanza; `unit` is the systemd unit whose bounding set applies."""
    from . import capabilities, process
    from .security_plan import Host

    solaris = os.uname().sysname == "SunOS"
    return Host(
        uid=known_user_id,
        gid=known_group_id,
        is_directory=os.path.isdir,
        ceiling=None if solaris else process.bounding_ceiling(unit),
        last_cap=None if solaris else capabilities.last_capability(),
        solaris=solaris,
        global_zone=_in_global_zone() if solaris else None,
    )


def _in_global_zone() -> Optional[bool]:
    """Ask zonename(1) whether this is the global zone of Solaris; None if it cannot be told."""
    from .program import run

    answer = run(["/usr/bin/zonename"], 10.0)
    return answer.output == "global" if answer.status == 0 else None
