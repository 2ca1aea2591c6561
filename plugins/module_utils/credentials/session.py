# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the files in force and the requests to the files as they shall be, with the tool, on copies."""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import PlanError
from . import workshop
from .entries import DesiredEntry, Entry, action
from .hidden import CannotHide
from .places import Pair
from .tool import WAYS, Cipher, Frame, Tool, Unreadable
from .visibility import proc_hides_arguments
from .workshop import Workshop


class Contents(NamedTuple):
    """The bytes of database and key; None for a file that is not there."""

    database: Optional[bytes]
    key: Optional[bytes]


class Result(NamedTuple):
    """What was (or would be) done about each entry, how passwords were handed over, and the files afterwards. In check
    mode `after` is what is there now."""

    actions: List[Tuple[Entry, str]]
    way: str
    after: Contents


class Job(NamedTuple):
    """A call of the module: credmgr, the files in force, and what is requested."""

    program: str
    pair: Pair
    cipher: Cipher
    all_desired: Sequence[DesiredEntry]
    allow: Sequence[str]


def carry_out(job: Job, before: Contents, check_mode: bool) -> Result:
    """Compare every request with the current value, and bring about what differs. The files in force are not touched.

    Raises PlanError, Unreadable.
    """
    if before.key is None and before.database is not None:
        raise PlanError(
            "%s is there, but not its key %s; put the key back, or move the database away to begin anew" % job.pair
        )
    if not job.all_desired and None not in before:
        return Result([], "none", before)
    with Workshop() as directory:
        tool = Tool(job.program, directory.copy, job.cipher)
        _bring(tool, job, before)
        frames, way = _learn(directory, job)
        tool.way = way
        stored = _read_all(tool, job, frames)
        if not any(stored.values()):
            _refuse_foreign_key(tool, Tool(job.program, directory.trial, job.cipher, way), job)
        actions = [(desired.entry, action(desired, stored[desired.entry])) for desired in job.all_desired]
        if check_mode:
            return Result(actions, way, before)
        _do(tool, job, actions, frames)
        after = Contents(*[workshop.take(path) for path in directory.copy])
        return Result(
            actions, way, after if after.database != before.database and _is_news(before, actions) else before
        )


def _is_news(before: Contents, actions: Sequence[Tuple[Entry, str]]) -> bool:
    return before.database is None or before.key is None or any(done != "none" for _entry, done in actions)


def _bring(tool: Tool, job: Job, before: Contents) -> None:
    """Put copies into the workshop, or make what is not there yet."""
    if before.key is not None:
        workshop.put(tool.pair.key, before.key)
    if before.database is not None:
        workshop.put(tool.pair.database, before.database)
        workshop.refuse_damaged(job.pair.database, tool.pair.database)
    else:
        tool.make("create_db", tool.pair.database)
    if before.key is None:
        tool.make("create_key", tool.pair.key)


def _learn(directory: Workshop, job: Job) -> Tuple[Dict[Entry, Frame], str]:
    """Learn the answers' form with random words, and with them whether a password can be hidden at all."""
    requested = [desired.entry for desired in job.all_desired if desired.password is not None]
    trial = Tool(job.program, directory.trial, job.cipher)
    if not requested:
        return {}, "none"
    trial.make("create_db", directory.trial.database)
    trial.make("create_key", directory.trial.key)
    try:
        return {entry: trial.frame(entry) for entry in requested}, trial.way
    except CannotHide as error:
        trial.way = _second_best(job, str(error))
    return {entry: trial.frame(entry) for entry in requested}, trial.way


def _second_best(job: Job, reason: str) -> str:
    """The way to hand a password over where it cannot be hidden from /proc. Raises PlanError if none is left."""
    if proc_hides_arguments():
        return WAYS[1]
    if "visible_arguments" in job.allow:
        return WAYS[2]
    raise PlanError(
        "%s takes passwords as arguments only, and they cannot be hidden from the node's users here: %s. Mount /proc with "
        "hidepid=2, or accept it with 'allow: [visible_arguments]'" % (job.program, reason)
    )


def _refuse_foreign_key(tool: Tool, trial: Tool, job: Job) -> None:
    """Where no entry of the task is there yet, try the key on another one: two keys in one database would spoil it."""
    for entry in workshop.likely_entries(tool.pair.database):
        try:
            if tool.answer(entry):
                if trial.is_ready():
                    tool.read(entry, trial.frame(entry))
                return
        except Unreadable as error:
            raise _unreadable(job, entry, error)


def _unreadable(job: Job, entry: Entry, error: Unreadable) -> Unreadable:
    return Unreadable(
        "the entry %s of %s cannot be read with the key %s: %s. Put the key back that it was written with (state_dir/"
        "backups has those of earlier changes), or move both files away to begin anew; nothing was changed"
        % (entry, job.pair.database, job.pair.key, error)
    )


def _read_all(tool: Tool, job: Job, frames: Dict[Entry, Frame]) -> Dict[Entry, Optional[str]]:
    """What each entry holds; for one that is to go it is enough to know that it is there."""
    return {desired.entry: _read(tool, job, desired.entry, frames.get(desired.entry)) for desired in job.all_desired}


def _read(tool: Tool, job: Job, entry: Entry, frame: Optional[Frame]) -> Optional[str]:
    try:
        stored = tool.read(entry, frame) if frame else (tool.answer(entry).strip() or None)
        if stored is None and workshop.holds_row_of(tool.pair.database, entry):
            raise Unreadable("it is in the database, and the tool does not show it")
        return stored
    except Unreadable as error:
        raise _unreadable(job, entry, error)


def _do(tool: Tool, job: Job, actions: Sequence[Tuple[Entry, str]], frames: Dict[Entry, Frame]) -> None:
    """Set and delete on the copy, and read back. Raises PlanError if the tool did not do it."""
    passwords = {desired.entry: desired.password for desired in job.all_desired}
    for entry in [entry for entry, done in actions if done != "none"]:
        password = passwords[entry]
        if password is None:
            tool.delete(entry)
        else:
            tool.set(entry, password)
    for entry, _done in actions:
        if _read(tool, job, entry, frames.get(entry)) != passwords[entry]:
            raise PlanError(
                "%s did not store the entry %s of %s as requested; nothing was changed. Try it by hand, and look at "
                "cipher, key_size and block_mode" % (job.program, entry, job.pair.database)
            )
    unfinished = workshop.left_behind(tool.pair.database)
    if unfinished:
        raise PlanError(
            "%s left a change of %s unfinished; nothing was changed. Run the task again; if that repeats, try the program by hand"
            % (job.program, job.pair.database)
        )
