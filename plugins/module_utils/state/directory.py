# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state directory: root's own, closed to others; made when something is to be kept in it."""

import os
import stat
from typing import Iterable

from ..files import obstacles
from ..files.safe_files import ensure_directory, status
from ..files.safe_paths import UnsafePath, locate
from ..host import rights

_NO_DIRECTORY = "is not a directory, and %s; remove it or move it away, or choose another state_dir"
_RECORDS = ("pending.json", "activated.json", "uncommitted.json")


def exists(state_dir: str) -> bool:
    """Whether the state directory exists. One that is not the caller's own, or open to others, is refused. It is not
    corrected: a mistyped path must not change the mode of some other directory. Raises UnsafePath, OSError."""
    try:
        with locate(state_dir) as place:
            info = status(place, place.name)
    except FileNotFoundError:
        return False  # a directory above it is missing
    if info is not None and (info.st_uid != os.geteuid() or info.st_mode & 0o077):
        words = "belongs to %s and has mode %04o, and must belong to %s and have mode 0700; correct that, or choose another state_dir"
        accounts = rights.named(info.st_uid), info.st_mode & 0o7777, rights.named(os.geteuid())
        raise UnsafePath(state_dir, words % accounts)
    if info is not None and not stat.S_ISDIR(info.st_mode):
        raise UnsafePath(state_dir, _NO_DIRECTORY % "this collection keeps its records there")
    return info is not None


def refuse(files: Iterable[str], directories: Iterable[str], state_dir: str) -> None:
    """Refuse what a transaction could not write, before anything is written and in check mode too: its files, see `obstacles.refuse`,
    and its own records. Raises UnsafePath, OSError."""
    obstacles.refuse(files, directories, state_dir)
    refuse_unusable(state_dir)


def refuse_unusable(state_dir: str) -> None:
    """Refuse a state directory in which no lock can be held, no backup kept or no record written. Raises UnsafePath, OSError."""
    if not exists(state_dir):
        return
    survey = obstacles.Survey()
    for name in ("lock",) + _RECORDS:
        path = os.path.join(state_dir, name)
        if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
            raise UnsafePath(path, "is not a regular file, and this collection keeps its own there; remove it")
        survey.refuse_file(path)
    backups = os.path.join(state_dir, "backups")
    if os.path.lexists(backups) and not os.path.isdir(backups):
        raise UnsafePath(backups, _NO_DIRECTORY % "this collection keeps its backups there")
    survey.refuse_directory(backups)


def prepare_state(state_dir: str) -> None:
    """Create the state directory, or make sure that an existing one is the caller's own and closed to others."""
    if exists(state_dir):
        return
    try:
        ensure_directory(state_dir, os.geteuid(), os.getegid(), 0o700)
    except UnsafePath:
        # Another first run may have put its lock there already; then the directory is one that would do.
        if not exists(state_dir):
            raise
