# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory of the control socket: who could put something in its place, and what it shall be.

The daemon creates its socket anew at every start, and at a reload that moves it, which it does after it gave up root. So its
user must be able to write there; that is inferred, as no page of the manuals says so.
"""

import os
import stat
from typing import List, NamedTuple, Optional, Tuple

from ..config.plan import Change
from ..errors import PlanError, assumption
from ..files import intended
from ..files.planned import Directory
from ..files.reading import names
from ..files.safe_paths import UnsafePath
from ..host import accounts
from ..text import visible


class DirectoryPlan(NamedTuple):
    """The directory to make or correct (None: nothing to do), how that is reported, what check mode takes for granted, as a warning, and the
    directory as every run requests it (None: it is left alone)."""

    directory: Optional[Directory]
    changes: List[Change]
    assumed: str = ""
    requested: Optional[Directory] = None


_USUAL = ("/run/ecelerity", "/run/ecelerity-console")

NO_DIRECTORY = DirectoryPlan(None, [])


def exposed(path: str, owner: Optional[int]) -> bool:
    """Whether any account could put something in the place of a path, or of a directory above it.

    A sticky directory is safe where the next step belongs to root, to the caller or to `owner`. What is missing will be made by
    the caller in a directory that was judged before.
    """
    parts = [part for part in path.split("/") if part]
    above = "/"
    for number, part in enumerate(parts):
        info = _status(above)
        if info is None:
            return False
        below = os.path.join(above, part)
        if info.st_mode & stat.S_IWOTH and (number == len(parts) - 1 or not _held(info, below, owner)):
            return not (number == len(parts) - 1 and is_own(above, owner))
        above = below
    return False


def is_placed_by(path: str, owner: int) -> bool:
    """Whether what is at a path was put there by root, the caller or `owner`, and no other account can exchange it."""
    above = "/"
    for part in [part for part in path.split("/") if part]:
        info, below = _status(above), os.path.join(above, part)
        if info is None:
            return False
        try:
            step = os.lstat(below)
        except OSError:
            return False
        if step.st_uid not in (0, os.geteuid(), owner) or info.st_mode & stat.S_IWOTH and not _held(info, below, owner):
            return False
        above = below
    return above != "/"


def is_own(directory: str, owner: Optional[int]) -> bool:
    """Whether an existing directory is there for sockets only, so that its mode can be changed without harm to others."""
    return _objection(directory, owner) is None


def _objection(directory: str, owner: Optional[int]) -> Optional[Tuple[str, str]]:
    """Why the owner and mode of a directory are not this collection's to change, and how that can be fixed; None where they are."""
    try:
        info = os.lstat(directory)
        if stat.S_ISLNK(info.st_mode):
            return "is a link", "name the directory that it leads to"
        if not stat.S_ISDIR(info.st_mode):
            return "is no directory", "move it away"
        if info.st_mode & stat.S_ISVTX:
            return "has the sticky bit, so it is shared", "take the bit off if it is not (chmod -t)"
        if info.st_uid not in (0, os.geteuid(), owner):
            owned = "belongs to %s" % accounts.user_name(info.st_uid)
            return owned, "give it to root if that account has nothing to do there (chown)"
        # Ends at the first name that is no socket's, so that a directory of any size costs little.
        for name in names(directory):
            if not stat.S_ISSOCK(os.lstat(os.path.join(directory, name)).st_mode):
                return "holds %s, which is no socket" % visible.line(name), "move that away"
    except OSError as error:
        return "cannot be read (%s)" % error.strerror, "see that it can be"
    except UnsafePath as error:
        return error.reason, "see that it can be read"
    return None


def plan_directory(directory: Directory, check_mode: bool) -> DirectoryPlan:
    """Plan the socket's directory. Raises PlanError where it is not one of its own, or nobody can make it.

    In check mode a missing parent is taken as if an earlier task made it, with a warning.
    """
    info = _status(directory.path)
    requested = directory[1:]
    if info is None:
        parent = os.path.dirname(directory.path)
        words = "%s, in which the directory of the socket would be made, does not exist; create it first" % parent
        is_missing = not intended.is_directory(parent)
        if is_missing and not check_mode:
            raise PlanError(words)
        made = [_change(directory, "create_directory", None)]
        return DirectoryPlan(directory, made, assumption(words) if is_missing else "", directory)
    found = (info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode))
    if found == requested:
        return DirectoryPlan(None, [], requested=directory)
    objection = _objection(directory.path, directory.owner)
    if objection is not None:
        raise PlanError(
            "%s, the directory of the socket, %s, so its owner and mode are left alone: %s, or give the socket a directory of its own "
            "with the option socket (roles: momentum_control_socket), such as %s"
            % (directory.path, *objection, _another(directory.path))
        )
    return DirectoryPlan(directory, [_change(directory, "attributes", _words(*found))], requested=directory)


def _another(directory: str) -> str:
    """A usual place for a socket that does not lie in a directory that was refused."""
    usual = next(one for one in _USUAL if one != os.path.normpath(directory))
    return os.path.join(usual, "control")


def _held(info: os.stat_result, below: str, owner: Optional[int]) -> bool:
    """Whether the next step cannot be exchanged in a directory that everybody may write to."""
    try:
        step = os.lstat(below)
    except OSError:
        return False
    return bool(info.st_mode & stat.S_ISVTX) and step.st_uid in (0, os.geteuid(), owner)


def _status(path: str) -> Optional[os.stat_result]:
    try:
        return os.stat(path)
    except OSError:
        return None


def _words(owner: int, group: int, mode: int) -> str:
    return "%d:%d %04o" % (owner, group, mode)


def _change(directory: Directory, action: str, before: Optional[str]) -> Change:
    return Change(directory.path, 0, "", "", action, before, _words(*directory[1:]), "none")
