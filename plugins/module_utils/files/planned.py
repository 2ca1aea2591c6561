# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan writes: files with what they were before, and the directories that have to be created above them."""

import os
from typing import Callable, List, NamedTuple, Optional


class PlannedFile(NamedTuple):
    """A file before and after. before: the bytes it was planned from, None where there was no file. after: None removes it.
    owner, group (numeric), mode: None keeps what the file has; a new file needs all three."""

    path: str
    before: Optional[bytes]
    after: Optional[bytes]
    owner: Optional[int] = None
    group: Optional[int] = None
    mode: Optional[int] = None


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
