# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the loader of a configuration gets the files of a node from: through `reading`, like everything else."""

import errno
import os
import stat
from typing import List, Optional

from ..ecconf.reader import DIRECTORY, FILE, OTHER, Reader
from ..files import foreseen, intended
from ..files.reading import is_file, names, read
from ..files.safe_paths import UnsafePath


class DiskReader(Reader):
    """The files of this node. Every method may raise OSError, except `kind` for a path that does not exist."""

    def kind(self, path: str) -> Optional[str]:
        """'file', 'directory' or 'other' (symbolic links followed), None when nothing is there."""
        try:
            planned = intended.file(path)
            mode = os.stat(intended.path_of(planned) if planned else foreseen.path(path)).st_mode
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return (
                DIRECTORY if intended.is_new_directory(path) else None
            )  # ValueError: a name that no file system can hold, such as one with a NUL
        if stat.S_ISREG(mode):
            return FILE
        return DIRECTORY if stat.S_ISDIR(mode) else OTHER

    def read(self, path: str) -> bytes:
        """The bytes of a regular file; whatever else has taken its place since it was looked at is refused."""
        try:
            return read(path, "configuration")
        except UnsafePath as error:
            raise OSError(errno.EINVAL, error.reason, path)

    def files(self, path: str) -> List[str]:
        """The names of the regular files of a directory (links to files included), in no order."""
        try:
            return [name for name in names(path) if is_file(os.path.join(path, name))]
        except UnsafePath as error:
            raise OSError(errno.EINVAL, error.reason, path)

    def identity(self, path: str) -> str:
        """A text that is the same for every path that leads to the same file."""
        return os.path.realpath(path)
