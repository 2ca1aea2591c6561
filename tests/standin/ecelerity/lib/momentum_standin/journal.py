# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""paniclog and the terminal: where the daemon says what happens (milestones go to paniclog since 4.3.0)."""

import os
import sys
import threading
from typing import Optional, TextIO

from . import errors

_lock = threading.Lock()
_file: Optional[TextIO] = None


def open_in(folder: str, uid: int, gid: int) -> None:
    """Open paniclog in a folder, for the user who will write to it. A folder that is missing is said once."""
    global _file
    path = os.path.join(folder, "paniclog.ec")
    try:
        _file = open(path, "a", buffering=1, errors="replace")
        if os.geteuid() == 0:
            os.fchown(_file.fileno(), uid, gid)
    except OSError as error:
        say("cannot write %s: %s" % (path, error.strerror))


def say(message: str) -> None:
    """One message, with its date, on standard error and in paniclog."""
    line = message if message.startswith("[") else "%s %s" % (errors.stamp(), message)
    with _lock:
        for stream in (sys.stderr, _file):
            if stream is not None:
                stream.write(line + "\n")
                stream.flush()
