# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one way from planned files to the disk: missing directories first, then all files in one transaction."""

import resource
from hashlib import sha256
from typing import Any, Optional, Sequence, Set

from ..files.made import MadeDirectories
from ..files.planned import Directory, PlannedFile
from ..state.pending import NOTHING_DUE, Due
from .transaction import FileChange, Transaction

_SPARE_DESCRIPTORS = 256


def write(
    files: Sequence[PlannedFile],
    state_dir: str,
    directories: Sequence[Directory] = (),
    due: Due = NOTHING_DUE,
    made: Optional[MadeDirectories] = None,
    **judges: Any,
) -> str:
    """Return the name of the transaction, '' where there is nothing to write.

    directories: path, owner, group and mode of what is created before, outermost first, each as it is first named. due: the activation that is pending
    afterwards. judges: `check_staged` and `check_installed` of `Transaction`. A file that changed after it was read is left
    alone, and so is everything else. made: gets the directories that are created. Where this fails, those that are empty are removed. Raises
    TransactionError, UnsafePath, OSError.
    """
    named: Set[str] = set()
    made = MadeDirectories() if made is None else made
    try:
        for directory in directories:
            if directory.path not in named:
                made.ensure(directory)
            named.add(directory.path)
        _allow_descriptors(len(files) + _SPARE_DESCRIPTORS)
        return str(Transaction([_change(file) for file in files], state_dir, due=due, **judges).commit().id)
    except BaseException:
        made.remove_empty()
        raise


def _change(file: PlannedFile) -> FileChange:
    basis = "" if file.before is None else sha256(file.before).hexdigest()
    if file.after is None:
        return FileChange(file.path, None, basis=basis)
    return FileChange(file.path, file.after, file.owner, file.group, file.mode, basis)


def _allow_descriptors(count: int) -> None:
    """A transaction holds the directory of each file open; the soft limit of 1024 is soon reached, setrlimit(2)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
