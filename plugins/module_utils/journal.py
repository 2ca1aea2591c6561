# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal: what an unfinished transaction has done or may have done, so that anybody can finish or undo it.

It is written once, completely, before the first file of a transaction exists. Its phase is part of its file name, so
that entering the next phase is a rename(2): atomic, and possible on a full disk.

    journal.staging     new files and copies of the old ones may exist under hidden names; no target is changed
    journal.swapping    all of them exist; targets may be changed
    journal.committed   all targets are changed, checked and durable; hidden names are to be removed
"""

import json
import os
from typing import Any, Dict, List, NamedTuple, Optional

from .files import Attributes, create, move, read_place, remove, sync
from .paths import Place

STAGING = "staging"
SWAPPING = "swapping"
COMMITTED = "committed"
_PHASES = (COMMITTED, SWAPPING, STAGING)  # the furthest first
_NEW = "journal.new"
_FORMAT = 1


def _name(phase: str) -> str:
    return "journal." + phase


_NAMES = [_name(phase) for phase in _PHASES] + [_NEW]


class Entry(NamedTuple):
    """One changed file. `path` has its links resolved. `staged` and `kept` are names beside it: of the new file and of
    the old one (a copy while the target still exists, the file itself once it is removed). `before` and `after` are
    the SHA-256 digests of the content in hexadecimal, '' where there is no file."""

    path: str
    staged: str
    kept: str
    before: str
    after: str


class Journal(NamedTuple):
    """The content of the journal: the identifier of the transaction, its entries, and the phase it was found in."""

    identifier: str
    entries: List[Entry]
    phase: str = STAGING


class JournalDamaged(Exception):
    """The journal cannot be read; somebody must look at it."""


def write(state: Place, journal: Journal) -> None:
    """Write the journal of a new transaction, durably. `state` is any place in the state directory."""
    document = {
        "format": _FORMAT,
        "transaction": journal.identifier,
        "entries": [entry._asdict() for entry in journal.entries],
    }
    content = json.dumps(document, indent=1).encode("ascii")
    remove(state, _NEW)
    create(state, _NEW, content, Attributes(os.geteuid(), os.getegid(), 0o600))
    move(state, _NEW, _name(STAGING))
    sync(state)


def enter(state: Place, old: str, new: str) -> None:
    """Go from one phase to another, durably."""
    move(state, _name(old), _name(new))
    sync(state)


def read(state: Place) -> Optional[Journal]:
    """The journal of an unfinished transaction, None when there is none. Raises JournalDamaged, OSError."""
    for phase in _PHASES:
        snapshot = read_place(Place(state.directory, _name(phase), state.sibling(_name(phase))))
        if snapshot is not None:
            return _decode(state.sibling(_name(phase)), snapshot.content, phase)
    return None


def clear(state: Place) -> None:
    """Remove the journal: the transaction is finished or undone. Durable before it returns."""
    gone = [remove(state, name) for name in _NAMES]
    if any(gone):
        sync(state)


def _decode(path: str, content: bytes, phase: str) -> Journal:
    try:
        document: Dict[str, Any] = json.loads(content.decode("ascii"))
        if document["format"] != _FORMAT:
            raise ValueError("format %r" % document["format"])
        return Journal(document["transaction"], [Entry(**entry) for entry in document["entries"]], phase)
    except (ValueError, KeyError, TypeError) as error:
        raise JournalDamaged("%s cannot be read (%s); nothing is changed until it is removed" % (path, error))
