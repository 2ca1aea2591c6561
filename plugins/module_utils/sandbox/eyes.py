# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the facts of a sandbox look at the node."""

import os
import stat
from typing import List, Optional, Sequence

from ..files import reading
from ..host.accounts import user_id
from ..security.capabilities import last_capability
from .facts import Look

DIRECTORIES = ("bin", "sbin", os.path.join("..", "gimli", "bin"))
DEFAULT_USER = "ecuser"
MOST_PROGRAMS = 5000


def look(prefix: str) -> Look:
    """The eyes for the installation in `prefix`."""
    return Look(
        is_directory=os.path.isdir,
        is_root=lambda user: user_id(DEFAULT_USER if user is None else user) == 0,
        gaining=lambda named: gaining(programs_of(prefix) + list(named)),
        home=home,
        last_cap=last_capability(),
        replaceable=replaceable,
    )


def replaceable(path: str, user: Optional[str]) -> bool:
    """Whether a user that is not root can put something else in the place of what is in a directory. One that is missing, or a
    user that the node does not know, replaces nothing yet."""
    import pwd

    number = user_id(DEFAULT_USER if user is None else user)
    if not number:
        return False
    try:
        info = os.stat(path)
        account = pwd.getpwuid(number)
    except (OSError, ValueError, KeyError, OverflowError):
        return False
    if info.st_uid == number:
        return True
    groups = os.getgrouplist(account.pw_name, account.pw_gid)
    by_group = info.st_gid in groups and bool(info.st_mode & stat.S_IWGRP)
    return (by_group or bool(info.st_mode & stat.S_IWOTH)) and not info.st_mode & stat.S_ISVTX


def programs_of(prefix: str) -> List[str]:
    """The files in the installation's directories of programs."""
    found: List[str] = []
    for name in DIRECTORIES:
        directory = os.path.normpath(os.path.join(prefix, name))
        try:
            found += [os.path.join(directory, entry) for entry in sorted(reading.names(directory, MOST_PROGRAMS))]
        except OSError:
            continue
    return found


def gaining(paths: Sequence[str]) -> List[str]:
    """The executable files among these that give whoever executes them a user, a group or capabilities."""
    return [path for path in paths if _gains(path)]


def home(user: Optional[str]) -> str:
    """The home of a user given by name or number; '' for one that the node does not know."""
    import pwd

    number = user_id(DEFAULT_USER if user is None else user)
    try:
        return "" if number is None else pwd.getpwuid(number).pw_dir
    except (KeyError, OverflowError):
        return ""


def _gains(path: str) -> bool:
    try:
        info = os.stat(path)
    except (OSError, ValueError):
        return False
    if not stat.S_ISREG(info.st_mode) or not info.st_mode & 0o111:
        return False
    return bool(info.st_mode & (stat.S_ISUID | stat.S_ISGID)) or _has_capabilities(path)


def _has_capabilities(path: str) -> bool:
    try:
        return bool(os.getxattr(path, "security.capability"))
    except OSError:
        return False
