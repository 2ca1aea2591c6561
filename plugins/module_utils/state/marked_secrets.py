# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that tasks marked as secrets on this node.

A mark is part of one task, but every later task reads the same files and may show them. So the names, never the values, are kept in
the state directory, and every module hides the values of these options.
"""

import os
from typing import Any, FrozenSet

from ..errors import MomentumError
from ..files import obstacles
from . import directory, records

NAME = "secret_options.json"
_REMEDY = "it lists the options that tasks marked as secrets: remove it, and give these names to the next task as 'secret_options'"
_NONE: FrozenSet[str] = frozenset()


def read(state_dir: str) -> FrozenSet[str]:
    """Return the names on record, in lower case; none without a record.

    Raises MomentumError for a record that cannot be read: without it nobody knows what must stay hidden.
    """
    path = os.path.join(state_dir, NAME)
    try:
        return records.read(path, _names, _NONE, _REMEDY)
    except NotADirectoryError:
        return _NONE
    except OSError as error:
        raise MomentumError("%s: %s; run the task as root (become: true)" % (path, error.strerror or error))


def remember(state_dir: str, names: FrozenSet[str]) -> None:
    """Add names to the record. Raises as `read` does, LockTimeout, UnsafePath, OSError."""
    if names <= read(state_dir):
        return
    refuse_unrecordable(state_dir, names)
    with records.locked(state_dir):
        records.write(os.path.join(state_dir, NAME), sorted(names | read(state_dir)))


def refuse_unrecordable(state_dir: str, names: FrozenSet[str]) -> None:
    """Refuse, in check mode as `remember` does, where names could not be added. Raises as `read` does, UnsafePath, OSError."""
    if not names <= read(state_dir):
        directory.refuse_unusable(state_dir)
        obstacles.refuse([os.path.join(state_dir, NAME)])


def _names(data: Any) -> FrozenSet[str]:
    if not isinstance(data, list) or not all(isinstance(name, str) for name in data):
        raise TypeError("no list of names")
    return frozenset(data)
