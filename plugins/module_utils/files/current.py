# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file of the node as it is: what every concern that manages files reads first."""

import stat
from typing import NamedTuple, Optional, Tuple

from . import intended


class CurrentFile(NamedTuple):
    """A file as it is: content, numeric owner and group, permission bits."""

    content: bytes
    owner: int
    group: int
    mode: int

    @property
    def attributes(self) -> Tuple[int, int, int]:
        """Owner, group and mode."""
        return self.owner, self.group, self.mode

    @property
    def text(self) -> str:
        """The content; bytes that are no UTF-8 come back as they were when it is encoded again."""
        return self.content.decode("utf-8", "surrogateescape")


def current_file(path: str, kind: str = "file") -> Optional[CurrentFile]:
    """Return a regular file as it is; None if it does not exist. kind: a key of reading.LIMITS.

    Links of its directory are judged as for a write, which is what is usually planned from it. Raises UnsafePath, OSError.
    """
    from .safe_files import read_file

    try:
        content, info = read_file(path, kind)
    except FileNotFoundError:
        return None
    planned = intended.file(path)
    # Where its account is not there yet, no descriptor shows to whom it is to belong.
    owner, group = (info.st_uid, info.st_gid) if planned is None else (planned.owner, planned.group)
    return CurrentFile(content, owner, group, stat.S_IMODE(info.st_mode))
