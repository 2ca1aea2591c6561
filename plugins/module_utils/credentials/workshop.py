# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A directory in memory, of root alone, in which credmgr works on copies.

The tool never touches the files in force: what it leaves is looked at first and then put in place like any other file. So
it cannot lose anything, and cannot be led astray by links in a directory that the service user may write.
"""

import itertools
import os
import re
import shutil
import tempfile
import time
from typing import List

from ..errors import PlanError
from ..files import reading
from .entries import FACILITIES, Entry
from .places import Pair

PREFIX = "momentum-credentials-"
HEADER = b"SQLite format 3\0"
_OWNED = re.compile(re.escape(PREFIX) + r"([0-9]{1,10})-")
_OLD = 600  # seconds; no run is that long
_DIRECTORIES = ("/dev/shm", "/run")


class Workshop:
    """The directory, as a context manager; `copy` and `trial` are the two pairs in it."""

    def __init__(self) -> None:
        base = next((directory for directory in _DIRECTORIES if os.path.isdir(directory)), tempfile.gettempdir())
        _clear_after_the_killed(base)
        self.directory = tempfile.mkdtemp(prefix="%s%d-" % (PREFIX, os.getpid()), dir=base)
        self.copy = Pair(*[os.path.join(self.directory, name) for name in ("copy.db", "copy.key")])
        self.trial = Pair(*[os.path.join(self.directory, name) for name in ("trial.db", "trial.key")])

    def __enter__(self) -> "Workshop":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)


def _clear_after_the_killed(base: str) -> None:
    """Remove the directories of runs that were killed a while ago. Only our own: others may have made the name to have it
    followed. The age counts because the process may live where this one cannot see it, in a container beside."""
    for name in os.listdir(base):
        match = _OWNED.match(name)
        if match and not os.path.exists("/proc/" + match.group(1)) and _is_old_and_ours(os.path.join(base, name)):
            shutil.rmtree(os.path.join(base, name), ignore_errors=True)


def _is_old_and_ours(path: str) -> bool:
    try:
        info = os.lstat(path)
    except FileNotFoundError:
        return False
    return info.st_uid == os.geteuid() and time.time() - info.st_mtime > _OLD


def put(path: str, content: bytes) -> None:
    """Write a copy."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
        stream.write(content)


def take(path: str) -> bytes:
    """Read what the tool left."""
    return reading.read(path)


def left_behind(path: str) -> List[str]:
    """Files of a change that SQLite has not finished: a journal or a write-ahead log that holds something."""
    beside = [path + suffix for suffix in ("-journal", "-wal")]
    return [one for one in beside if os.path.exists(one) and os.path.getsize(one)]


def refuse_damaged(shown: str, copy: str) -> None:
    """Raise PlanError if a copy is no sound SQLite database; `shown` is the path of the original."""
    remedy = "put an undamaged copy back (every change leaves one in state_dir/backups) or move it away"
    if not take(copy).startswith(HEADER):
        raise PlanError("%s is no SQLite database; %s" % (shown, remedy))
    try:
        complaint = _ask(copy)
    except Exception as error:  # sqlite3 is imported only where it is needed
        complaint = [str(error)]
    if complaint != ["ok"]:
        raise PlanError("%s is damaged: %s; %s" % (shown, "; ".join(complaint[:3]), remedy))


def _ask(copy: str) -> List[str]:
    try:
        import sqlite3
    except ImportError:
        return ["ok"]  # a Python without it: the header has to do, and credmgr itself
    connection = sqlite3.connect(copy)
    try:
        return [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    finally:
        connection.close()


def holds_row_of(copy: str, entry: Entry) -> bool:
    """Whether some row has the three parts of an entry; False also where that cannot be known."""
    return any(set(entry) <= set(row) for row in _rows(copy))


def likely_entries(copy: str) -> List[Entry]:
    """What the first row that names a facility may be the entry of: the columns are not documented."""
    for row in _rows(copy):
        facilities = [cell for cell in row if cell in FACILITIES]
        if facilities:
            others = [cell for cell in row if cell != facilities[0] and len(cell) < 256 and cell.isprintable()]
            pairs = itertools.permutations([cell for cell in others if not cell.startswith("-")][:4], 2)
            return [Entry(one, other, facilities[0]) for one, other in pairs]
    return []


def _rows(copy: str) -> List[List[str]]:
    """The texts of every row of every table; nothing where SQLite cannot tell."""
    try:
        import sqlite3
    except ImportError:
        return []
    connection = sqlite3.connect(copy)
    connection.text_factory = lambda content: content.decode("utf-8", "replace")
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = [row for name in tables for row in connection.execute('SELECT * FROM "%s"' % name.replace('"', '""'))]
        return [[cell for cell in row if isinstance(cell, str)] for row in found]
    except sqlite3.Error:
        return []
    finally:
        connection.close()
