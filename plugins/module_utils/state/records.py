# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records in the state directory: small JSON files of root's that are read as a whole and replaced in one step.

A record is changed under the lock of the state directory, which transactions hold as well: read, change and write are one,
so that of two writers none loses what the other has written. Reading needs no lock.
"""

import json
import os
from contextlib import contextmanager
from typing import Any, Callable, Iterator, TypeVar

from ..errors import MomentumError
from ..files import reading
from ..files.safe_files import write_file
from .directory import prepare_state
from .lock import Lock

LOCK_TIMEOUT = 30.0  # seconds
T = TypeVar("T")


class RecordDamaged(MomentumError):
    """A record that cannot be understood. `.path`: where it is."""

    def __init__(self, path: str, reason: str, remedy: str) -> None:
        super().__init__("%s is damaged (%s); %s" % (path, reason, remedy))
        self.path = path


def read(path: str, build: Callable[[Any], T], absent: T, remedy: str = "remove it") -> T:
    """What `build` makes of a record, `absent` where there is none. remedy: what to do about a damaged one.

    build may raise ValueError, KeyError, TypeError, AttributeError, OverflowError or MomentumError for what is no such record. Raises
    RecordDamaged, UnsafePath, OSError.
    """
    try:
        content = reading.read(path)
    except FileNotFoundError:
        if os.path.islink(path):
            raise RecordDamaged(path, "it is a link that leads nowhere", remedy)
        return absent
    try:
        data = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise RecordDamaged(path, "it is no JSON", remedy)
    try:
        return build(data)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, MomentumError):
        raise RecordDamaged(path, "it is JSON, but no such record", remedy)


def write(path: str, data: Any) -> None:
    """Replace a record, durably, for its owner alone. The caller holds the lock. Raises UnsafePath, OSError."""
    content = json.dumps(data, sort_keys=True, indent=1).encode("ascii") + b"\n"
    write_file(path, content, os.geteuid(), os.getegid(), 0o600)


@contextmanager
def locked(state_dir: str) -> Iterator[None]:
    """Hold the lock of a state directory, which is created if need be. Raises LockTimeout, UnsafePath, OSError."""
    if not os.path.isdir(state_dir):
        prepare_state(state_dir)
    with Lock(state_dir, LOCK_TIMEOUT):
        yield
