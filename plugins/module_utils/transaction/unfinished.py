# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is reported about transactions that an earlier run left unfinished. Nothing here changes a file."""

import errno
import os
from typing import Dict, List

from ..files import foreseen
from ..files.safe_files import status
from ..files.safe_paths import DirectoryEntry, UnsafePath, locate
from . import journal
from .journal import COMMITTED, SWAPPING, Entry, Journal, JournalDamaged
from .recovery import REMOVE, RETURN, decide, due_of, look

_REMEDY = (
    "Compare the files with their backup, let msys.momentum.restore roll the transaction back or put the intended content in "
    "place, and then remove the journal; until then the backup is kept. Other changes are not affected"
)


def foretell(state: DirectoryEntry) -> List[str]:
    """What the next run that writes would recover and report, one sentence each; from now on this process sees the files, and the
    pending activation, as they would be then. Raises OSError.

    The caller has waited until no transaction is running."""
    foreseen.forget()
    try:
        found = journal.read(state)
    except JournalDamaged as error:
        name = state.sibling("journal." + error.phase)
        pending = ["%s %s; a run moves it out of the way first" % (name, error.reason)]
    else:
        pending = [] if found is None else [_pending(state, found)]
        if found is not None:
            foreseen.remember(_names(found), *_due(found))
    return pending + [describe(state, name) for name in journal.unreported(state)]


def _names(found: Journal) -> foreseen.Names:
    """Where each file is now that recovery would put back; the hidden ones beside it will be gone."""
    names: Dict[str, Dict[str, str]] = {}
    for entry in found.entries:
        directory, name = os.path.split(entry.path)
        here = names.setdefault(directory, {})
        here.update({hidden: "" for hidden in (entry.staged, entry.kept) if hidden})
        action = _action(entry) if found.phase == SWAPPING else ""
        if action in (REMOVE, RETURN):
            here[name] = entry.kept if action == RETURN else ""
    return names


def _action(entry: Entry) -> str:
    try:
        with locate(entry.path, follow=False) as place:
            return decide(place, entry)[0]
    except (OSError, UnsafePath):
        return ""  # it stays as it is, and `_states` says why


def _due(found: Journal) -> List[foreseen.Due]:
    due = due_of(found, True)
    return [] if due is None else [due]


def _pending(state: DirectoryEntry, found: Journal) -> str:
    action = "finishes" if found.phase == COMMITTED else "undoes"
    return (
        "transaction %s was left unfinished by an earlier run; a run %s it first, and this task, which writes nothing, reads the "
        "files as they will be then. Now: %s" % (found.identifier, action, _states(state, found))
    )


def describe(state: DirectoryEntry, name: str) -> str:
    """Report a journal that was set aside: where it is, how its files are now, and what to do. Never raises: nobody is to
    be hindered by it."""
    path = state.sibling(name)
    phase = name.rpartition(".")[2]
    try:
        found = journal.read_as(state, name, phase)
    except (JournalDamaged, OSError) as error:
        reason = error.reason if isinstance(error, JournalDamaged) else error.strerror
        backups = state.sibling("backups")
        return (
            "the journal of an unfinished transaction could not be used (%s) and was moved to %s. Files of that "
            "transaction may be old or new. Compare the configuration with the newest backup in %s, look for hidden "
            "files that begin with .momentum- beside it, and then remove the journal. Other changes are not affected"
            % (reason, path, backups)
        )
    done = "finished" if phase == COMMITTED else "undone"
    return "transaction %s could not be %s completely; its journal was moved to %s. %s. %s" % (
        found.identifier,
        done,
        path,
        _states(state, found),
        _REMEDY,
    )


def _states(state: DirectoryEntry, found: Journal) -> str:
    directory = os.path.join(os.path.dirname(state.path), "backups", found.identifier)
    kept = [index for index, entry in enumerate(found.entries) if entry.before]
    words = []
    for index, entry in enumerate(found.entries):
        backup = os.path.join(directory, str(index)) if found.phase == SWAPPING and index in kept else ""
        words.append("%s %s" % (entry.path, _state(entry, backup)))
    return "; ".join(words)


def _state(entry: Entry, backup: str) -> str:
    try:
        with locate(entry.path, follow=False) as place:
            content = look(place)[0]
            left = [name for name in (entry.staged, entry.kept) if status(place, name) is not None]
    except UnsafePath as error:
        return "cannot be reached (%s)%s" % (error.reason, _old_in(backup))
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return "cannot be reached: its directory is gone%s" % _old_in(backup)
        return "cannot be reached (%s)%s" % (error.strerror, _old_in(backup))
    if content == entry.before:
        words = "is as it was before" if entry.before else "does not exist, as before"
    elif content == entry.after:
        words = ("has the new content" if entry.after else "was removed") + _old_in(backup)
    else:
        words = "was changed by somebody else" + _old_in(backup)
    return words + ("; beside it there is " + " and ".join(left) if left else "")


def _old_in(backup: str) -> str:
    return " (the old one is in %s)" % backup if backup else ""
