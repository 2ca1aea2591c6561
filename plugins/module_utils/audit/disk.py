# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects of the file system: who can change them, and who can read them.

By the modes of an object and of all directories above it, links resolved. What an access control list adds is not worked out: FileFacts says that there
is one.
"""

import os
import stat
from typing import Iterator, List, Optional, Set

from ..files.safe_paths import UnsafePath
from ..host.accounts import group_name, user_name
from .evidence import CouldNotLook, FileFacts

EVERYBODY = "everybody"
_KINDS = (
    (stat.S_ISREG, "file"),
    (stat.S_ISDIR, "directory"),
    (stat.S_ISLNK, "link"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISFIFO, "fifo"),
)
_LISTS = ("system.posix_acl_access", "system.nfs4_acl")


def describe(path: str) -> Optional[FileFacts]:
    """Describe what is at a path, a link as a link; None where there is nothing. Raises CouldNotLook for a relative path, OSError."""
    if not os.path.isabs(path):
        raise CouldNotLook("%s is a relative path; what it is relative to is not documented" % path)
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError as error:
        raise CouldNotLook("%s: %s" % (ascii(path), error)) from error
    above = list(_above(path))
    return FileFacts(
        path,
        next((word for test, word in _KINDS if test(found.st_mode)), "device"),
        user_name(found.st_uid),
        group_name(found.st_gid),
        stat.S_IMODE(found.st_mode),
        frozenset(_writers(found, above)),
        frozenset(_readers(found, above)),
        _has_list(path),
        found.st_nlink,
    )


def _above(path: str) -> Iterator[os.stat_result]:
    """Every directory by which a path leads to its object, those that links lead through included. Raises UnsafePath for a circle."""
    seen: Set[str] = set()
    waiting: List[str] = [os.path.dirname(os.path.normpath(path))]
    while waiting:
        directory = waiting.pop()
        if directory in seen:
            continue
        seen.add(directory)
        if len(seen) > 200:
            raise UnsafePath(path, "too many directories and links lead there")
        found = os.lstat(directory)
        if stat.S_ISLNK(found.st_mode):
            waiting.append(os.path.normpath(os.path.join(os.path.dirname(directory), os.readlink(directory))))
        else:
            yield found
        if os.path.dirname(directory) != directory:
            waiting.append(os.path.dirname(directory))


def _writers(found: os.stat_result, above: List[os.stat_result]) -> Iterator[str]:
    """Those who can change an object, or put another in its place."""
    if not stat.S_ISLNK(found.st_mode):
        yield from _by_mode(found, stat.S_IWUSR, True)
    elif found.st_uid != 0:
        yield "user %s" % user_name(found.st_uid)
    for directory in above:
        for who in _by_mode(directory, stat.S_IWUSR, True):
            # In a directory with the sticky bit only owners exchange what is there.
            if not directory.st_mode & stat.S_ISVTX or who == "user %s" % user_name(directory.st_uid):
                yield who


def _readers(found: os.stat_result, above: List[os.stat_result]) -> Iterator[str]:
    """Those who can read an object. Everybody only where everybody comes there."""
    closed = any(not directory.st_mode & stat.S_IXOTH for directory in above)
    for who in _by_mode(found, stat.S_IRUSR, False):
        if not (closed and who == EVERYBODY):
            yield who


def _by_mode(found: os.stat_result, bit: int, owns: bool) -> Iterator[str]:
    """Whom a mode gives a right, root apart. owns: whether an owner has it in any case, because he changes the mode."""
    if found.st_uid != 0 and (owns or found.st_mode & bit):
        yield "user %s" % user_name(found.st_uid)
    if found.st_gid != 0 and found.st_mode & bit >> 3:
        yield "group %s" % group_name(found.st_gid)
    if found.st_mode & bit >> 6:
        yield EVERYBODY


def _has_list(path: str) -> bool:
    if not hasattr(os, "listxattr"):
        return False
    try:
        return any(name in _LISTS for name in os.listxattr(path, follow_symlinks=False))
    except OSError:  # a file system without attributes
        return False
