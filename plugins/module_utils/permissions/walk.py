# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Walk all trees of a manifest once, from / down, holding every directory by its descriptor.

A name is used exactly once for each step: opened with O_NOFOLLOW relative to the directory that holds it, and what was
opened is judged, changed, read and entered by its descriptor. Renaming, replacing or linking anything meanwhile cannot
lead the walk out of the directories that it judged. A file that is as it should be costs one fstatat(2).
"""

import errno
import os
import stat
import sys
from contextlib import ExitStack
from functools import partial
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from ..files import foreseen, intended, working_copy
from ..files.obstacles import Survey
from ..files.safe_files import mode_without_list
from ..text import executed
from . import apply, takeover, undo
from .findings import EXECUTED, Findings
from .judge import CHANGE, FINE, LINK, REFUSE, SPECIAL, Attributes, Policy, Seen, Setting, Verdict, judge
from .rules import (
    NOT_ASKED,
    READ,
    Active,
    Node,
    Rule,
    below,
    choose,
    inherit,
    missing_rules,
    needs_listing,
    start,
    step,
)
from .umask import need_of, permits, permits_by_list

DEPTH = 200  # directories held open at once; the usual limit of descriptors is 1024, getrlimit(2)
_LOOK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_LIST = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_GONE = (errno.ENOENT,)
_EXCHANGED = (errno.ELOOP, errno.ENOTDIR)
_NONE = -1  # the descriptor of what earlier parts of a node's plan will make, and nobody can open
READ_IT = "Read it, remove what is not yours, and give it to root (chown root); then run again"

Key = Tuple[int, int, int, int]
Memory = Dict[Key, Verdict]


class Tracked(NamedTuple):
    """A working copy of eccfg: its path without links, and the account that eccfg runs Subversion as (page eccfg), with its number; None if the node
    does not have it."""

    path: str
    account: str
    owner: Optional[int]

    def holds(self, directory: str) -> bool:
        """Whether a directory is this one or lies below it."""
        return os.path.join(directory, "").startswith(os.path.join(self.path, ""))


class Options(NamedTuple):
    """How to walk. enforce: change what differs. other_file_systems: enter those that are mounted inside a tree.
    all_access_lists: look for access lists on every file, not only on directories, named and differing files.
    state_dir: where transactions are kept away by their lock while files are replaced; empty: nobody else is at work.
    journal: where each change is recorded before it is made. tracked: where what is Subversion's is left alone, and nothing is given away."""

    enforce: bool
    other_file_systems: bool = False
    all_access_lists: bool = False
    state_dir: str = ""
    journal: Optional[undo.Journal] = None
    tracked: Optional[Tracked] = None


class Directory(NamedTuple):
    """A directory that is held open, and what holds for the names in it.

    safe: nobody but root can exchange names in it or on the way to it. keeps: the same for directories of root in it,
    which a sticky directory of root such as /tmp protects. coming: the names that earlier parts of a node's plan will change.
    """

    descriptor: int
    path: str
    info: os.stat_result
    safe: bool
    keeps: bool
    depth: int
    active: Active
    inherited: Optional[Rule]
    reach: int
    coming: Mapping[str, Optional[intended.Shape]]


class Item(NamedTuple):
    """One name in a directory: the nodes of the manifest that it leads to, and its rule."""

    directory: Directory
    name: str
    hits: List[Node]
    rule: Optional[Rule]

    @property
    def path(self) -> str:
        """For people to read. No system call gets it."""
        return "%s/%s" % (self.directory.path, self.name)

    @property
    def setting(self) -> Setting:
        """What its judgement depends on beside itself and its rule."""
        directory = self.directory
        direct = self.rule is not None and self.rule is not directory.inherited
        reach = max([node.reach for node in self.hits] + [READ if directory.reach == READ else NOT_ASKED])
        return Setting(directory.safe, directory.info.st_uid, direct, reach)


class Walk:
    """One walk: what holds for all of it, and what it has found so far."""

    def __init__(self, policy: Policy, options: Options, findings: Findings) -> None:
        self.policy = policy
        self.options = options
        self.findings = findings
        self.memories: Dict[Tuple[int, Setting], Memory] = {}
        self.entered: Set[Tuple[int, int]] = set()
        self.later: List[Item] = []
        self.alone = ExitStack()
        self.survey = Survey()
        self.is_alone = not options.state_dir

    def run(self, top: Node) -> Findings:
        """Walk from the root directory along all paths of the manifest."""
        descriptor = os.open("/", _LIST)
        try:
            info = os.fstat(descriptor)
            safe = _is_private(info)
            with self.alone:
                self._visit(
                    Directory(descriptor, "", info, safe, safe, 0, start(top), None, NOT_ASKED, intended.within("/"))
                )
        finally:
            os.close(descriptor)
        return self.findings

    def _visit(self, directory: Directory) -> None:
        names: List[Tuple[str, List[Node]]] = []
        if directory.inherited is not None or directory.reach == READ or needs_listing(directory.active):
            names = self._look_at_all(directory)
        else:
            names = self._look_at_named(directory)
        # Only now: a file that is replaced may show up again in a listing that is not at its end.
        later, self.later = self.later, []
        for item in later:
            self._file(item)
        for name, hits in names:
            self._directory(Item(directory, name, hits, choose(hits, directory.inherited)))

    def _look_at_named(self, directory: Directory) -> List[Tuple[str, List[Node]]]:
        """Handle the files that the manifest names here; return the directories, in order."""
        found = []
        for name in sorted({name for node in directory.active for name in node.literal}):
            try:
                info = _status(directory, name)
            except OSError as error:
                self._absent(directory, name, error)
                continue
            hits = step(directory.active, name)
            if stat.S_ISDIR(info.st_mode):
                found.append((name, hits))
            else:
                self._named(Item(directory, name, hits, choose(hits, None)))
        return found

    def _look_at_all(self, directory: Directory) -> List[Tuple[str, List[Node]]]:
        """Handle all files of a directory; return the directories in it. This loop decides how fast a walk is."""
        found = []
        active = directory.active
        nothing: List[Node] = []
        files = 0
        requested = {name for node in active for name in node.literal}
        memory = self._memory(Item(directory, "", nothing, directory.inherited))
        thorough = self.options.all_access_lists
        for name, info in _entries_of(directory):
            hits = step(active, name) if active else nothing
            mode = info.st_mode
            if mode & 0o170000 == 0o040000:
                found.append((name, hits))
            elif hits:
                self._named(Item(directory, name, hits, choose(hits, directory.inherited)))
            else:
                files += 1
                verdict = memory.get((mode, info.st_uid, info.st_gid, info.st_nlink))
                if verdict is None or verdict.action != FINE or verdict.kept_out:
                    self._inherited(Item(directory, name, nothing, directory.inherited), info, memory)
                elif thorough and apply.has_list(directory.descriptor, _now(directory, name)):
                    self.later.append(Item(directory, name, nothing, directory.inherited))
            requested.discard(name)
        if _is_managed(directory.inherited):
            self.findings.counts["files"] += files
        for name in sorted(requested):
            self._absent(directory, name, FileNotFoundError(errno.ENOENT, ""))
        return found

    def _memory(self, item: Item) -> Memory:
        number = -1 if item.rule is None else item.rule.rank[2]
        return self.memories.setdefault((number, item.setting), {})

    def _absent(self, directory: Directory, name: str, error: OSError) -> None:
        if error.errno not in _GONE:
            self.findings.refuse("%s/%s" % (directory.path, name), str(error.strerror))
            return
        for node in directory.active:
            if name in node.literal:
                self.findings.missing += [rule.path for rule in missing_rules(node.literal[name]) if rule.managed]

    def _inherited(self, item: Item, info: os.stat_result, memory: Memory) -> None:
        """A file that nobody named and that is not known to be in order."""
        if not _is_managed(item.rule) and item.setting.reach == NOT_ASKED:
            return
        seen = Seen.of(info)
        verdict = memory.get(seen)
        if verdict is None:
            verdict = judge(seen, item.rule, item.setting, self.policy)
            memory[seen] = verdict
        if verdict.action in (LINK, SPECIAL):
            self._count_other(verdict)
        elif verdict.action != FINE or verdict.kept_out or self._has_list(item):
            self.later.append(item)

    def _has_list(self, item: Item) -> bool:
        return self.options.all_access_lists and apply.has_list(
            item.directory.descriptor, _now(item.directory, item.name)
        )

    def _count_other(self, verdict: Verdict) -> None:
        self.findings.counts["links" if verdict.action == LINK else "special"] += 1

    def _named(self, item: Item) -> None:
        """A file that an entry names."""
        if _is_managed(item.rule) or item.setting.reach != NOT_ASKED:
            if _is_managed(item.rule):
                self.findings.counts["files"] += 1
            self.later.append(item)
        elif item.rule is None:
            # It stands where the manifest goes on: a file or a link in the place of a directory.
            self.findings.refuse(item.path, "is no directory, though entries lie below it")

    def _file(self, item: Item) -> None:
        descriptor = self._open(item, _LOOK)
        if descriptor is None:
            return
        try:
            info = _info(item, descriptor)
            if stat.S_ISDIR(info.st_mode):
                self.findings.refuse(item.path, "was exchanged during the walk")
                return
            self._judged(item, descriptor, info)
        except OSError as error:
            self.findings.refuse(item.path, str(error.strerror))
        finally:
            _close(descriptor)

    def _open(self, item: Item, flags: int) -> Optional[int]:
        if item.name in item.directory.coming:
            return _NONE
        try:
            return os.open(_now(item.directory, item.name), flags, dir_fd=item.directory.descriptor)
        except OSError as error:
            if error.errno in _GONE:
                self.findings.counts["vanished"] += 1
            elif error.errno in _EXCHANGED:
                self.findings.refuse(item.path, "was exchanged during the walk")
            else:
                self.findings.refuse(item.path, str(error.strerror))
            return None

    def _judged(self, item: Item, descriptor: int, info: os.stat_result) -> Optional[Verdict]:
        """Judge what is held open, report it, and change it where that is requested. None where it is refused."""
        seen = Seen.of(info)
        verdict = judge(seen, item.rule, item.setting, self.policy)
        if verdict.action == REFUSE:
            self.findings.refuse(item.path, verdict.reason)
            return None
        if verdict.action in (LINK, SPECIAL):
            self._count_other(verdict)
            return verdict
        found = apply.extended(descriptor) if descriptor != _NONE else apply.NOTHING
        if found.access_list or found.default_list:
            self.findings.has_list(item.path, found)
        taken = verdict.action == CHANGE and takeover.is_taken(seen, verdict.requested, found)
        if taken and found.access_list:
            # What the mode says of the group was the mask of the list, which goes.
            plain = seen._replace(mode=mode_without_list(seen.mode, found.access_list))
            verdict = verdict._replace(requested=judge(plain, item.rule, item.setting, self.policy).requested)
        reason = self._against(item, descriptor, info, verdict, found, taken)
        if reason:
            self.findings.refuse(item.path, reason)
            return None
        if verdict.kept_out:
            self._keeps_out(item, seen, verdict, found)
        if verdict.action == CHANGE:
            part = item.rule.part if item.rule is not None else "umask"
            replaced = taken and stat.S_ISREG(info.st_mode)
            lists = takeover.lists_of(found) if taken else ()
            if replaced:
                self._be_alone()
            done = not self.options.enforce or self._change(item, descriptor, info, verdict.requested, lists, replaced)
            if done or Seen.of(os.fstat(descriptor)) != seen:
                self.findings.difference(item.path, part, seen.attributes, verdict.requested, found, replaced, taken)
            if not done:
                return None
        return verdict

    def _against(
        self,
        item: Item,
        descriptor: int,
        info: os.stat_result,
        verdict: Verdict,
        found: apply.Extended,
        taken: bool,
    ) -> str:
        """Why a change must not, or cannot, be made; empty if nothing speaks against it."""
        if verdict.action != CHANGE:
            return ""
        tracked = self.options.tracked
        if (
            tracked is not None
            and verdict.requested.uid not in (info.st_uid, tracked.owner)
            and tracked.holds(item.path)
        ):
            return (
                "is in the working copy %s of eccfg and must belong to %s (page eccfg); request that owner, or none"
                % (
                    tracked.path,
                    tracked.account,
                )
            )
        replaced = taken and stat.S_ISREG(info.st_mode)
        if replaced and info.st_size > takeover.LARGEST:
            return (
                "has %d bytes, and what accounts could write to becomes root's by a copy, of at most %d bytes: move it away, "
                "or remove it" % (info.st_size, takeover.LARGEST)
            )
        objection = _objection_to_content(item) if replaced else None
        if objection is not None:
            reason = objection(_content(item, descriptor))
            if reason:
                return reason
        if descriptor == _NONE:
            return ""  # whether it can be written is judged by the transaction
        directory = item.directory
        return (
            apply.objection(found, Seen.of(info).attributes, verdict.requested, taken)
            or self.survey.objection(descriptor, item.path, replaced)
            or (
                self.survey.objection(directory.descriptor, directory.path or "/", False, directory.path)
                if replaced
                else ""
            )
        )

    def _keeps_out(self, item: Item, seen: Seen, verdict: Verdict, found: apply.Extended) -> None:
        subject = self.policy.subject
        if subject is None:
            return
        need = need_of(stat.S_ISDIR(seen.mode), item.setting.reach != READ)
        if found.access_list and permits_by_list(subject, found.access_list, seen.uid, seen.gid, need):
            return
        requested = verdict.requested
        opened = permits(subject, requested.mode, requested.uid, requested.gid, need)
        self.findings.keeps_out(item.path, subject, seen.attributes, need, opened)

    def _change(
        self,
        item: Item,
        descriptor: int,
        info: os.stat_result,
        requested: Attributes,
        lists: Sequence[str],
        replaced: bool,
    ) -> bool:
        if replaced:
            return self._replaced(item, descriptor, info, requested, lists)
        present = Attributes(info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode))
        if stat.S_ISDIR(info.st_mode):
            requested = apply.first_step(present, requested)
        return self._carried_out(item, descriptor, present, requested, lists)

    def _replaced(
        self, item: Item, descriptor: int, info: os.stat_result, requested: Attributes, lists: Sequence[str]
    ) -> bool:
        present = Attributes(info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode))
        record = partial(self._record, item, descriptor, present, requested, lists)
        try:
            objection = _objection_to_content(item)
            takeover.replace(item.directory.descriptor, item.name, descriptor, requested, record, objection)
        except (apply.Exchanged, OSError) as error:
            words = getattr(error, "strerror", None) or str(error)
            if getattr(error, "errno", None) in _NO_SPACE:
                # Better than to leave it open: nobody else can open it from now on.
                if not self._carried_out(item, descriptor, present, requested, lists):
                    return False
                words += (
                    ", so it got its owner and mode without being replaced by a copy: a process that has it open for writing can still "
                    "write to it. Make room, then restart what has it open (fuser)"
                )
            self.findings.refuse(item.path, words)
            return False
        return True

    def _record(
        self,
        item: Item,
        descriptor: int,
        present: Attributes,
        requested: Attributes,
        lists: Sequence[str],
        copy: Optional[os.stat_result] = None,
    ) -> None:
        """Remember a change that is about to be made. Raises NotRecorded, which ends the walk; OSError."""
        if self.options.journal is not None:
            self.options.journal.add(undo.record_of(item.path, descriptor, present, requested, lists, copy))

    def _be_alone(self) -> None:
        """Keep transactions away until the end of the walk, from the first file on that is replaced: one of them could
        change a file after it was copied. Raises TransactionError."""
        if self.is_alone:
            return
        from ..transaction.signals import held
        from ..transaction.transaction import locked, refuse_state

        if self.options.enforce:
            with held():
                self.alone.enter_context(locked(self.options.state_dir))
        else:
            refuse_state(self.options.state_dir)
        self.is_alone = True

    def _carried_out(
        self, item: Item, descriptor: int, present: Attributes, requested: Attributes, lists: Sequence[str] = ()
    ) -> bool:
        try:
            if present != requested or lists:
                self._record(item, descriptor, present, requested, lists)
                apply.change(descriptor, present, requested, lists)
            now = os.stat(item.name, dir_fd=item.directory.descriptor, follow_symlinks=False)
            if not os.path.samestat(now, os.fstat(descriptor)):
                raise apply.Exchanged("was exchanged during the walk")
        except FileNotFoundError:
            self.findings.counts["vanished"] += 1
        except (apply.Exchanged, OSError) as error:
            self.findings.refuse(item.path, getattr(error, "strerror", None) or str(error))
            return False
        return True

    def _directory(self, item: Item) -> None:
        tracked = self.options.tracked
        if item.name == working_copy.MARK and tracked is not None and tracked.holds(item.directory.path):
            return  # whatever rule is for it: Subversion sets owners and modes here itself
        active, inherited = below(item.directory.active, item.hits), inherit(item.hits, item.directory.inherited)
        reach = item.setting.reach
        if any(node.closed for node in item.hits):
            active, inherited, reach = _with_literal(item.hits), None, NOT_ASKED
        if not (_is_managed(item.rule) or _is_managed(inherited) or active or reach != NOT_ASKED):
            return
        descriptor = self._open(item, _LIST)
        if descriptor is None:
            return
        try:
            info = _info(item, descriptor)
            if descriptor != _NONE and self._is_foreign(item, info):
                return
            self._inside(item, descriptor, info, active, inherited, reach)
        except OSError as error:
            self.findings.refuse(item.path, str(error.strerror))
        finally:
            _close(descriptor)

    def _is_foreign(self, item: Item, info: os.stat_result) -> bool:
        """Whether a directory is not to be entered: another file system, too deep, or seen before."""
        directory = item.directory
        if info.st_dev != directory.info.st_dev and not item.hits and not self.options.other_file_systems:
            self.findings.not_entered.append(item.path)
            return True
        key = (info.st_dev, info.st_ino)
        if key in self.entered or directory.depth >= DEPTH:
            words = "was moved during the walk" if key in self.entered else "lies more than %d directories deep" % DEPTH
            self.findings.refuse(item.path, words)
            return True
        self.entered.add(key)
        return False

    def _inside(
        self,
        item: Item,
        descriptor: int,
        info: os.stat_result,
        active: Active,
        inherited: Optional[Rule],
        reach: int,
    ) -> None:
        if _is_managed(item.rule):
            self.findings.counts["directories"] += 1
        verdict = self._judged(item, descriptor, info)
        if verdict is None:
            return
        directory = item.directory
        private, of_root = _is_private(info), info.st_uid in (0, os.geteuid())
        safe = private and directory.keeps and of_root
        keeps = safe or (directory.keeps and of_root and bool(info.st_mode & stat.S_ISVTX))
        depth = directory.depth + 1
        if _is_managed(inherited) or active or reach == READ:
            coming = intended.within(item.path)
            self._visit(Directory(descriptor, item.path, info, safe, keeps, depth, active, inherited, reach, coming))
        if verdict.action == CHANGE and self.options.enforce:
            # What others get more of a directory, they get when its contents are in order.
            present = apply.first_step(
                Attributes(info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode)), verdict.requested
            )
            if present != verdict.requested:
                self._carried_out(item, descriptor, present, verdict.requested)


def _with_literal(hits: List[Node]) -> Active:
    return tuple(node for node in hits if node.literal)


def _is_managed(rule: Optional[Rule]) -> bool:
    return rule is not None and rule.managed


def _is_private(info: os.stat_result) -> bool:
    """Whether only root (or the caller) can change the entries of a directory."""
    return info.st_uid in (0, os.geteuid()) and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _entries_of_list(descriptor: int) -> Iterator[Tuple[str, os.stat_result]]:
    for name in os.listdir(descriptor):
        try:
            yield name, os.stat(name, dir_fd=descriptor, follow_symlinks=False)
        except FileNotFoundError:
            continue


def _entries_of_scan(descriptor: int) -> Iterator[Tuple[str, os.stat_result]]:
    with os.scandir(descriptor) as entries:
        for entry in entries:
            try:
                yield entry.name, entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue


def _status(directory: Directory, name: str) -> os.stat_result:
    """What a name leads to, or will. Raises OSError."""
    shape = directory.coming.get(name)
    if shape is not None:
        return _foretold(directory, shape)
    if name in directory.coming or directory.descriptor == _NONE:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    return os.stat(_now(directory, name), dir_fd=directory.descriptor, follow_symlinks=False)


def _info(item: Item, descriptor: int) -> os.stat_result:
    return os.fstat(descriptor) if descriptor != _NONE else _status(item.directory, item.name)


def _foretold(directory: Directory, shape: intended.Shape) -> os.stat_result:
    """The stat result of what is not there yet."""
    numbers = (shape.kind | shape.mode, 0, directory.info.st_dev, 1, shape.owner, shape.group)
    return os.stat_result(numbers + (0, 0, 0, 0))


def _close(descriptor: int) -> None:
    if descriptor != _NONE:
        os.close(descriptor)


def _now(directory: Directory, name: str) -> str:
    """The name under which a file is found now; '' for one that an unfinished transaction will not leave (files/foreseen.py)."""
    return foreseen.within(directory.path).get(name, name)


def _entries_of(directory: Directory) -> Iterable[Tuple[str, os.stat_result]]:
    if directory.coming:
        return _coming_entries(directory)
    if directory.descriptor == _NONE:
        return []
    instead = foreseen.within(directory.path)
    return _foreseen_entries(directory.descriptor, instead) if instead else _entries(directory.descriptor)


def _coming_entries(directory: Directory) -> Iterator[Tuple[str, os.stat_result]]:
    there = directory._replace(coming={})
    for name, info in _entries_of(there):
        if name not in directory.coming:
            yield name, info
    for name, shape in sorted(directory.coming.items()):
        if shape is not None:
            yield name, _foretold(directory, shape)


def _foreseen_entries(descriptor: int, instead: Mapping[str, str]) -> Iterator[Tuple[str, os.stat_result]]:
    there = dict(_entries(descriptor))
    for name in foreseen.seen(instead, there):
        info = there.get(instead.get(name, name))
        if info is not None:
            yield name, info


# Since Python 3.7 os.scandir takes a descriptor.
_entries = _entries_of_scan if sys.version_info >= (3, 7) else _entries_of_list


def _objection_to_content(item: Item) -> Optional[takeover.Objection]:
    """What judges the content of a file that becomes root's; None where root does not run it, or only a program could tell what it does."""
    part = item.rule.part if item.rule is not None else ""
    if part not in EXECUTED or item.name not in executed.KINDS:
        return None

    def judged(content: bytes) -> str:
        reason = executed.objection(item.name, item.path, content)
        return (
            "%s, and an account other than root could write to it: root would run what that account prepared. %s"
            % (reason, READ_IT)
            if reason
            else ""
        )

    return judged


def _content(item: Item, descriptor: int) -> bytes:
    if descriptor != _NONE:
        return takeover.content_of(descriptor)
    coming = intended.file(item.path)
    return (coming.content if coming is not None else None) or b""
