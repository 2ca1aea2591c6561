# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a plan of files looks at the node."""

import os
from typing import Callable

from ..files import intended
from ..files.current import current_file
from ..host.accounts import known_group_id, known_user_id
from .files import Look


def refuse_without_directory(path: str, absent: Callable[[str], None]) -> None:
    """Tell `absent` where the directory of a file is missing, which the collection does not create."""
    directory = os.path.dirname(path.rstrip("/"))
    if directory and not intended.is_directory(directory) and not os.path.exists(directory):
        absent("%s: its directory %s does not exist; create it first" % (path, directory))


def look() -> Look:
    """The eyes of a plan of files."""
    return Look(file=current_file, is_directory=intended.is_directory, uid=known_user_id, gid=known_group_id)
