# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A directory that nobody but root may change for a while.

It may be the service account's, as the manual leaves it, who would have init_schema run SQL, and psql's own commands, as root. Whose it
was is recorded in the state directory first: a run that is killed leaves it closed, and the next one opens it again.
"""

import os
import stat
from contextlib import contextmanager
from typing import Any, Iterator, NamedTuple, Optional

from ..errors import PlanError
from ..files.safe_paths import UnsafePath, is_private, locate
from ..state import records

NAME = "closed.json"
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_REMEDY = "it says whose directory an interrupted run has closed: see that the account of Momentum owns its 'etc', then remove it"


class Closed(NamedTuple):
    """A directory: device and number of its inode, and the owner and mode that it had."""

    path: str
    device: int
    inode: int
    owner: int
    mode: int


@contextmanager
def closed(path: str, state_dir: str) -> Iterator[None]:
    """Let nobody but root change the entries of a directory. Raises PlanError, UnsafePath, LockTimeout, OSError."""
    directory = _opened(path)
    try:
        info = os.fstat(directory)
        if is_private(info):
            yield
            return
        former = Closed(path, info.st_dev, info.st_ino, info.st_uid, stat.S_IMODE(info.st_mode))
        with records.locked(state_dir):
            records.write(os.path.join(state_dir, NAME), former._asdict())
        try:
            os.fchown(directory, os.geteuid(), -1)
            os.fchmod(directory, former.mode & ~OTHERS_WRITE)
            yield
        finally:
            _give_back(directory, former)
            os.unlink(os.path.join(state_dir, NAME))
    finally:
        os.close(directory)


def left(state_dir: str) -> Optional[Closed]:
    """The directory that an interrupted run has left closed, None for none. Raises RecordDamaged, UnsafePath, OSError."""
    found: Optional[Closed] = records.read(os.path.join(state_dir, NAME), _judged, None, _REMEDY)
    return found


def reopen(former: Closed, state_dir: str) -> None:
    """Give a directory that was left closed back to its owner; another one that is there now is left alone. Raises UnsafePath, OSError."""
    try:
        directory = _opened(former.path)
    except (PlanError, UnsafePath):
        directory = -1
    if directory >= 0:
        try:
            info = os.fstat(directory)
            if (info.st_dev, info.st_ino) == (former.device, former.inode):
                _give_back(directory, former)
        finally:
            os.close(directory)
    os.unlink(os.path.join(state_dir, NAME))


def _opened(path: str) -> int:
    try:
        with locate(path, follow=False) as place:
            return os.open(place.name, _DIRECTORY, dir_fd=place.directory)
    except OSError as error:
        raise PlanError("%s, where init_schema runs: %s; reinstall msys-ecelerity-schema" % (path, error.strerror))


def _give_back(directory: int, former: Closed) -> None:
    """The mode first, then the owner; each may be done already."""
    os.fchmod(directory, former.mode)
    os.fchown(directory, former.owner, -1)


def _judged(data: Any) -> Closed:
    found = Closed(**data)
    if not os.path.isabs(found.path) or not all(isinstance(number, int) and number >= 0 for number in found[1:]):
        raise ValueError("no directory")
    return found
