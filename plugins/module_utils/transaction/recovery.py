# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finish or undo an unfinished transaction, from what the journal and the directories say.

Nothing here depends on the memory of the process that began: the same code runs in the process itself after a
failure, in its watchdog after it was killed, and in the next run after the whole node went down. Every step may be
the last one, and the whole may be repeated: it reaches the same end.

The directories may belong to somebody who works against it. Whatever is in the way there (a link, another directory,
a socket, an exchanged copy), it is never followed and never believed: a file is put back only if its content is the
new one and the copy beside it is the old one, by their digests. What cannot be put back for such a reason will not be
put back by a second attempt either, so it does not hinder anybody: the journal is set aside, with the backup, and the
next run reports it. Only an error of the disk itself keeps the journal where it is.
"""

import hashlib
import os
import shutil
from contextlib import contextmanager
from typing import Iterator, List, Mapping, Optional, Sequence, Tuple

from ..files.safe_files import clear_leftovers, is_passing, move, read_place, remove, status, sync
from ..files.safe_paths import DirectoryEntry, UnsafePath, locate
from ..state import pending
from . import backups, journal
from .journal import COMMITTED, SWAPPING, Entry, Journal, JournalDamaged

Held = Mapping[str, DirectoryEntry]
NOTHING, REMOVE, RETURN = "nothing", "remove", "return"


class Recovery:
    """What `undo_or_finish` did: `.identifier` of the transaction ('' if unknown), `.undone` (True: old state, False: new
    state), `.problems` (what is not as it should be and will not be by another attempt), `.aside` (where the journal
    was moved for that reason, ''), `.errors` (files that the disk did not let put back now; the journal stays and the
    next run tries again)."""

    __slots__ = ("identifier", "undone", "problems", "aside", "errors")

    def __init__(self, identifier: str, undone: bool) -> None:
        self.identifier = identifier
        self.undone = undone
        self.problems: List[str] = []
        self.aside = ""
        self.errors: List[str] = []

    @property
    def complete(self) -> bool:
        """Whether every file is as it should be."""
        return not self.problems and not self.errors

    def describe(self) -> str:
        """One sentence for people."""
        done = "rolled back" if self.undone else "finished"
        text = "transaction %s was %s%s" % (self.identifier, done, "" if self.complete else " as far as possible")
        if self.problems:
            text += "; " + "; ".join(self.problems)
        if self.aside:
            text += "; its journal was moved to %s" % self.aside
        if self.errors:
            text += "; not put back yet: " + ", ".join(self.errors)
        return text


def digest(content: Optional[bytes]) -> str:
    """SHA-256 in hexadecimal; '' for a file that does not exist."""
    return "" if content is None else hashlib.sha256(content).hexdigest()


def undo_or_finish(
    state: DirectoryEntry, give_up: bool = False, held: Optional[Held] = None, late: bool = False
) -> Optional[Recovery]:
    """Undo the unfinished transaction of a state directory, or finish it when it was committed. The caller holds the
    lock. None when there is none.

    give_up: undo even a committed one (the process that committed it could not make that durable).
    held: the places of the transaction's files (by the path in the journal) that the caller still holds open: they lead
    to the directories that were changed, wherever those were moved. Other paths are walked again.
    late: this is not done at once, by the process itself or its watchdog: the daemon may have read the new files since.
    Raises OSError when the state directory itself cannot be written to.
    """
    # Where the checker builds its shadows, of which a killed process leaves one behind.
    shutil.rmtree(state.sibling("check"), ignore_errors=True)
    try:
        found = journal.read(state)
    except JournalDamaged as error:
        return _damaged(state, error)
    if found is None:
        journal.clear(state)
        return None
    if found.phase == COMMITTED and give_up:
        journal.enter(state, COMMITTED, SWAPPING)
        found = found._replace(phase=SWAPPING)
    outcome = Recovery(found.identifier, found.phase != COMMITTED)
    for entry in reversed(found.entries):
        _attempt(entry, found, outcome, held or {})
    _note_due(state, found, late)
    if outcome.problems and not outcome.errors:
        outcome.aside = journal.set_aside(state, found.phase, found.identifier)
    elif not outcome.errors:
        if outcome.undone:
            _discard(state, found.identifier)
        journal.clear(state, found.phase)
    return outcome


def _note_due(state: DirectoryEntry, found: Journal, late: bool) -> None:
    """Record which activation is pending before the journal is removed. Raises OSError, UnsafePath."""
    due = due_of(found, late)
    if due is not None:
        pending.record(os.path.dirname(state.path), *due)
        clear_leftovers(state, alone=True)


def due_of(found: Journal, late: bool) -> Optional[Tuple[str, str, Sequence[str]]]:
    """Level, transaction and files of the activation that the recovery makes pending; None for none.

    That of a committed transaction always. Where files were put back late, the daemon may have been started or reloaded with
    the new ones, after a crash of the whole node for one: then it is to read the old ones again. That transaction itself is
    gone, and is not named among those that could be put back."""
    is_committed = found.phase == COMMITTED
    if found.due.level == "none" or not (is_committed or (found.phase == SWAPPING and late)):
        return None
    return found.due.level, found.identifier if is_committed else "", found.due.files


def _damaged(state: DirectoryEntry, error: JournalDamaged) -> Recovery:
    """A transaction of which nothing is known but, at best, its backup: that is kept with its journal."""
    identifier = error.identifier or backups.newest(state)
    outcome = Recovery(identifier, True)
    outcome.problems.append("%s: %s" % (state.sibling("journal." + error.phase), error.reason))
    outcome.aside = journal.set_aside(state, error.phase, identifier)
    return outcome


def _discard(state: DirectoryEntry, identifier: str) -> None:
    """Remove the backup of a transaction that was undone. One that cannot be removed does no harm."""
    try:
        backups.discard(state, identifier)
    except (OSError, UnsafePath) as error:
        if is_passing(error):
            raise


@contextmanager
def _place_of(entry: Entry, held: Held) -> Iterator[DirectoryEntry]:
    place = held.get(entry.path)
    if place is not None:
        yield place
        return
    with locate(entry.path, follow=False) as found:
        yield found


def _attempt(entry: Entry, found: Journal, outcome: Recovery, held: Held) -> None:
    try:
        with _place_of(entry, held) as place:
            words = _undo(place, entry) if found.phase == SWAPPING else ""
            if words:
                outcome.problems.append("%s %s" % (entry.path, words))
            _clean(place, entry, outcome)
            sync(place)
    except (OSError, UnsafePath) as error:
        _note(entry.path, error, outcome)


def _clean(place: DirectoryEntry, entry: Entry, outcome: Recovery) -> None:
    """Remove the hidden files of an entry, the kept one first: see `_undo`."""
    for name in (entry.kept, entry.staged):
        try:
            remove(place, name)
        except OSError as error:
            _note(place.sibling(name), error, outcome)


def _note(path: str, error: Exception, outcome: Recovery) -> None:
    words = str(error) if isinstance(error, UnsafePath) else "%s: %s" % (path, getattr(error, "strerror", error))
    (outcome.errors if is_passing(error) else outcome.problems).append(words)


def decide(place: DirectoryEntry, entry: Entry) -> Tuple[str, str]:
    """What undoing does to one target, which has been swapped or not: NOTHING, REMOVE or RETURN (the kept file takes its place),
    and '' or what is wrong with it. Changes nothing; check mode gets the same.

    When only owner, group or mode change, the content tells nothing: then the kept file has been put back once it is
    gone, and `_clean` therefore removes it first."""
    current = look(place)[0]
    if current == entry.before != entry.after:
        return NOTHING, ""
    if current != entry.after:
        return NOTHING, "was changed by somebody else meanwhile and was left alone"
    if not entry.before:
        return REMOVE, ""
    if entry.before == entry.after and status(place, entry.kept) is None:
        return NOTHING, ""
    if _kept(place, entry)[0] != entry.before:
        return NOTHING, "has its new content, because somebody removed or changed the copy of the old one beside it"
    return RETURN, ""


def _kept(place: DirectoryEntry, entry: Entry) -> Tuple[Optional[str], Optional[os.stat_result]]:
    return look(DirectoryEntry(place.directory, entry.kept, place.sibling(entry.kept)))


def _undo(place: DirectoryEntry, entry: Entry) -> str:
    """Put one target back; returns '' or what is wrong with it."""
    action, words = decide(place, entry)
    if action == REMOVE:
        remove(place, place.name)
    return _put_kept_back(place, entry) if action == RETURN else words


def _put_kept_back(place: DirectoryEntry, entry: Entry) -> str:
    kept = _kept(place, entry)[1]
    move(place, entry.kept, place.name)
    # Its number alone proves nothing: that of a file that was removed is soon given to another.
    content, now = look(place)
    if now is None or kept is None or content != entry.before or not _is_same(now, kept):
        return "was exchanged by somebody else while it was put back"
    return ""


def _is_same(one: os.stat_result, other: os.stat_result) -> bool:
    facts = [(info.st_uid, info.st_gid, info.st_mode) for info in (one, other)]
    return os.path.samestat(one, other) and facts[0] == facts[1]


def look(place: DirectoryEntry) -> Tuple[Optional[str], Optional[os.stat_result]]:
    """The digest and the stat result of the file at a place: '' and None when there is none; None and None for what is
    no plain file, or cannot be read for a reason that somebody arranged. Raises OSError for those of the disk."""
    try:
        snapshot = read_place(place)
    except (OSError, UnsafePath) as error:
        if is_passing(error):
            raise
        return None, None
    return (digest(snapshot.content), snapshot.info) if snapshot else ("", None)
