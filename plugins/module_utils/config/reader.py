# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a plan of files looks at the node."""

import os
import stat
from typing import Optional

from ..host.accounts import known_group_id, known_user_id
from .files import Found, Look


def file(path: str) -> Optional[Found]:
    """Read a file with its attributes; None if it does not exist. Raises the errors of `files.read_file`."""
    from ..files.safe_files import read_file

    try:
        content, info = read_file(path)
    except FileNotFoundError:
        return None
    return Found(content, info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode))


def look() -> Look:
    """The eyes of a plan of files."""
    return Look(file=file, is_directory=os.path.isdir, uid=known_user_id, gid=known_group_id)
