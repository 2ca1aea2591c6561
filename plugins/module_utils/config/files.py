# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration files that must be there, with owner, group and mode, before their content is looked at.

Pure: the node is read through `Look`. A missing file is copied from its source, or created empty; an existing one keeps its
content.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from ..errors import PlanError, assumption
from ..files import file_mode
from ..files.current import CurrentFile
from ..files.planned import Directory, Requested, paths_above
from ..text import generated
from .plan import Change, FileEdit, Plan


class Look(NamedTuple):
    """How the node is looked at; `uid` and `gid` give None for an account that does not exist."""

    file: Callable[[str], Optional[CurrentFile]]
    is_directory: Callable[[str], bool]
    uid: Callable[[str], Optional[int]]
    gid: Callable[[str], Optional[int]]


class DesiredFile(NamedTuple):
    """A requested file; owner and group are names or numbers, modes numbers.

    `unmark` is taken off the beginnings of lines; `keep` leaves the attributes of a file that is there.
    """

    path: str
    source: Optional[str]
    owner: str
    group: str
    mode: int
    directory_mode: int
    unmark: str = ""
    keep: bool = False


class FilePlan(NamedTuple):
    """Directories to create first, outermost first; then the files, with attributes (owner, group, mode) by path. assumed: what
    check mode takes for granted, in warnings. requested: owners and modes that every run sets."""

    directories: List[Directory]
    edits: List[FileEdit]
    attributes: Dict[str, Tuple[int, int, int]]
    changes: List[Change]
    assumed: List[str]
    requested: List[Requested]


def desired(entry: Dict[str, Any]) -> DesiredFile:
    """Read one entry of the option `files`. Raises PlanError for a mode that is none, or lets others write, and for names that nobody
    can mean."""
    for key in ("path", "source", "owner", "group"):
        if entry[key] is not None and not generated.line("%s of %s" % (key, entry["path"]), entry[key]):
            raise PlanError("%s of %r is empty; name it, or leave it out" % (key, entry["path"]))
    modes = [
        file_mode.number("%s: %s" % (entry["path"], key), entry[key], most)
        for key, most in (("mode", file_mode.PERMISSIONS), ("directory_mode", file_mode.ALL_BITS))
    ]
    words = [entry[key] for key in ("path", "source", "owner", "group")]
    return DesiredFile(*words, *modes)._replace(unmark=entry.get("unmark") or "", keep=bool(entry.get("keep")))


def plan_files(all_desired: Sequence[DesiredFile], look: Look, check_mode: bool) -> FilePlan:
    """Compute which directories and files must be created or given other attributes.

    In check mode accounts and sources that do not exist yet are taken as if they did, with a warning: an earlier task may make
    them. Raises PlanError.
    """
    plan = FilePlan([], [], {}, [], [], [])
    made: Set[str] = set()
    for requested in all_desired:
        ids = tuple(
            _id(plan, requested, lookup, name, check_mode)
            for lookup, name in ((look.uid, requested.owner), (look.gid, requested.group))
        )
        found = look.file(requested.path)
        if not requested.keep:
            plan.requested.append(Requested(requested.path, ids[0], ids[1], requested.mode))
        if found is None:
            _create(plan, requested, (ids[0], ids[1], requested.mode), look, check_mode, made)
        else:
            _adapt(plan, requested, found, (ids[0], ids[1], requested.mode))
    return plan


def _adapt(plan: FilePlan, requested: DesiredFile, found: CurrentFile, attributes: Tuple[int, int, int]) -> None:
    """Give a file that is there its attributes, and take the marks off its lines."""
    content = unmarked(found.content, requested.unmark)
    differs = not requested.keep and found.attributes != attributes
    if differs or content != found.content:
        plan.edits.append(FileEdit(requested.path, found.content, content))
    if differs:
        plan.attributes[requested.path] = attributes
        plan.changes.append(_change(requested.path, "attributes", _words(*found.attributes), _words(*attributes)))
    if content != found.content:
        plan.changes.append(_change(requested.path, "unmark", requested.unmark, None))


def unmarked(content: bytes, mark: str) -> bytes:
    """Take a mark off the beginnings of lines, with the one blank after it. Nothing is done without a mark."""
    sign = mark.encode("utf-8")
    if not sign:
        return content
    lines = content.split(b"\n")
    return b"\n".join(_without(line, sign) for line in lines)


def _without(line: bytes, sign: bytes) -> bytes:
    if not line.startswith(sign):
        return line
    rest = line[len(sign) :]
    return rest[1:] if rest[:1] == b" " else rest


def activated_by(plan: FilePlan, level: str) -> FilePlan:
    """The same plan, whose change of lines needs this level: none, reload or restart."""
    changes = [change._replace(activation=level) if change.action == "unmark" else change for change in plan.changes]
    return plan._replace(changes=changes)


def merge(files: FilePlan, settings: Plan) -> Plan:
    """Lay a plan of settings over the files it was made upon: one edit for each file, from what is there to what is requested."""
    original = {edit.path: edit.before for edit in files.edits}
    edits = {edit.path: edit for edit in files.edits}
    for edit in settings.edits:
        edits[edit.path] = FileEdit(edit.path, original.get(edit.path, edit.before), edit.after)
    return Plan(list(edits.values()), files.changes + settings.changes, settings.warnings + files.assumed)


def _create(
    plan: FilePlan,
    requested: DesiredFile,
    attributes: Tuple[int, int, int],
    look: Look,
    check_mode: bool,
    made: Set[str],
) -> None:
    """Create a file and the directories above it; `made` are those that the plan creates already."""
    for path in paths_above(requested.path, look.is_directory):
        if path not in made:
            made.add(path)
            plan.directories.append(Directory(path, attributes[0], attributes[1], requested.directory_mode))
            plan.changes.append(
                _change(path, "create_directory", None, _words(attributes[0], attributes[1], requested.directory_mode))
            )
    plan.edits.append(FileEdit(requested.path, None, _initial(plan, requested, look, check_mode)))
    plan.attributes[requested.path] = attributes
    plan.changes.append(_change(requested.path, "create", None, _words(*attributes)))


def _initial(plan: FilePlan, requested: DesiredFile, look: Look, check_mode: bool) -> bytes:
    if requested.source is None:
        return b""
    source = look.file(requested.source)
    if source is None:
        words = "%s is missing, and so is %s, from which it would be copied; is Momentum installed?"
        _refuse_unless_announced(plan, check_mode, words % (requested.path, requested.source))
    return b"" if source is None else unmarked(source.content, requested.unmark)


def _id(
    plan: FilePlan, requested: DesiredFile, lookup: Callable[[str], Optional[int]], name: str, check_mode: bool
) -> int:
    number = lookup(name)
    if number is None:
        words = "%s is to belong to %r, which the node does not know; create that account first" % (
            requested.path,
            name,
        )
        _refuse_unless_announced(plan, check_mode, words)
    return -1 if number is None else number


def _refuse_unless_announced(plan: FilePlan, check_mode: bool, refusal: str) -> None:
    if not check_mode:
        raise PlanError(refusal)
    plan.assumed.append(assumption(refusal))


def _words(owner: int, group: int, mode: int) -> str:
    return "%d:%d %04o" % (owner, group, mode)


def _change(path: str, action: str, before: Optional[str], after: Optional[str]) -> Change:
    return Change(path, 0, "", "", action, before, after, "none")
