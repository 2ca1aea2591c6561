# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directories above a file that have to be created before it."""

import os
from typing import Callable, List, NamedTuple


class Directory(NamedTuple):
    """A directory to create: path, numeric owner and group, permission bits."""

    path: str
    owner: int
    group: int
    mode: int


def paths_above(path: str, is_directory: Callable[[str], bool] = os.path.isdir) -> List[str]:
    """Return the directories above a path that are missing, outermost first."""
    missing: List[str] = []
    parent = os.path.dirname(path)
    while parent not in ("", "/") and not is_directory(parent):
        missing.append(parent)
        parent = os.path.dirname(parent)
    return missing[::-1]


def missing_above(path: str, owner: int, group: int, mode: int) -> List[Directory]:
    """Return the directories to create above a path, outermost first, all with the same attributes."""
    return [Directory(parent, owner, group, mode) for parent in paths_above(path)]
