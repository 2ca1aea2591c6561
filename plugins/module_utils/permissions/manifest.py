# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From entries, built-in ones and those of a task, to rules."""

import os
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import PlanError
from ..files import file_mode
from ..text import grammar
from . import manifests_data, modes
from .modes import Mode
from .patterns import is_pattern
from .rules import Rule, components

Account = Callable[[str], Optional[int]]
FIELDS = ("owner", "group", "mode", "directory_mode", "recurse", "exclude")


class Site(NamedTuple):
    """What the placeholders of the built-in manifests stand for."""

    prefix: str
    user: str
    group: str
    spool: Sequence[str]


class Entry(NamedTuple):
    """An entry as it is written down: names, modes as text or integer. None: as it is."""

    path: str
    owner: Optional[str] = None
    group: Optional[str] = None
    mode: Any = None
    directory_mode: Any = None
    recurse: bool = False
    exclude: Tuple[str, ...] = ()
    part: str = ""


def line_of(version: str) -> str:
    """The version line of a release: 3.x, 4.x or 5.x; the newest for what comes after it."""
    major = grammar.number(version.partition(".")[0], 10**9)
    if major is None or major < 3:
        raise PlanError(
            "version %r is none that a built-in manifest is for; write it as 3.6.24, 4.8 or 5.3.0" % version
        )
    return "%d.x" % min(major, 5)


def _release(version: str) -> Tuple[int, ...]:
    """The leading numbers of a version; 4.3 is before 4.3.1."""
    found: List[int] = []
    for part in version.split("."):
        value = grammar.number(part, 10**9)
        if value is None:
            break
        found.append(value)
    return tuple(found)


def built_in(role: str, version: str, site: Site, leave: Sequence[str], manual: Sequence[str]) -> List[Entry]:
    """The built-in entries of a role in a version. leave: parts that are left out. manual: parts with the manual's own modes."""
    found: List[Entry] = []
    line, release = line_of(version), _release(version)
    for data in manifests_data.BUILT_IN:
        if role in data.roles and line in data.lines and release >= data.since and data.part not in leave:
            if data.manual is not None and data.part in manual:
                data = data._replace(**data.manual)
            found += _filled(data, site)
    return found


def _filled(data: manifests_data.BuiltIn, site: Site) -> List[Entry]:
    spools = site.spool if "{spool}" in data.path else [""]
    words = {"{user}": site.user, "{group}": site.group}
    return [
        Entry(
            data.path.format(base=os.path.dirname(site.prefix), prefix=site.prefix, spool=spool),
            words.get(data.owner or "", data.owner),
            words.get(data.group or "", data.group),
            data.mode,
            data.directory_mode,
            data.recurse,
            data.exclude,
            data.part,
        )
        for spool in spools
    ]


def normal(path: str) -> str:
    """A path without needless slashes and dots. Raises PlanError if it is not absolute or goes back up."""
    if not path.startswith("/") or ".." in path.split("/") or "\0" in path or not components(path):
        raise PlanError("path %r: an absolute path below /, without '..', is needed" % path)
    return "/" + "/".join(components(path))


def extended(entries: Sequence[Entry], own: Sequence[Dict[str, Any]]) -> List[Entry]:
    """Lay a task's entries over built-in ones. Of an entry with the same path, what is given replaces what is there."""
    found = {entry.path: entry for entry in entries}
    for given in own:
        path = normal(given["path"])
        base = found.pop(path, Entry(path, part="own"))
        changes = {key: given[key] for key in FIELDS if given.get(key) is not None}
        if "exclude" in changes:
            changes["exclude"] = tuple(changes["exclude"])
        if "mode" in changes and "directory_mode" not in changes:
            changes["directory_mode"] = None
        found[path] = base._replace(**changes)
    return list(found.values())


def refuse_spools(own: Sequence[Dict[str, Any]], spools: Sequence[str]) -> None:
    """Raise PlanError for an entry of a task that would walk a spool."""
    for given in own:
        path = normal(given["path"])
        inside = [spool for spool in spools if path == normal(spool) or path.startswith(normal(spool) + "/")]
        if inside and (given.get("recurse") or is_pattern(path)):
            raise PlanError("%s would walk the spool %s; say walk_spool: true if that is meant" % (path, inside[0]))


def rules_of(entries: Sequence[Entry], user: Account, group: Account, locate: Callable[[str], str]) -> List[Rule]:
    """The rules of entries. An account that does not exist is a problem of the rule: it only matters where the rule applies.

    locate: gives the path that a literal path really is, or raises MomentumError."""
    found = []
    for entry in entries:
        rule = _rule(entry, user, group)
        path = _located(rule.path, locate)
        found.append(rule._replace(path=path))
        found += [_excluded(path, pattern) for pattern in entry.exclude]
    return found


def _rule(entry: Entry, user: Account, group: Account) -> Rule:
    mode = _mode(entry, "mode")
    directory_mode = _mode(entry, "directory_mode")
    _refuse_special(entry, mode)
    owner = None if entry.owner is None else user(entry.owner)
    gid = None if entry.group is None else group(entry.group)
    problem = ""
    if entry.owner is not None and owner is None:
        problem = "the node has no user %s" % entry.owner
    elif entry.group is not None and gid is None:
        problem = "the node has no group %s" % entry.group
    if directory_mode is None:
        directory_mode = modes.of_directories(mode)
    return Rule(entry.path, owner, gid, mode, directory_mode, entry.recurse, True, entry.part, problem)


def _mode(entry: Entry, option: str) -> Optional[Mode]:
    value = getattr(entry, option)
    return None if value is None else modes.parse(value, "%s: %s" % (entry.path, option))


def _refuse_special(entry: Entry, mode: Optional[Mode]) -> None:
    """A set-id bit is right for one program, never for all files that a tree or a wildcard happens to hold."""
    special = 0 if mode is None else mode.put & ~file_mode.PERMISSIONS
    if special and (entry.recurse or is_pattern(entry.path)):
        raise PlanError(
            "%s: mode %s would set set-id or sticky bits on every file that it applies to; name each such file in an entry of its "
            "own, without recurse and wildcards, and directories by directory_mode" % (entry.path, entry.mode)
        )


def _excluded(path: str, pattern: str) -> Rule:
    parts = pattern.split("/")
    if not pattern or pattern.startswith("/") or ".." in parts:
        raise PlanError("%s: exclude %r: a path relative to the entry is needed, without '..'" % (path, pattern))
    anywhere = "" if len(parts) > 1 else "**/"
    return Rule("%s/%s%s" % (path, anywhere, pattern), managed=False)


def _located(path: str, locate: Callable[[str], str]) -> str:
    """The path with trusted links on the way to its last literal component resolved; wildcards stay as they are."""
    parts = components(path)
    literal = parts
    for number, part in enumerate(parts):
        if is_pattern(part):
            literal = parts[:number]
            break
    if not literal:
        return path
    return "/".join([locate("/" + "/".join(literal))] + parts[len(literal) :])
