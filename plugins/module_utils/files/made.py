# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directories that a run makes for its files, so that a run that fails can remove those that are empty again."""

import os
from typing import List, Tuple

from .planned import Directory
from .safe_files import ensure_directory, status
from .safe_paths import UnsafePath, locate


class MadeDirectories:
    """Those that were made so far, in their order, each with its device and inode."""

    def __init__(self) -> None:
        self._made: List[Tuple[str, int, int]] = []

    def ensure(self, directory: Directory) -> None:
        """Make sure that a directory is there as planned. Raises UnsafePath, OSError."""
        is_there = os.path.lexists(directory.path)
        if ensure_directory(*directory) and not is_there:
            info = os.lstat(directory.path)
            self._made.append((directory.path, info.st_dev, info.st_ino))

    def remove_empty(self) -> str:
        """Remove what was made, the last one first, as far as it is empty and still the same. What cannot be removed stays; nothing is to be said
        of it, so the result is ''."""
        while self._made:
            path, device, inode = self._made.pop()
            try:
                with locate(path, follow=False) as place:
                    info = status(place, place.name)
                    if info is not None and (info.st_dev, info.st_ino) == (device, inode):
                        os.rmdir(place.name, dir_fd=place.directory)
            except (OSError, UnsafePath):
                continue
        return ""
