# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finish or undo an unfinished transaction, from what the journal and the directories say.

Nothing here depends on the memory of the process that began: the same code runs in the process itself after a
failure, in its guardian after it was killed, and in the next run after the whole node went down. Every step may be
the last one, and the whole may be repeated: it reaches the same end.
"""

import hashlib
import shutil
from typing import List, Optional

from . import backups, journal
from .files import move, read_place, remove, status, sync
from .journal import COMMITTED, SWAPPING, Entry, Journal
from .paths import Place, UnsafePath, locate


class Outcome:
    """What `settle` did: `.identifier` of the transaction, `.undone` (True: old state, False: new state),
    `.foreign` (files that somebody else changed meanwhile and that were left alone), `.errors` (files that could not
    be put back now; the journal stays and the next run tries again)."""

    __slots__ = ("identifier", "undone", "foreign", "errors")

    def __init__(self, identifier: str, undone: bool) -> None:
        self.identifier = identifier
        self.undone = undone
        self.foreign: List[str] = []
        self.errors: List[str] = []

    @property
    def complete(self) -> bool:
        """Whether every file is as it should be."""
        return not self.foreign and not self.errors

    def describe(self) -> str:
        """One sentence for people."""
        text = "transaction %s was %s" % (self.identifier, "rolled back" if self.undone else "finished")
        if self.foreign:
            text += "; changed by somebody else meanwhile and left alone: " + ", ".join(self.foreign)
        if self.errors:
            text += "; not put back: " + ", ".join(self.errors)
        return text


def digest(content: Optional[bytes]) -> str:
    """SHA-256 in hexadecimal; '' for a file that does not exist."""
    return "" if content is None else hashlib.sha256(content).hexdigest()


def settle(state: Place, give_up: bool = False) -> Optional[Outcome]:
    """Undo the unfinished transaction of a state directory, or finish it when it was committed. The caller holds the
    lock. None when there is none.

    give_up: undo even a committed one (the process that committed it could not make that durable).
    Raises JournalDamaged, and OSError when the state directory itself cannot be written to.
    """
    # Where the checker builds its shadows, of which a killed process leaves one behind.
    shutil.rmtree(state.sibling("check"), ignore_errors=True)
    found = journal.read(state)
    if found is None:
        journal.clear(state)
        return None
    if found.phase == COMMITTED and give_up:
        journal.enter(state, COMMITTED, SWAPPING)
        found = found._replace(phase=SWAPPING)
    outcome = Outcome(found.identifier, found.phase != COMMITTED)
    for entry in reversed(found.entries):
        _attempt(entry, found, outcome)
    if not outcome.errors:
        if outcome.undone and not outcome.foreign:
            backups.discard(state, found.identifier)
        journal.clear(state)
    return outcome


def _attempt(entry: Entry, found: Journal, outcome: Outcome) -> None:
    try:
        with locate(entry.path, follow=False) as place:
            if found.phase == SWAPPING:
                _undo(place, entry, outcome)
            remove(place, entry.kept)
            remove(place, entry.staged)
            sync(place)
    except FileNotFoundError:
        if found.phase == SWAPPING:
            outcome.foreign.append(entry.path)  # its directory is gone: there is nothing to put it back into
    except (OSError, UnsafePath) as error:
        outcome.errors.append(str(error) if isinstance(error, UnsafePath) else "%s: %s" % (entry.path, error.strerror))


def _undo(place: Place, entry: Entry, outcome: Outcome) -> None:
    """Put one target back. While the staged file exists the target was not touched; once the kept one is gone, it has
    been put back already. `_attempt` therefore removes the kept file before the staged one."""
    if entry.after and status(place, entry.staged) is not None:
        return
    if entry.before and status(place, entry.kept) is None:
        return
    present = _present_digest(place)
    if present == entry.before and entry.before != entry.after:
        return
    if present != entry.after:
        outcome.foreign.append(entry.path)
    elif entry.before:
        move(place, entry.kept, place.name)
    else:
        remove(place, place.name)


def _present_digest(place: Place) -> Optional[str]:
    """The digest of what stands at a place, None when it is no plain file."""
    try:
        snapshot = read_place(place)
    except UnsafePath:
        return None
    return digest(snapshot.content if snapshot else None)
