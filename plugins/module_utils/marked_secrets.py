# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that tasks marked as secrets on this node.

A mark is part of one task, but every later task reads the same files and may show them. So the names, never the values, are kept in
the state directory, and every module hides the values of these options.
"""

import json
import os
from typing import FrozenSet

from . import reading
from .errors import MomentumError

NAME = "secret_options.json"


def read(state_dir: str) -> FrozenSet[str]:
    """Return the names on record, in lower case; none without a record.

    Raises MomentumError for a record that cannot be read: without it nobody knows what must stay hidden.
    """
    path = os.path.join(state_dir, NAME)
    try:
        names = json.loads(reading.read(path).decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except OSError as error:
        raise MomentumError("%s cannot be read: %s. Run the task as root." % (path, error.strerror or error))
    except ValueError:
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise MomentumError(
            "%s is damaged. It lists the options that tasks marked as secrets; remove it, and give these names to the next task "
            "as 'secret_options'." % path
        )
    return frozenset(names)


def remember(state_dir: str, names: FrozenSet[str]) -> None:
    """Add names to the record. Raises MomentumError as `read` does, LockTimeout, OSError."""
    if names <= read(state_dir):
        return
    from .activation import LOCK_TIMEOUT
    from .files import ensure_directory, write_file
    from .lock import Lock

    if not os.path.isdir(state_dir):
        ensure_directory(state_dir, os.geteuid(), os.getegid(), 0o700)
    with Lock(state_dir, LOCK_TIMEOUT):
        content = json.dumps(sorted(names | read(state_dir)), indent=1).encode("ascii") + b"\n"
        write_file(os.path.join(state_dir, NAME), content, os.geteuid(), os.getegid(), 0o600)
