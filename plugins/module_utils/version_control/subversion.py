# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What in a working copy differs from what was checked out, by `svn status --xml`.

What `eccfg status` prints is not documented, and Subversion's XML is (svnbook, *svn status*). The vendor's own `svn` is in 3rdParty/bin beside the prefix
(page 3/3-reference/conf-manual-changes). It only looks: neither the repository nor a password is needed.
"""

import os
import stat
from typing import Dict, Sequence

from ..errors import MomentumError
from ..files import working_copy
from ..host import locales
from ..host import program as programs
from ..host.accounts import user_name
from ..host.program import Run

TIMEOUT = 60.0  # seconds
_AS_CHECKED_OUT = ("normal", "none", "external", "ignored")
CONFLICTED = "conflicted"


class Unknown(MomentumError):
    """What differs cannot be found out here."""


def program(prefix: str) -> str:
    """Return where the vendor's packages have Subversion's client."""
    return os.path.join(os.path.dirname(os.path.normpath(prefix)), "3rdParty", "bin", "svn")


def changes(prefix: str, copy: str, run: Run = programs.run) -> Dict[str, str]:
    """Return what differs in a working copy by path: `modified`, `added`, `deleted`, `missing`, `unversioned`, `conflicted` or another word of
    Subversion's. Of a directory that it does not know there is one entry. Raises Unknown."""
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
    command = become + ["env", "LC_ALL=" + locales.of_names(), svn, "status", "--xml", "--non-interactive", path]
    ran = run(command, TIMEOUT)
    if ran.status != 0:
        raise Unknown("%s: %s" % (" ".join(command), programs.shown(ran.output) or "status %s" % ran.status))
    return _parsed(ran.output, command)


def _parsed(text: str, command: Sequence[str]) -> Dict[str, str]:
    # Not needed by tasks that commit nothing.
    import xml.etree.ElementTree as xml

    found: Dict[str, str] = {}
    try:
        for entry in xml.fromstring(text).iter("entry"):
            state = entry.find("wc-status")
            if state is None:
                continue
            item, properties = state.get("item", ""), state.get("props", "none")
            if state.get("tree-conflicted") == "true" or CONFLICTED in (item, properties):
                found[entry.get("path", "")] = CONFLICTED
            elif item not in _AS_CHECKED_OUT:
                found[entry.get("path", "")] = item
            elif properties not in _AS_CHECKED_OUT:
                found[entry.get("path", "")] = "%s properties" % properties
    except xml.ParseError as error:
        raise Unknown("%s: its output is no XML: %s" % (" ".join(command), error))
    return found
