# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commit what a task has changed in a working copy of eccfg, and nothing else.

`eccfg commit` commits whatever differs below `etc/conf`, so a task with changes of others beside its own is refused before anything is written, and
again right before the commit, with the contents of its own files. What somebody changes after that second look, until Subversion has read the file,
is committed as well: eccfg takes neither a list of files nor a lock. The
vendor documents no exit status; what counts is the line `Committed revision N.`, and that Subversion then finds no difference any more. A commit that
the repository refuses, because it has a newer revision or is in conflict, fails the task, and the files are put back. `eccfg pull` is left to the
operator and to cron: it replaces the directory and has the daemon reload (page 4/executable/eccfg).

The paths are on record, with the checksums that the files have before and after the task, from before the first file is written until they are
committed or put back. So a run that is killed in between is completed by the next one, unless somebody has changed them since.
"""

import os
import re
from hashlib import sha256
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Type

from ..errors import MomentumError, PlanError
from ..files import reading, working_copy
from ..files.planned import PlannedFile
from ..files.safe_paths import UnsafePath
from ..host import locales, terminal
from ..host import program as programs
from ..node_options import Node
from ..redaction import redaction
from ..state import records
from ..state.activation import Activation
from . import subversion

NAMED = 3
DOCUMENTED_PREFIX = "/opt/msys/ecelerity"
_RECORD = "uncommitted.json"
_COMMITTED = re.compile(r"^Committed revision ([0-9]{1,10})\.\s*$", re.M)
_PRIVATE = b"PRIVATE KEY-----"
_REMEDY = "or set working_copy: edit (roles: momentum_working_copy) and commit by hand"
_OPTIONS = "(roles: momentum_eccfg_username, momentum_eccfg_password)"
_WORDS = "it lists files of the working copy that are not committed: commit them (eccfg commit), and remove it"


class NotCommitted(MomentumError):
    """eccfg did not commit."""


class Account(NamedTuple):
    """Who commits, with which message, and within how many seconds."""

    username: str
    password: str
    message: str
    timeout: float


class Edit(NamedTuple):
    """A file that a task changes: the SHA-256 of its content before and after, '' for no file, None where that is not known. is_private: whether
    a private key is in it."""

    path: str
    before: Optional[str] = None
    after: Optional[str] = None
    is_private: bool = False

    @property
    def is_of_content(self) -> bool:
        """Whether Subversion can see it: it knows nothing of owners and modes."""
        return self.before is None or self.before != self.after


class Commit:
    """What one task commits. Made before anything is written; in check mode nothing else is asked of it.

    prefix, state_dir: of the node. copy: the working copy. edits: what the task changes in it. left: what an earlier run left to commit.
    """

    def __init__(self, prefix: str, state_dir: str, account: Account, edits: Sequence[Edit]) -> None:
        self.prefix = prefix
        self.copy = working_copy.of(prefix)
        self._state_dir = state_dir
        self._account = account
        self._edits = {os.path.realpath(edit.path): edit for edit in edits}
        self._recorded = recorded(state_dir)
        self.left = [path for path in self._recorded if path not in self._edits]
        self.is_done = False

    @property
    def paths(self) -> List[str]:
        """What is committed, links resolved."""
        return sorted(list(self._edits) + self.left)

    def activation(self) -> Activation:
        """Return the commit as a result shows it."""
        return Activation("eccfg", self.paths, argv=self._command())

    def refuse_impossible(self) -> None:
        """Raise PlanError for what a commit could not be made of. Nothing is asked of the repository."""
        self._refuse_unusable()
        for path, edit in self._edits.items():
            if edit.is_private:
                raise PlanError(
                    "%s holds a private key, which has no place in a repository that every node reads; put it outside of %s, %s"
                    % (path, self.copy, _REMEDY)
                )
        found = self._look()
        self._refuse_others(found.changes)
        self._refuse_earlier(found.changes)
        self._refuse_ignored(found, PlanError)

    @property
    def is_due(self) -> bool:
        """Whether there is anything to commit. What an earlier run left may be committed, or put back, by now."""
        return bool(self._edits) or any(self._is_own(path) for path in self._changes())

    def forget(self) -> None:
        """Take off the record what an earlier run left."""
        if self.left:
            with records.locked(self._state_dir):
                self._record()

    def begin(self) -> None:
        """Put on record what is going to be committed."""
        own = {path: [edit.before, edit.after] for path, edit in self._edits.items() if edit.after is not None}
        with records.locked(self._state_dir):
            records.write(os.path.join(self._state_dir, _RECORD), dict(recorded(self._state_dir), **own))

    def run(self) -> None:
        """Commit, while no other task of this collection writes. Raises NotCommitted; PlanError where others have changed something meanwhile."""
        with records.locked(self._state_dir):
            seen = self._look()
            found = seen.changes
            self._refuse_others(found)
            self._refuse_meanwhile(found, {path: [edit.after] for path, edit in self._edits.items()})
            self._refuse_ignored(seen, NotCommitted)
            if found:
                self._commit(found, self._account.message)
            self._record()

    def undo(self) -> str:
        """Once the files are back, have repository and working copy agree again; return what became of that in words."""
        try:
            with records.locked(self._state_dir):
                return self._undo()
        except (MomentumError, OSError) as error:
            words = str(error) if isinstance(error, MomentumError) else str(error.strerror)
            return "the working copy is not as the repository has it: %s; see eccfg status" % words

    def _undo(self) -> str:
        found = self._changes()
        self._refuse_others(found)
        if self.is_done:
            self._refuse_meanwhile(found, {path: [edit.before] for path, edit in self._edits.items()})
            revision = self._commit(found, "Put back: %s" % self._account.message) if found else ""
            self._record()
            return "what was committed is taken back by revision %s" % revision if revision else ""
        # What was scheduled for addition. What an earlier run left is never reverted.
        noted = sorted(path for path, state in found.items() if self._is_noted(path, state))
        if noted:
            self._eccfg(["revert"] + noted)
        still = [path for path in self._changes() if os.path.realpath(path) not in self.left]
        self._record(self.left)
        return "Subversion still has a note of %s: see eccfg status" % _named(still) if still else ""

    def _is_noted(self, path: str, state: str) -> bool:
        """Whether what is put back is noted for addition. A file of before that is missing, somebody else has removed."""
        real = os.path.realpath(path)
        was_there = real in self._edits and self._edits[real].before not in (None, "")
        return real not in self.left and (state == "added" or not os.path.lexists(path) and not was_there)

    def _record(self, left: Sequence[str] = ()) -> None:
        """Take off the record what is not left to commit. The caller holds the lock."""
        found = recorded(self._state_dir)
        kept = {path: digests for path, digests in found.items() if path in left or path not in self.paths}
        if found != kept:
            records.write(os.path.join(self._state_dir, _RECORD), kept)

    def _refuse_unusable(self) -> None:
        if not os.access(self._program(), os.X_OK):
            raise PlanError(
                "working_copy: commit: %s is no program; install it (5.x: package msys-ecelerity-config-client), %s"
                % (self._program(), _REMEDY)
            )
        if not self._account.username:
            raise PlanError("working_copy: commit needs eccfg.username and eccfg.password %s" % _OPTIONS)
        for option, text in (("username", self._account.username), ("log_message", self._account.message)):
            if text.startswith("-"):
                raise PlanError(
                    "eccfg.%s begins with '-', and eccfg would read it as an option; write it in another way" % option
                )
        if self._account.timeout < 1:
            raise PlanError("eccfg.timeout is %d; give it a second or more" % self._account.timeout)
        if not all(character.isprintable() for character in self._account.password):
            raise PlanError(
                "eccfg.password has control characters, which cannot be typed on a terminal; set another password"
            )

    def _changes(self) -> Dict[str, str]:
        return self._look().changes

    def _look(self) -> subversion.Seen:
        try:
            return subversion.look(self.prefix, self.copy)
        except subversion.Unknown as error:
            raise _unknown(error)

    def _refuse_ignored(self, found: subversion.Seen, kind: Type[MomentumError]) -> None:
        """Refuse files that no commit takes along, so that the next checkout, which is a new directory, leaves them out."""
        above = [os.path.realpath(path) for path in found.ignored]
        own = [path for path, edit in self._edits.items() if edit.after != ""]
        ignored = [path for path in own if any(path == one or path.startswith(one + "/") for one in above)]
        # Of a file that was there, Subversion has told.
        new = [path for path in own if path not in ignored and path not in found.changes and not os.path.lexists(path)]
        try:
            ignored += subversion.will_ignore(self.prefix, os.path.realpath(self.copy), new)
        except subversion.Unknown as error:
            raise _unknown(error)
        if ignored:
            raise kind(
                "%s: Subversion ignores it, so eccfg does not commit it, and the next checkout leaves it out. Take its pattern out of svn:ignore, "
                "svn:global-ignores or global-ignores, add it by hand (svn add, eccfg commit), or name a file outside of %s"
                % (_named(sorted(ignored)), self.copy)
            )

    def _refuse_others(self, found: Mapping[str, str]) -> None:
        conflicts = sorted(path for path, state in found.items() if state == subversion.CONFLICTED)
        if conflicts:
            raise PlanError(
                "%s: in conflict with the repository; nothing can be committed. Resolve that by hand (eccfg pull --manual, eccfg resolve)"
                % _named(conflicts)
            )
        others = sorted("%s (%s)" % pair for pair in found.items() if not self._is_own(pair[0]))
        if others:
            raise PlanError(
                "%s: the working copy %s has changes that are not of this task, and eccfg would commit them as well. Commit them (eccfg commit), "
                "undo them (eccfg revert), or remove what eccfg does not know" % (_named(others), self.copy)
            )

    def _refuse_earlier(self, found: Mapping[str, str]) -> None:
        """Refuse files that differ before the task begins, but for what an earlier run of the collection left, as it left it."""
        earlier = self._differing(found, {path: self._recorded.get(path, []) for path in self.paths})
        if earlier:
            raise PlanError(
                "%s: was changed before this task and is not committed, and the commit would take that along. Commit it (eccfg commit), or undo it "
                "(eccfg revert), and run again" % _named(earlier)
            )

    def _refuse_meanwhile(self, found: Mapping[str, str], written: Mapping[str, Sequence[Optional[str]]]) -> None:
        """Refuse files that are not as this task, or an earlier run, has written them. written: the checksums of the task's own."""
        exchanged = self._differing(found, dict(self._recorded, **written))
        if exchanged:
            raise PlanError(
                "%s: was changed by somebody else while this task ran, and the commit would take that along. See eccfg status, commit (eccfg commit) "
                "or undo it (eccfg revert), and run again" % _named(exchanged)
            )

    def _differing(self, found: Mapping[str, str], known: Mapping[str, Sequence[Optional[str]]]) -> List[str]:
        """Return, in words, what Subversion has found of files that have none of the known checksums; None is any."""
        return sorted(
            {
                "%s (%s)" % (path, state)
                for path, state in found.items()
                for own, digests in known.items()
                if _concerns(path, own) and None not in digests and _digest_of(own) not in digests
            }
        )

    def _is_own(self, path: str) -> bool:
        """Whether a path is one of the task's, or a new directory for nothing else."""
        real = os.path.realpath(path)
        if real in self._edits or real in self.left:
            return True
        below = [one for one in self.paths if one.startswith(os.path.join(real, ""))]
        return bool(below) and set(_files_in(real)) <= set(below)

    def _program(self) -> str:
        return os.path.join(self.prefix, "bin", "eccfg")

    def _command(self) -> List[str]:
        return (
            [self._program(), "commit"]
            + self._common()
            + ["--add-all", "--delete-all", "--message", self._account.message]
        )

    def _common(self) -> List[str]:
        usual = os.path.realpath(self.prefix) == DOCUMENTED_PREFIX
        return ["--username", self._account.username] + ([] if usual else ["--wc", self.copy])

    def _commit(self, before: Mapping[str, str], message: str) -> str:
        """Commit what differs and return the revision. Raises NotCommitted."""
        words = self._eccfg(["commit"], ["--add-all", "--delete-all", "--message", message])
        revision = _COMMITTED.search(words)
        self.is_done = self.is_done or revision is not None
        left = self._changes()
        if revision is not None and not left:
            return revision.group(1)
        if revision is not None:
            raise NotCommitted("eccfg committed revision %s, but not %s" % (revision.group(1), _named(sorted(left))))
        raise NotCommitted(
            "eccfg did not commit %s: %s. If the repository is newer, update the working copy (eccfg pull) and run again; if it is in conflict, resolve "
            "that (eccfg subcluster resolve)"
            % (_named(sorted(before)), programs.shown(words.strip()) or "it printed nothing")
        )

    def _eccfg(self, command: List[str], options: Sequence[str] = ()) -> str:
        """Run eccfg and return its output without the password. Raises NotCommitted."""
        argv = [self._program(), command[0]] + self._common() + list(options) + command[1:]
        password = self._account.password
        try:
            # Subversion, which eccfg runs, stops at names beyond ASCII in the locale C.
            words = terminal.run(argv, password, self._account.timeout, locales.environment()).stdout
        except terminal.AsksAgain as error:
            raise NotCommitted("eccfg %s; check eccfg.username and eccfg.password %s" % (error, _OPTIONS))
        except OSError as error:
            raise NotCommitted("eccfg %s%s" % (error.strerror, self._unfinished(error)))
        # Before anything is cut off: a part of a password is harder to find.
        return redaction.without(words, [password])

    def _unfinished(self, error: OSError) -> str:
        """What became of the repository, where eccfg did not end: what it has committed by then is committed."""
        if not isinstance(error, terminal.Unfinished):
            return ""
        revision = _COMMITTED.search(error.output)
        if revision is None:
            return "; whether the repository has the change is unknown, see eccfg status and eccfg pull"
        self.is_done = True
        return ", after it had committed revision %s" % revision.group(1)


def _unknown(error: subversion.Unknown) -> PlanError:
    return PlanError("working_copy: commit: %s; correct that, %s" % (error, _REMEDY))


def recorded(state_dir: str) -> Dict[str, List[Optional[str]]]:
    """Return the paths that an earlier run wrote and did not commit, each with the checksums that it may have. Raises MomentumError."""
    return records.read(os.path.join(state_dir, _RECORD), _digests, {}, _WORDS)


def _digests(data: Any) -> Dict[str, List[Optional[str]]]:
    if not isinstance(data, dict) or not all(path.startswith("/") for path in data):
        raise TypeError("no paths")
    if not all(isinstance(digests, list) and all(isinstance(one, str) for one in digests) for digests in data.values()):
        raise TypeError("no checksums")
    return data


def _concerns(path: str, own: str) -> bool:
    """Whether an entry of Subversion's is about a file, or about a directory above it that it does not know."""
    return own == os.path.realpath(path) or (os.path.lexists(own) and own.startswith(os.path.join(path, "")))


def _digest_of(path: str) -> str:
    """Return the SHA-256 of a file as it is; '' for none, and a text that no file has for what is no regular file."""
    try:
        return _digest(reading.read(path))
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnsafePath as error:
        return error.reason


def _digest(content: Optional[bytes]) -> str:
    return "" if content is None else sha256(content).hexdigest()


def _files_in(directory: str) -> List[str]:
    return list(reading.below(directory)) if os.path.isdir(directory) else []


def _named(paths: Sequence[str]) -> str:
    more = " and %d more" % (len(paths) - NAMED) if len(paths) > NAMED else ""
    return ", ".join(paths[:NAMED]) + more


def edit_of(file: PlannedFile) -> Edit:
    """Return what a planned file changes."""
    is_private = file.after is not None and _PRIVATE in file.after
    return Edit(file.path, _digest(file.before), _digest(file.after), is_private)


def requested(node: Node, edits: Sequence[Edit], paths: Sequence[str] = ()) -> Optional[Commit]:
    """Return the commit of what a task changes and of what an earlier run left, None where there is nothing to commit, or the task does not request it.

    paths: of all that is written, in check mode also of files whose contents are not known yet. Raises PlanError where it could not be made.
    """
    if node.working_copy != "commit" or not working_copy.of(node.prefix):
        return None
    known = {edit.path for edit in edits}
    every = [edit for edit in edits if edit.is_of_content] + [Edit(path) for path in paths if path not in known]
    tracked = [edit for edit in every if working_copy.above(edit.path, node.prefix)]
    if not tracked and not recorded(node.state_dir):
        return None
    found = Commit(node.prefix, node.state_dir, _account(node.eccfg or {}), tracked)
    found.refuse_impossible()
    return found


def of_restored(node: Node, transactions: Sequence[str]) -> Optional[Commit]:
    """Return the commit that `undo` makes of transactions that are put back, newest first; None where there is nothing to commit."""
    if node.working_copy != "commit" or not transactions or not working_copy.of(node.prefix):
        return None
    from ..transaction import backups

    edits: Dict[str, Edit] = {}
    for saved in (one for identifier in transactions for one in backups.load(node.state_dir, identifier)):
        later = edits.get(saved.path)
        edits[saved.path] = Edit(saved.path, saved.before, saved.after if later is None else later.after)
    tracked = [one for one in edits.values() if one.is_of_content and working_copy.above(one.path, node.prefix)]
    found = Commit(node.prefix, node.state_dir, _account(node.eccfg or {}), tracked)
    found.is_done = True
    return found if tracked else None


def _account(given: Mapping[str, Any]) -> Account:
    username, password, message = [given.get(name) or "" for name in ("username", "password", "log_message")]
    return Account(username, password, message, given.get("timeout") or 0)
