# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What in a working copy differs from what was checked out, by `svn status --xml`, and what Subversion ignores there.

What `eccfg status` prints is not documented, and Subversion's XML is (svnbook, *svn status*). The vendor's own `svn` is in 3rdParty/bin beside the prefix
(page 3/3-reference/conf-manual-changes). It only looks: neither the repository nor a password is needed.
"""

import os
import stat
from fnmatch import fnmatchcase
from typing import Dict, List, NamedTuple, Sequence

from ..errors import MomentumError
from ..files import working_copy
from ..host import locales
from ..host import program as programs
from ..host.accounts import user_name
from ..host.program import Run

TIMEOUT = 60.0  # seconds
_AS_CHECKED_OUT = ("normal", "none", "external")
_IGNORED = "ignored"
CONFLICTED = "conflicted"
# Of a file that does not exist yet, Subversion does not say whether it is ignored. These are its own patterns where no configuration of the
# account sets others (svnbook, *global-ignores*).
_USUALLY = (
    "*.o *.lo *.la *.al .libs *.so *.so.[0-9]* *.a *.pyc *.pyo __pycache__ *.rej *~ #*# .#* .*.swp .DS_Store".split(" ")
)


class Seen(NamedTuple):
    """changes: what differs, see `changes`. ignored: the paths that Subversion ignores; of a directory there is one."""

    changes: Dict[str, str]
    ignored: List[str]


class Unknown(MomentumError):
    """What differs cannot be found out here."""


def program(prefix: str) -> str:
    """Return where the vendor's packages have Subversion's client."""
    return os.path.join(os.path.dirname(os.path.normpath(prefix)), "3rdParty", "bin", "svn")


def changes(prefix: str, copy: str, run: Run = programs.run) -> Dict[str, str]:
    """Return what differs in a working copy by path: `modified`, `added`, `deleted`, `missing`, `unversioned`, `conflicted` or another word of
    Subversion's. Of a directory that it does not know there is one entry. Raises Unknown."""
    return look(prefix, copy, run).changes


def look(prefix: str, copy: str, run: Run = programs.run) -> Seen:
    """Return what differs in a working copy, and what is ignored there. Raises Unknown."""
    command = _command(prefix, copy, ["status", "--xml", "--no-ignore", "--non-interactive"])
    return _parsed(_output(command, run), command)


def will_ignore(prefix: str, copy: str, paths: Sequence[str], run: Run = programs.run) -> List[str]:
    """Return those of the paths that Subversion would ignore once they exist. They lie in the working copy, and do not exist. Raises Unknown."""
    if not paths:
        return []
    command = _command(prefix, copy, ["proplist", "--verbose", "--recursive", "--xml", "--non-interactive"])
    properties = _properties(_output(command, run), command)
    return [path for path in paths if _is_ignored(path, copy, properties)]


def _is_ignored(path: str, copy: str, properties: Dict[str, Dict[str, List[str]]]) -> bool:
    inherited = list(_USUALLY)
    directory = copy
    for name in os.path.relpath(path, copy).split(os.sep):
        own = properties.get(directory, {})
        inherited += own.get("svn:global-ignores", [])
        directory = os.path.join(directory, name)
        is_new = not os.path.lexists(directory)
        if is_new and any(fnmatchcase(name, pattern) for pattern in inherited + own.get("svn:ignore", [])):
            return True
    return False


def _command(prefix: str, copy: str, words: List[str]) -> List[str]:
    svn = program(prefix)
    if not os.access(svn, os.X_OK):
        raise Unknown("%s, which tells what is not committed, is no program" % svn)
    mark = os.lstat(os.path.join(copy, working_copy.MARK))
    if not stat.S_ISDIR(mark.st_mode) or mark.st_mode & stat.S_IWOTH:
        raise Unknown("%s is no directory that its owner alone writes to" % os.path.join(copy, working_copy.MARK))
    owner, itself = mark.st_uid, os.geteuid()
    # Subversion keeps a database, and what root leaves beside it, eccfg could not open any more.
    become = [] if owner == itself else ["runuser", "-u", user_name(owner), "--"]
    # With an @ in the path what comes after the last one is a revision.
    path = copy + "@" if "@" in copy else copy
    # It stops at a name beyond ASCII in the locale C.
    return become + ["env", "LC_ALL=" + locales.of_names(), svn, *words, path]


def _output(command: List[str], run: Run) -> str:
    ran = run(command, TIMEOUT)
    if ran.status != 0:
        raise Unknown("%s: %s" % (" ".join(command), programs.shown(ran.output) or "status %s" % ran.status))
    return ran.output


def _properties(text: str, command: Sequence[str]) -> Dict[str, Dict[str, List[str]]]:
    """The patterns of each property by its directory, one a line."""
    import xml.etree.ElementTree as xml

    found: Dict[str, Dict[str, List[str]]] = {}
    try:
        for target in xml.fromstring(text).iter("target"):
            own = found.setdefault(target.get("path", ""), {})
            for entry in target.iter("property"):
                own[entry.get("name", "")] = [line.strip() for line in (entry.text or "").split("\n") if line.strip()]
    except xml.ParseError as error:
        raise Unknown("%s: its output is no XML: %s" % (" ".join(command), error))
    return found


def _parsed(text: str, command: Sequence[str]) -> Seen:
    # Not needed by tasks that commit nothing.
    import xml.etree.ElementTree as xml

    found: Dict[str, str] = {}
    ignored: List[str] = []
    try:
        for entry in xml.fromstring(text).iter("entry"):
            state = entry.find("wc-status")
            if state is None:
                continue
            item, properties = state.get("item", ""), state.get("props", "none")
            if state.get("tree-conflicted") == "true" or CONFLICTED in (item, properties):
                found[entry.get("path", "")] = CONFLICTED
            elif item == _IGNORED:
                ignored.append(entry.get("path", ""))
            elif item not in _AS_CHECKED_OUT:
                found[entry.get("path", "")] = item
            elif properties not in _AS_CHECKED_OUT:
                found[entry.get("path", "")] = "%s properties" % properties
    except xml.ParseError as error:
        raise Unknown("%s: its output is no XML: %s" % (" ".join(command), error))
    return Seen(found, ignored)
