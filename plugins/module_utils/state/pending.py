# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the daemon has yet to load, kept on the node so that no interrupted run can lose it.

Two records in the state directory: `pending.json` says what writing tasks asked for and nobody has done yet;
`activated.json` says what the running process has loaded. Both are replaced in one step and are root's alone.
"""

import os
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from ..files import foreseen
from . import records

LEVELS = ("none", "reload", "restart")
_PENDING = "pending.json"
_ACTIVATED = "activated.json"


class Pending(NamedTuple):
    """What is pending: the level, since when (seconds since the epoch), by which transactions, oldest first,
    of which files."""

    level: str = "none"
    since: float = 0.0
    transactions: Sequence[str] = ()
    files: Sequence[str] = ()


class Activated(NamedTuple):
    """What a process has loaded: the process (pid and start in clock ticks), the digest of each file, two digests that
    tell a restart or a second reload from a reload (see drift.py), and where the console answers without a password."""

    process: Sequence[int]
    files: Dict[str, str]
    static: str
    listeners: str
    consoles: Sequence[str] = ()


class Due(NamedTuple):
    """What the daemon has to do once a transaction is committed: the level, and the paths of the files that it concerns."""

    level: str = "none"
    files: Sequence[str] = ()


NOTHING = Pending()
NOTHING_DUE = Due()


def strongest(*levels: str) -> str:
    """The level that includes all others; `none` for no level. ValueError for a word that is no level."""
    return LEVELS[max([LEVELS.index(level) for level in levels], default=0)]


def request(state_dir: str, level: str, transaction_id: str, files: Sequence[str]) -> Pending:
    """Record that a change of these files needs a reload or restart. What is pending already stays pending."""
    with records.locked(state_dir):
        return record(state_dir, level, transaction_id, files)


def record(state_dir: str, level: str, transaction_id: str, files: Sequence[str]) -> Pending:
    """As `request`, for callers that hold the lock of the state directory. The same twice is the same as once."""
    before = pending(state_dir)
    due = _merge(before, level, transaction_id, files)
    if due != before:
        records.write(os.path.join(state_dir, _PENDING), due._asdict())
    return due


def pending(state_dir: str) -> Pending:
    """What is pending; NOTHING without a record. A damaged record makes a restart pending, because that is always enough."""
    found: Pending = _read(state_dir, _PENDING, _pending, NOTHING, Pending(level="restart"))
    for level, transaction_id, files in foreseen.requests:
        found = _merge(found, level, transaction_id, files)
    return found


def activated(state_dir: str) -> Optional[Activated]:
    """What was loaded last; None without a record or if it cannot be read."""
    found: Optional[Activated] = _read(state_dir, _ACTIVATED, _activated, None, None)
    return found


def done(state_dir: str, seen: Optional[Pending] = None, now: Optional[Activated] = None) -> None:
    """Forget what was pending and record what the process has loaded by now.

    `seen` is what was pending when the activation began: anything requested since stays pending.
    """
    if now is None and not os.path.exists(os.path.join(state_dir, _PENDING)):
        return
    with records.locked(state_dir):
        if now is not None:
            records.write(os.path.join(state_dir, _ACTIVATED), now._asdict())
        if seen is None or pending(state_dir) == seen:
            _remove(os.path.join(state_dir, _PENDING))


def put_back(state_dir: str, transactions: Sequence[str]) -> None:
    """Record that transactions are put back: a later failure must not put them back again, while their activation stays pending."""
    with records.locked(state_dir):
        before = pending(state_dir)
        left = [name for name in before.transactions if name not in set(transactions)]
        if len(left) != len(before.transactions):
            records.write(os.path.join(state_dir, _PENDING), before._replace(transactions=left)._asdict())


def withdraw(state_dir: str, before: Pending, due: Due, transaction_id: str) -> None:
    """Record what was pending before a transaction whose files were put back before the daemon could load them. What somebody else has recorded
    since stays. Raises what `request` raises."""
    path = os.path.join(state_dir, _PENDING)
    with records.locked(state_dir):
        now = pending(state_dir)
        if now == _merge(before._replace(since=now.since), due.level, transaction_id, due.files):
            _remove(path) if before == NOTHING else records.write(path, before._asdict())


def _merge(before: Pending, level: str, transaction_id: str, files: Sequence[str]) -> Pending:
    import time

    return Pending(
        level=strongest(before.level, level),
        since=before.since or time.time(),
        transactions=_appended(before.transactions, [transaction_id] if transaction_id else []),
        files=_appended(before.files, files),
    )


def _appended(before: Sequence[str], more: Sequence[str]) -> List[str]:
    # A dict keeps the order of its keys from Python 3.6 on, the oldest one supported.
    return list(dict.fromkeys(list(before) + list(more)))


def _pending(data: Dict[str, Any]) -> Pending:
    strongest(data["level"])
    transactions, files = [str(name) for name in data["transactions"]], [str(path) for path in data["files"]]
    return Pending(data["level"], float(data["since"]), transactions, files)


def _activated(data: Dict[str, Any]) -> Activated:
    process = [int(number) for number in data["process"]]
    files = {str(path): str(digest) for path, digest in data["files"].items()}
    consoles = tuple(str(endpoint) for endpoint in data.get("consoles", ()))
    return Activated(process, files, str(data["static"]), str(data["listeners"]), consoles)


def _read(state_dir: str, name: str, build: Any, absent: Any, damaged: Any) -> Any:
    try:
        return records.read(os.path.join(state_dir, name), build, absent)
    except records.RecordDamaged:
        return damaged


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
