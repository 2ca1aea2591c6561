# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal: what an unfinished transaction has done or may have done, so that anybody can finish or undo it.

It is written once, completely, before the first file of a transaction exists. Its phase is part of its file name, so
that entering the next phase is a rename(2): atomic, and possible on a full disk.

    journal.staging     new files and copies of the old ones may exist under hidden names; no target is changed
    journal.swapping    all of them exist; targets may be changed
    journal.committed   all targets are changed, checked and durable; hidden names are to be removed

It also holds what a committed transaction leaves to be done: which activation of the daemon is then due (see state/pending.py).
Whoever finishes the transaction records that before the journal is removed, so no instant is left in which the files are
new and nobody knows that the daemon is to be reloaded or restarted.

A journal that can be neither finished nor undone must not hinder later transactions. It is set aside, by a rename too:

    aside-ID.N.PHASE            to be reported by the next run
    aside-ID.N.PHASE.reported   reported; kept, with the backup of that transaction, until the operator removes it
"""

import json
import os
import re
from typing import Any, Dict, List, NamedTuple, Optional, Set

from ..errors import MomentumError
from ..files.safe_files import Attributes, create, is_passing, move, read_place, remove, status, sync
from ..files.safe_paths import DirectoryEntry, UnsafePath
from ..state import pending
from ..state.pending import NOTHING_DUE, Due

STAGING = "staging"
SWAPPING = "swapping"
COMMITTED = "committed"
IDENTIFIER = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}-[0-9a-f]{8}\Z")
UNKNOWN = "unknown"
_PHASES = (COMMITTED, SWAPPING, STAGING)  # the furthest first
_NEW = "journal.new"
_FORMAT = 1
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_ASIDE = re.compile(r"aside-(.{1,64})\.[0-9]{1,4}\.[a-z]{1,16}(\.reported)?\Z")


def _name(phase: str) -> str:
    return "journal." + phase


_NAMES = frozenset([_name(phase) for phase in _PHASES] + [_NEW])


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
    """The content of the journal: the identifier of the transaction, its entries, the phase it was found in, and the activation
    that is due once it is committed (none in a journal of version 0.2)."""

    identifier: str
    entries: List[Entry]
    phase: str = STAGING
    due: Due = NOTHING_DUE


class JournalDamaged(MomentumError):
    """A journal that cannot be followed: `.reason` says why, `.phase` is that of its name, `.identifier` that of the
    transaction, as far as it is still known ('')."""

    def __init__(self, reason: str, phase: str, identifier: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.phase = phase
        self.identifier = identifier


def hidden(identifier: str, index: int, suffix: str) -> str:
    """The hidden name of the file number `index` of a transaction; suffix: 'new' or 'old'."""
    return ".momentum-%s.%d.%s" % (identifier, index, suffix)


def write(state: DirectoryEntry, journal: Journal) -> None:
    """Write the journal of a new transaction, durably. `state` is any place in the state directory."""
    document = {
        "format": _FORMAT,
        "transaction": journal.identifier,
        "entries": [entry._asdict() for entry in journal.entries],
        "due": {"level": journal.due.level, "files": list(journal.due.files)},
    }
    content = json.dumps(document, indent=1).encode("ascii")
    _drop(state, _NEW)
    create(state, _NEW, content, Attributes(os.geteuid(), os.getegid(), 0o600))
    move(state, _NEW, _name(STAGING))
    sync(state)


def enter(state: DirectoryEntry, old: str, new: str) -> None:
    """Go from one phase to another, durably."""
    move(state, _name(old), _name(new))
    sync(state)


def read(state: DirectoryEntry) -> Optional[Journal]:
    """The journal of an unfinished transaction, None when there is none. Raises JournalDamaged, OSError."""
    for phase in _PHASES:
        if status(state, _name(phase)) is not None:
            return read_as(state, _name(phase), phase)
    return None


def read_as(state: DirectoryEntry, name: str, phase: str) -> Journal:
    """The journal in the file `name`. Raises JournalDamaged for what no transaction of this version has written,
    OSError where the disk does not give it now."""
    try:
        snapshot = read_place(DirectoryEntry(state.directory, name, state.sibling(name)))
    except (UnsafePath, OSError) as error:
        if is_passing(error):
            raise
        reason = error.reason if isinstance(error, UnsafePath) else str(error.strerror)
        raise JournalDamaged(reason, phase)
    if snapshot is None:
        raise JournalDamaged("is gone", phase)
    info = snapshot.info
    identifier = _likely_identifier(snapshot.content)
    if info.st_uid != os.geteuid() or info.st_mode & 0o022:
        reason = "uid %d could write to it (mode %04o)" % (info.st_uid, info.st_mode & 0o7777)
        raise JournalDamaged(reason, phase, identifier)
    try:
        return _decode(snapshot.content, phase)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise JournalDamaged("cannot be read: %s" % (str(error) or type(error).__name__), phase, identifier)


def clear(state: DirectoryEntry, *phases: str) -> None:
    """Remove the journals of these phases, of transactions that are finished or undone, and what was never one. Durable
    before it returns."""
    gone = [_drop(state, name) for name in [_name(phase) for phase in phases] + [_NEW]]
    if any(gone):
        sync(state)


def set_aside(state: DirectoryEntry, phase: str, identifier: str) -> str:
    """Rename the journal of a phase, so that it hinders nobody, durably. Returns its new path."""
    path = _put_aside(state, _name(phase), identifier or UNKNOWN, phase)
    sync(state)
    return path


def is_pending(state_dir: str) -> bool:
    """Whether anything is to be recovered or reported. Never raises: one look at the names of the directory."""
    try:
        names = os.listdir(state_dir)
    except OSError:
        return False
    return any(name in _NAMES or _is_unreported(name) for name in names)


def unreported(state: DirectoryEntry) -> List[str]:
    """The names of the journals that were set aside and that have not been reported, oldest first. Raises OSError."""
    return [name for name in sorted(_names_beside(state)) if _is_unreported(name)]


def set_aside_identifiers(state: DirectoryEntry) -> Set[str]:
    """The transactions whose journals are set aside, reported or not: their backups are kept. Raises OSError."""
    return {match.group(1) for match in map(_ASIDE.match, _names_beside(state)) if match}


def _names_beside(state: DirectoryEntry) -> List[str]:
    return os.listdir(os.path.dirname(state.path))


def _is_unreported(name: str) -> bool:
    match = _ASIDE.match(name)
    return match is not None and not match.group(2)


def mark_reported(state: DirectoryEntry, name: str) -> None:
    """Note that a journal that was set aside was reported. Not durable: at worst it is reported twice."""
    move(state, name, name + ".reported")


def _drop(state: DirectoryEntry, name: str) -> bool:
    """Remove a name; a directory that somebody made there is moved out of the way."""
    try:
        return remove(state, name)
    except IsADirectoryError:
        _put_aside(state, name, UNKNOWN, name.rpartition(".")[2])
        return True


def _put_aside(state: DirectoryEntry, name: str, identifier: str, phase: str) -> str:
    number = 0
    while True:
        target = "aside-%s.%d.%s" % (identifier, number, phase)
        if status(state, target) is None and status(state, target + ".reported") is None:
            move(state, name, target)
            return state.sibling(target)
        number += 1


def _likely_identifier(content: bytes) -> str:
    """The identifier in a damaged journal, '' if there is none: it stands near the beginning."""
    found = re.search(IDENTIFIER.pattern[:-2].encode("ascii"), content[:1024])
    return found.group().decode("ascii") if found else ""


def _decode(content: bytes, phase: str) -> Journal:
    document: Dict[str, Any] = json.loads(content.decode("ascii"))
    if document["format"] != _FORMAT:
        raise ValueError("it has format %r, this version knows %d" % (document["format"], _FORMAT))
    identifier = document["transaction"]
    if not IDENTIFIER.match(identifier):
        raise ValueError("%r is not the identifier of a transaction" % identifier)
    entries = [Entry(**entry) for entry in document["entries"]]
    for index, entry in enumerate(entries):
        _judge(entry, identifier, index)
    return Journal(identifier, entries, phase, _due(document.get("due")))


def _due(found: Any) -> Due:
    """The activation in a journal. Raises ValueError, KeyError, TypeError."""
    if found is None:
        return NOTHING_DUE
    pending.strongest(found["level"])
    if not all(isinstance(path, str) for path in found["files"]):
        raise ValueError("the files that are due are no paths")
    return Due(found["level"], tuple(found["files"]))


def _judge(entry: Entry, identifier: str, index: int) -> None:
    """Root renames and removes what an entry names, so it must be what a transaction writes. Raises ValueError."""
    expected = entry._replace(
        staged=hidden(identifier, index, "new") if entry.after else "",
        kept=hidden(identifier, index, "old") if entry.before else "",
    )
    digests = [one for one in (entry.before, entry.after) if one]
    if entry != expected or not os.path.isabs(entry.path) or not all(_DIGEST.match(one) for one in digests):
        raise ValueError("entry %d is not one of a transaction" % index)
