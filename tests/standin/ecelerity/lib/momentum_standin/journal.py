# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The log files and the terminal. A file is opened at the start and held until `reopen logs`, whatever becomes of its name (page
"ec_rotate"); milestones go to paniclog since 4.3.0."""

import os
import sys
import threading
from collections import deque
from typing import Deque, Dict, List, TextIO

from . import errors

NAMES = ("mainlog", "paniclog", "rejectlog", "bouncelog")
_lock = threading.Lock()
_directory = ""
_files: Dict[str, TextIO] = {}
last: Deque[str] = deque(maxlen=10)  # what the console repeats (page "paniclog"); there is one level here


def open_in(directory: str, uid: int, gid: int) -> None:
    """Open the logs in a directory, for the user who will write to them. A directory that is missing is reported once."""
    global _directory
    _directory = directory
    for trouble in reopen():
        say(trouble)
    if os.geteuid() == 0:
        for file in _files.values():
            os.fchown(file.fileno(), uid, gid)


def reopen() -> List[str]:
    """Open every log by its name again; what could not be opened, which goes on into the old file."""
    troubles = []
    for name in NAMES:
        path = os.path.join(_directory, name + ".ec")
        try:
            new = open(path, "a", buffering=1, errors="replace")
        except OSError as error:
            troubles.append("cannot write %s: %s" % (path, error.strerror))
            continue
        with _lock:
            old = _files.get(name)
            _files[name] = new
        if old is not None:
            old.close()
    return troubles


def write(name: str, line: str) -> None:
    """One line of a log; a full disk loses it and nothing else."""
    with _lock:
        if name in _files:
            try:
                _files[name].write(" ".join(line.splitlines()) + "\n")
                _files[name].flush()
            except OSError:
                return


def say(message: str) -> None:
    """One message, with its date, on standard error and in paniclog."""
    line = message if message.startswith("[") else "%s %s" % (errors.stamp(), message)
    with _lock:
        last.append(line)
        for stream in (sys.stderr, _files.get("paniclog")):
            if stream is not None:
                stream.write(line + "\n")
                stream.flush()
