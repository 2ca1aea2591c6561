# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Change several files as one: all of them, checked and durable, or none.

    Transaction([FileChange(...), ...], check_staged=..., check_installed=...).commit()

1. Under an exclusive lock an unfinished earlier transaction is recovered, and every file is compared with the bytes its
   change was planned from.
2. A journal is written. Every new file is staged under a hidden name beside its target (directory includes skip hidden
   names), every old one is copied beside it and into the backups; all of it is synchronised to disk.
3. check_staged judges the staged whole; nothing has been changed so far.
4. Each staged file is renamed over its target; check_installed judges what is now in place.
5. The journal is marked as committed; the pending activation is recorded (state/pending.py), copies and journal are
   removed.

Until step 5 any failure puts everything back: an exception, SIGINT, SIGTERM or SIGHUP in the process itself, SIGKILL in
the watchdog (host/watchdog.py), the end of the whole node in the next run (`recover`). Putting back needs no disk space: it
renames files that exist already.
"""

import calendar
import os
import time
from contextlib import contextmanager
from typing import Any, Callable, Collection, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ..errors import CheckFailed, MomentumError
from ..files import foreseen
from ..files.obstacles import Survey
from ..files.safe_files import Attributes, Snapshot, create, move, read_file, read_place, status, succeeding, sync
from ..files.safe_paths import DirectoryEntry, UnsafePath, locate
from ..host import rights
from ..host.watchdog import Watchdog
from ..state.directory import prepare_state, refuse_unusable
from ..state.lock import Lock, LockTimeout, Watch
from ..state.pending import NOTHING_DUE, Due
from . import backups, journal, unfinished
from .backups import BackupMissing, Saved
from .journal import COMMITTED, STAGING, SWAPPING, Entry, Journal, hidden
from .recovery import Held, digest, undo_or_finish
from .signals import Interrupted, held, interruptible

__all__ = [
    "CheckFailed",
    "Due",
    "FileChange",
    "Receipt",
    "Transaction",
    "TransactionError",
    "digest",
    "foresee",
    "foresee_check",
    "locked",
    "recover",
    "refuse_state",
    "restore",
]

DEFAULT_STATE_DIR = "/var/lib/msys-momentum"
REFUSED = "the configuration was refused"
MILLION = 1000000

CheckStaged = Callable[[Dict[str, Optional[str]]], object]
CheckInstalled = Callable[[], object]


class FileChange(NamedTuple):
    """What one file shall be.

    path: absolute. content: the new bytes, None to remove the file. owner, group (numeric), mode: None keeps what the
    file has; a new file needs all three. basis: SHA-256 (hexadecimal) of the bytes the change was planned from, '' when
    there was no file, None when it does not matter. extended: the extended attributes; None keeps those of the file, but
    an access list only with the same owner.
    """

    path: str
    content: Optional[bytes]
    owner: Optional[int] = None
    group: Optional[int] = None
    mode: Optional[int] = None
    basis: Optional[str] = None
    extended: Optional[backups.Extended] = None


class Receipt(NamedTuple):
    """A committed transaction: its identifier (for `restore`) and, by the path as given, where the old content is. New
    files have no backup. The identifier is '' when there was nothing to do."""

    id: str
    backups: Dict[str, str]


class TransactionError(MomentumError):
    """The transaction did not happen.

    stage: what was being done: lock, recover, prepare, stage, check, swap, verify, commit, restore.
    path: the file concerned, or ''. reason: one sentence. output: the output of the checker, or ''. restored: whether
    every file is as it was before; if not, `reason` says which is not.
    """

    def __init__(self, stage: str, path: str, reason: str, output: str = "", restored: bool = True) -> None:
        message = "%s: %s" % (path, reason) if path else reason
        super().__init__("%s\n%s" % (message, output) if output else message)
        self.stage = stage
        self.path = path
        self.reason = reason
        self.output = output
        self.restored = restored

    def details(self) -> Dict[str, Any]:
        """Stage, and whether everything was put back. The checker's words are in the message, and only there."""
        return {"stage": self.stage, "restored": self.restored}


class _Target:
    """One change in progress."""

    __slots__ = ("change", "place", "before", "entry", "staged")

    def __init__(self, change: FileChange, place: DirectoryEntry, before: Optional[Snapshot], entry: Entry) -> None:
        self.change = change
        self.place = place
        self.before = before
        self.entry = entry
        self.staged: Optional[os.stat_result] = None

    def attributes(self) -> Attributes:
        """What the new file gets: what the change says, else what the old file has."""
        change = self.change
        old = self.before.attributes if self.before else Attributes(-1, -1, 0)
        requested = succeeding(old, change.owner, change.group, change.mode)
        return requested if change.extended is None else requested._replace(extended=change.extended)


class Transaction:
    """See the head of this file. check_staged gets a dictionary from each changed path (as given) to the path of its
    staged file, None for a file that is to be removed; check_installed gets nothing. Both raise CheckFailed, whose
    output is reported. lock_timeout: seconds. due: the activation of the daemon that the change needs, recorded in
    pending.json as a part of the transaction. prune: whether old backups are removed afterwards."""

    def __init__(
        self,
        changes: List[FileChange],
        state_dir: str = DEFAULT_STATE_DIR,
        check_staged: Optional[CheckStaged] = None,
        check_installed: Optional[CheckInstalled] = None,
        lock_timeout: float = 30.0,
        due: Due = NOTHING_DUE,
        prune: bool = True,
    ) -> None:
        self.changes = list(changes)
        self.state_dir = state_dir
        self.check_staged = check_staged
        self.check_installed = check_installed
        self.lock_timeout = lock_timeout
        self.due = due
        self.prune = prune
        self._doing = ("prepare", "")

    def commit(self) -> Receipt:
        """Do it. Raises TransactionError; KeyboardInterrupt and SystemExit pass through after everything was put
        back."""
        if not self.changes:
            return Receipt("", {})
        with locked(self.state_dir, self.lock_timeout) as (lock, state), held():
            _recover_first(state)
            watchdog = Watchdog(lock.descriptors, lambda: _rescue(lock, self.state_dir))
            try:
                return self._run(state)
            finally:
                watchdog.dismiss()

    def _run(self, state: DirectoryEntry) -> Receipt:
        identifier = _new_identifier(backups.newest(state))
        targets: List[_Target] = []
        try:
            self._carry_out(state, identifier, targets)
            _tidy(state, _places(targets), self.prune)
        finally:
            for target in targets:
                target.place.close()
        return Receipt(identifier, self._backup_paths(identifier, targets))

    def _carry_out(self, state: DirectoryEntry, identifier: str, targets: List[_Target]) -> None:
        try:
            with interruptible():
                self._install(state, identifier, targets)
            self._doing = ("commit", self.state_dir)
            journal.enter(state, SWAPPING, COMMITTED)
        except BaseException as error:  # noqa: BLE001 - whatever it is, everything has to be put back
            raise self._failure(error, _put_back(state, _places(targets)))

    def _install(self, state: DirectoryEntry, identifier: str, targets: List[_Target]) -> None:
        self._prepare(identifier, targets)
        self._doing = ("prepare", self.state_dir)
        journal.write(state, Journal(identifier, [target.entry for target in targets], due=self.due))
        self._stage(identifier, targets)
        self._doing = ("check", "")
        if self.check_staged is not None:
            self.check_staged({target.change.path: _staged_path(target) for target in targets})
        self._doing = ("swap", self.state_dir)
        journal.enter(state, STAGING, SWAPPING)
        self._swap(targets)
        self._doing = ("verify", "")
        if self.check_installed is not None:
            self.check_installed()

    def _prepare(self, identifier: str, targets: List[_Target]) -> None:
        """Open every place, read what is there, and compare it with what the plan was made from."""
        seen = set()
        survey = Survey()
        for index, change in enumerate(self.changes):
            self._doing = ("prepare", change.path)
            place = locate(change.path)
            survey.refuse_place(place)
            before = read_place(place)
            entry = Entry(
                place.path,
                "" if change.content is None else hidden(identifier, index, "new"),
                "" if before is None else hidden(identifier, index, "old"),
                digest(before.content if before else None),
                digest(change.content),
            )
            targets.append(_Target(change, place, before, entry))
            _judge(change, entry)
            directory = os.fstat(place.directory)
            key = (directory.st_dev, directory.st_ino, place.name)
            if key in seen:
                raise _Refused("is changed twice in one transaction")
            seen.add(key)

    def _stage(self, identifier: str, targets: List[_Target]) -> None:
        for target in targets:
            self._doing = ("stage", target.change.path)
            if target.change.content is not None:
                target.staged = create(target.place, target.entry.staged, target.change.content, target.attributes())
                if target.before is not None:
                    create(target.place, target.entry.kept, target.before.content, target.before.attributes)
            sync(target.place)
        self._doing = ("stage", self.state_dir)
        saved = [_saved(index, target) for index, target in enumerate(targets)]
        contents = {one.content: target.before.content for one, target in zip(saved, targets) if target.before}
        backups.save(self.state_dir, identifier, saved, contents)

    def _swap(self, targets: List[_Target]) -> None:
        for target in targets:
            self._doing = ("swap", target.change.path)
            _swap_one(target)
        for target in targets:
            sync(target.place)
            _walk_again(target)

    def _backup_paths(self, identifier: str, targets: List[_Target]) -> Dict[str, str]:
        backup = backups.directory_of(self.state_dir, identifier)
        return {
            target.change.path: os.path.join(backup, str(index))
            for index, target in enumerate(targets)
            if target.before is not None
        }

    def _failure(self, error: BaseException, unrestored: str) -> BaseException:
        """What to raise: the interpreter's own requests to end as they are, everything else as TransactionError."""
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
            return error
        failure = _failed(error, *self._doing)
        if unrestored:
            reason = "%s; %s" % (failure.reason, unrestored)
            return TransactionError(failure.stage, failure.path, reason, failure.output, restored=False)
        return failure


class _Refused(MomentumError):
    """A change that is not made; the text is the reason."""


@contextmanager
def locked(state_dir: str, timeout: float = 30.0) -> Iterator[Tuple[Lock, DirectoryEntry]]:
    """Hold the lock of a state directory, so that no transaction runs meanwhile: the lock, and a place in the
    directory, which is created if need be. timeout: seconds. Raises TransactionError."""
    foreseen.forget()
    lock = Lock(state_dir, timeout)
    try:
        prepare_state(state_dir)
        place = locate(lock.path, follow=False)
    except (OSError, UnsafePath) as error:
        raise TransactionError("lock", state_dir, _reason(error))
    with place:
        try:
            lock.acquire()
        except LockTimeout as error:
            raise TransactionError("lock", "", str(error))
        except OSError as error:
            raise TransactionError("lock", state_dir, _reason(error))
        try:
            yield lock, place
        finally:
            lock.release()


def foresee_check(judge: Callable[[], object]) -> None:
    """Let a judge of planned files speak without a transaction. Raises TransactionError as a commit would."""
    try:
        judge()
    except (CheckFailed, OSError, UnsafePath) as error:
        raise _failed(error, "check", "")


def recover(state_dir: str = DEFAULT_STATE_DIR, lock_timeout: float = 30.0) -> List[str]:
    """Recover an unfinished transaction, if there is one: undone, or finished when it was marked as committed. Every
    commit does this first.

    Returns what an operator should know, a sentence for each transaction, and each sentence once: what was done now, and
    what could not be put back completely, now or earlier. While somebody else is at work the files are half old and half
    new, so whoever plans from them waits for the lock. Raises TransactionError.
    """
    if not journal.is_pending(state_dir):
        return []
    with locked(state_dir, lock_timeout) as (_lock, state), held():
        return _recover_first(state) + _report(state)


def foresee(state_dir: str = DEFAULT_STATE_DIR, lock_timeout: float = 30.0) -> List[str]:
    """What `recover` would do and say, without writing anything; this process then reads the files as `recover` would leave
    them. Raises TransactionError as it would."""
    if not journal.is_pending(state_dir):
        return []
    refuse_state(state_dir)
    try:
        with Watch(state_dir, lock_timeout), locate(os.path.join(state_dir, "lock"), follow=False) as state:
            return unfinished.foretell(state)
    except LockTimeout as error:
        raise TransactionError("lock", "", str(error))
    except (OSError, UnsafePath) as error:
        raise TransactionError("recover", state_dir, _reason(error))


def refuse_state(state_dir: str) -> None:
    """Refuse a state directory that `locked` would refuse, without creating it. Raises TransactionError."""
    try:
        refuse_unusable(state_dir)
    except (OSError, UnsafePath) as error:
        raise TransactionError("lock", state_dir, _reason(error))


def _report(state: DirectoryEntry) -> List[str]:
    """Report what was set aside, once (or again, where that cannot be noted)."""
    told = []
    for name in journal.unreported(state):
        told.append(unfinished.describe(state, name))
        try:
            journal.mark_reported(state, name)
        except OSError:
            pass
    return told


def restore(
    state_dir: str,
    identifier: str,
    check_staged: Optional[CheckStaged] = None,
    check_installed: Optional[CheckInstalled] = None,
    lock_timeout: float = 30.0,
    paths: Optional[Collection[str]] = None,
) -> Receipt:
    """Put back what a committed transaction changed, in a transaction of its own, which removes no backup: another
    transaction may be the next to be put back.

    A file that is already as it was before is skipped; one that was changed again since is an error, and then nothing
    is put back (restore the later transaction first). paths: only these of its files, None for all. Raises
    TransactionError.
    """
    try:
        saved = [one for one in backups.load(state_dir, identifier) if paths is None or one.path in paths]
        found = [_restoring(state_dir, identifier, one) for one in saved]
    except (BackupMissing, OSError, UnsafePath) as error:
        raise TransactionError("restore", "", _reason(error))
    changes = [change for change in found if change is not None]
    return Transaction(changes, state_dir, check_staged, check_installed, lock_timeout, prune=False).commit()


def _restoring(state_dir: str, identifier: str, one: Saved) -> Optional[FileChange]:
    try:
        present = digest(read_file(one.path)[0])
    except FileNotFoundError:
        present = ""
    if present == one.before != one.after:
        return None
    if present != one.after:
        raise TransactionError(
            "restore",
            one.path,
            "was changed again after transaction %s; restore the later transaction first" % identifier,
        )
    content = backups.content_of(state_dir, identifier, one)
    return FileChange(one.path, content, one.owner, one.group, one.mode, one.after, one.former_extended())


def _recover_first(state: DirectoryEntry) -> List[str]:
    """Recover whatever an earlier run left; returns a sentence for each transaction that is complete now. Others are
    reported from the journal that was set aside."""
    told = []
    try:
        for outcome in iter(lambda: undo_or_finish(state, late=True), None):
            if outcome.errors:
                raise TransactionError("recover", "", outcome.describe(), restored=False)
            if outcome.complete:
                told.append("an earlier run was interrupted: %s" % outcome.describe())
    except (OSError, UnsafePath) as error:
        raise TransactionError("recover", "", _reason(error), restored=False)
    return told


def _rescue(lock: Lock, state_dir: str) -> None:
    """What the watchdog does. All its descriptors but the lock are closed, so it opens its own."""
    lock.sign()
    with locate(os.path.join(state_dir, "lock"), follow=False) as state:
        undo_or_finish(state)


def _places(targets: List[_Target]) -> Held:
    """The directories that this process has changed, as it still holds them: their owner may have moved them."""
    return {target.entry.path: target.place for target in targets}


def _put_back(state: DirectoryEntry, held: Held) -> str:
    """Undo everything; returns '' or a sentence that says what could not be undone."""
    try:
        outcome = undo_or_finish(state, True, held)
    except (OSError, UnsafePath) as error:
        return "not everything could be put back (%s); the next run tries again" % _reason(error)
    return "" if outcome is None or outcome.complete else outcome.describe()


def _tidy(state: DirectoryEntry, held: Held, prune: bool) -> None:
    """Remove what a committed transaction leaves. The change stands, so a failure here is none of the transaction: the
    next run finds the journal and tidies up."""
    try:
        undo_or_finish(state, held=held)
        if prune:
            backups.prune(state)
    except (OSError, UnsafePath):
        pass


def _judge(change: FileChange, entry: Entry) -> None:
    """Refuse what cannot be done. Raises _Refused."""
    if change.basis is not None and change.basis != entry.before:
        raise _Refused("was changed by somebody else since it was read (a lost race); run again")
    if entry.before:
        return
    if change.content is None:
        raise _Refused("cannot be removed, it does not exist")
    if None in (change.owner, change.group, change.mode):
        raise _Refused("is a new file and needs an owner, a group and a mode")


def _swap_one(target: _Target) -> None:
    """Change one target, if it is still the file that was read, and make sure that it is now the staged one."""
    place, entry = target.place, target.entry
    if _identity(status(place, place.name)) != _identity(target.before.info if target.before else None):
        raise _Refused("was changed by somebody else during the transaction (a lost race); run again")
    if target.staged is None:
        move(place, place.name, entry.kept)
        return
    move(place, entry.staged, place.name)
    if _identity(status(place, place.name), False) != _identity(target.staged, False):
        raise _Refused(
            "the staged file was exchanged during the transaction; see which account writes there, and run again"
        )


def _walk_again(target: _Target) -> None:
    """The path must still lead to the directory that was changed: its owner may have moved that away."""
    with locate(target.change.path) as place:
        there, here = os.fstat(place.directory), os.fstat(target.place.directory)
        if (there.st_dev, there.st_ino, place.name) != (here.st_dev, here.st_ino, target.place.name):
            raise _Refused(
                "its directory was exchanged during the transaction; see which account writes there, and run again"
            )


def _identity(info: Optional[os.stat_result], changed: bool = True) -> Tuple[int, ...]:
    """What tells one state of a file from another. Renaming a file changes its ctime: leave it out afterwards."""
    if info is None:
        return ()
    return (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns if changed else 0)


def _staged_path(target: _Target) -> Optional[str]:
    return target.place.sibling(target.entry.staged) if target.entry.staged else None


def _saved(index: int, target: _Target) -> Saved:
    old = target.before.attributes if target.before else None
    return Saved(
        target.change.path,
        target.entry.before,
        target.entry.after,
        old.owner if old else None,
        old.group if old else None,
        old.mode if old else None,
        str(index) if old else "",
        backups.encoded(old.extended) if old else None,
    )


def _new_identifier(newest: str) -> str:
    """Sorts by time (UTC), to the microsecond, and after `newest`, also where the clock was set back: what is put back last was
    changed first. The random part keeps nodes apart that share a state directory."""
    seconds, millionths = divmod(max(int(time.time() * MILLION), _millionths(newest) + 1), MILLION)
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(seconds))
    return "%s.%06d-%s" % (stamp, millionths, os.urandom(4).hex())


def _millionths(identifier: str) -> int:
    """When a transaction began, in microseconds since the epoch; 0 for what names no time."""
    stamp, _dot, rest = identifier.partition(".")
    try:
        return calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%S")) * MILLION + int(rest[:6])
    except ValueError:
        return 0


def _failed(error: BaseException, stage: str, path: str) -> TransactionError:
    if isinstance(error, CheckFailed):
        return TransactionError(stage, path, REFUSED, error.output)
    # The error of a path names it itself.
    reason = error.reason if isinstance(error, UnsafePath) and error.path == path else _reason(error)
    return TransactionError(stage, path, reason)


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        # A name relative to a directory descriptor tells nobody anything; the path of the change is reported anyway.
        named = isinstance(error.filename, str) and os.path.isabs(error.filename)
        return rights.explained(error, "%s: %s" % (error.filename, error.strerror) if named else error.strerror)
    if isinstance(error, (Interrupted, MomentumError)):
        return str(error)
    return "%s: %s" % (type(error).__name__, error)
