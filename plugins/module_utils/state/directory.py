# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state directory: root's own, closed to others; made when something is to be kept in it."""

import os

from ..files.safe_files import ensure_directory, status
from ..files.safe_paths import UnsafePath, locate
from ..host import rights


def exists(state_dir: str) -> bool:
    """Whether the state directory exists. One that is not the caller's own, or open to others, is refused. It is not
    corrected: a mistyped path must not change the mode of some other directory. Raises UnsafePath, OSError."""
    with locate(state_dir) as place:
        info = status(place, place.name)
    if info is not None and (info.st_uid != os.geteuid() or info.st_mode & 0o077):
        words = "belongs to %s and has mode %04o, and must belong to %s and have mode 0700; correct that, or choose another state_dir"
        accounts = rights.named(info.st_uid), info.st_mode & 0o7777, rights.named(os.geteuid())
        raise UnsafePath(state_dir, words % accounts)
    return info is not None


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
