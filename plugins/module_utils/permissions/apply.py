# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Look at and change one object that is held open by a descriptor. No path of the tree is used here.

The descriptor may be one of O_PATH, for which fchown(2) and fchmod(2) fail; /proc/self/fd/N names the very object that
it refers to, open(2), and cannot be exchanged by anybody.
"""

import errno
import os
import stat
from typing import NamedTuple, Sequence, Tuple

from ..errors import MomentumError
from ..files.safe_files import ACCESS_LIST, DEFAULT_LIST, SELINUX
from .judge import Attributes

CAPABILITY = "security.capability"
NO_ATTRIBUTE = (errno.ENODATA, errno.EOPNOTSUPP, errno.ENOSYS, errno.EPERM)


class Extended(NamedTuple):
    """The extended attributes that matter: the access list (b"" for none), whether there is a default one (of directories),
    whether the file has capabilities, and its SELinux context ("" for none)."""

    access_list: bytes = b""
    default_list: bool = False
    capability: bool = False
    context: str = ""


NOTHING = Extended()


class Exchanged(MomentumError):
    """Somebody else changed the object at the same time."""


def path_of(descriptor: int) -> str:
    """A path that means the object of a descriptor, and nothing else."""
    return "/proc/self/fd/%d" % descriptor


def extended(descriptor: int) -> Extended:
    """Read the extended attributes of the object; none on a file system that has none."""
    path = path_of(descriptor)
    try:
        names = os.listxattr(path)
    except OSError as error:
        if error.errno in NO_ATTRIBUTE:
            return NOTHING
        raise
    if not names:
        return NOTHING
    return Extended(
        os.getxattr(path, ACCESS_LIST) if ACCESS_LIST in names else b"",
        DEFAULT_LIST in names,
        CAPABILITY in names,
        os.getxattr(path, SELINUX).rstrip(b"\0").decode("ascii", "replace") if SELINUX in names else "",
    )


def has_list(directory: int, name: str) -> bool:
    """Whether a name in an open directory has an access list, without opening it: a hint where to look, no judgement."""
    try:
        return ACCESS_LIST in os.listxattr("%s/%s" % (path_of(directory), name), follow_symlinks=False)
    except OSError:
        return False


def objection(found: Extended, present: Attributes, requested: Attributes, taken: bool) -> str:
    """Why a change would lose or loosen an extended attribute; empty if it would not. taken: the access list goes anyway.

    chown(2) drops the capabilities of a file; the group bits of a mode are the mask of an access list, acl(5)."""
    if found.capability and (requested.uid, requested.gid) != (present.uid, present.gid):
        return "has file capabilities, which a change of owner would remove"
    if found.access_list and not taken and requested.mode & ~present.mode & 0o070:
        return "has an access list, and mode %04o would give the accounts in it more" % requested.mode
    return ""


def closed(present: Attributes, requested: Attributes) -> int:
    """The mode that an object has while it changes hands: what is permitted before and after."""
    return present.mode & requested.mode & 0o1777


def change(
    descriptor: int,
    present: Attributes,
    requested: Attributes,
    lists: Sequence[str] = (),
    returned: Sequence[Tuple[str, bytes]] = (),
) -> None:
    """Give the object its owner, group and mode, such that nobody gets more on the way than before or after; the
    attributes named in `lists` are removed, those in `returned` are set.

    Raises Exchanged if it is not as requested afterwards, OSError.
    """
    path = path_of(descriptor)
    mode = present.mode
    if lists or returned or (present.uid, present.gid) != (requested.uid, requested.gid):
        # First closed, then given away, then opened: chown(2) clears set-id bits, and without its list the group of an
        # object gets what the mask was, so the mode comes last in any case.
        mode = closed(present, requested)
        if mode != present.mode:
            os.chmod(path, mode)
        os.chown(path, requested.uid, requested.gid)
        for name in lists:
            os.removexattr(path, name)
        for name, value in returned:
            os.setxattr(path, name, value)
            mode = -1  # that of the list
    if mode != requested.mode:
        os.chmod(path, requested.mode)
    info = os.fstat(descriptor)
    if (info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode)) != requested:
        raise Exchanged("was changed by somebody else at the same time")


def first_step(present: Attributes, requested: Attributes) -> Attributes:
    """What a directory gets before its contents are right: everything but more for others."""
    return requested._replace(mode=requested.mode & (present.mode | 0o7770))
