# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in the directory that the option `Chroot` names, as far as it takes away what a chroot is for. Nothing is changed.

Page *ref-chroot*: it limits the portions of the file system that are available, an added protection should the instance be compromised. Which files
must be in it is on no page, and so nothing is missed here. What undoes the protection is the kernel's: whoever can write what the daemon executes or
reads as root, gain rights by a program, open a device, or see the whole system through proc(5), is not held by it.
"""

import os
import stat
from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..files import reading
from ..files.obstacles import MOUNTS, mount_points
from ..files.safe_files import ACCESS_LIST
from ..permissions.umask import WRITE, Subject, permits, permits_by_list
from .places import under

WRITABLE, SET_ID, DEVICE, SECRET, MOUNT, ABOVE = "writable", "set_id", "device", "secret", "mount", "above"
CAPABILITY = "security.capability"
# null, zero, full, random and urandom of Linux hold nothing. No page names a device that the daemon needs.
HARMLESS = frozenset([(1, 3), (1, 5), (1, 7), (1, 8), (1, 9)])
# Files that programs of root's read, and the daemon never does.
SECRETS = frozenset(["shadow", "shadow-", "gshadow", "gshadow-", ".pgpass", ".svcpasswd", "lastinstall"])
# File systems that show the whole system, or let it be changed.
OF_KERNEL = frozenset(
    [
        "proc",
        "sysfs",
        "devtmpfs",
        "cgroup",
        "cgroup2",
        "securityfs",
        "debugfs",
        "tracefs",
        "configfs",
        "efivarfs",
        "bpf",
    ]
)
MOST = 200000  # objects that are looked at
SHOWN = 100  # findings that are kept
# What lu_pull and ec_md5passwd write, below the prefix (docs/permissions.md); directories for temporary files.
WRITTEN_ETC = ("etc/updates", "etc/msys", "etc/liveupdate.conf", "etc/console_passwd")
SCRATCH = ("/tmp", "/var/tmp")

_REMEDIES = {
    WRITABLE: "give it to root and take write permission away, or move it out",
    SET_ID: "remove it, or its set-id bits and capabilities",
    DEVICE: "remove it",
    SECRET: "remove it; the daemon does not read it",
    MOUNT: "unmount it",
    ABOVE: "give it to root and take write permission away",
}


class Finding(NamedTuple):
    """One thing that is wrong: its path on the node, its kind, and what it is in words."""

    path: str
    kind: str
    problem: str

    @property
    def remedy(self) -> str:
        """What to do."""
        return _REMEDIES[self.kind]

    @property
    def words(self) -> str:
        """All of it in one sentence."""
        return "%s %s; %s" % (self.path, self.problem, self.remedy)


class Contents(NamedTuple):
    """The first findings, how many there are, and whether everything was looked at."""

    findings: Tuple[Finding, ...] = ()
    total: int = 0
    complete: bool = True


NOTHING = Contents()


class Object(NamedTuple):
    """A file, directory or device: what lstat(2) says, its access list (b"" for none), and whether it has file capabilities."""

    path: str
    info: os.stat_result
    access_list: bytes = b""
    capability: bool = False


def contents(root: str, subject: Optional[Subject], written: Sequence[str], most: int = MOST) -> Contents:
    """Look at a directory, and at those above it. A directory that is missing has nothing.

    subject: the daemon's account; None where the node does not know it, then nobody is asked who may write. written: paths inside, as the
    daemon sees them, that it must write to; what is below them is not looked at.
    """
    root = os.path.normpath(root)
    if root == "/" or not os.path.isdir(root):
        return NOTHING
    found: List[Finding] = []
    total = seen = 0
    exempt = frozenset(root + os.path.normpath("/" + path.lstrip("/")) for path in written)
    kernel = _of_kernel(root)
    for one in _findings(root, subject, exempt, kernel):
        seen += 1
        if seen > most:
            return Contents(tuple(found), total, False)
        total += len(one)
        found += one[: SHOWN - len(found)]
    return Contents(tuple(found), total, True)


def _findings(
    root: str, subject: Optional[Subject], exempt: FrozenSet[str], kernel: Dict[str, str]
) -> Iterator[List[Finding]]:
    """Yield what is wrong with one object after another."""
    above = os.path.dirname(os.path.realpath(root))
    while True:
        yield _above(Object(above, os.stat(above)), subject)
        if above == "/":
            break
        above = os.path.dirname(above)
    for one in _objects(root, exempt, kernel):
        kind = kernel.get(one.path)
        if kind is not None:
            yield [
                Finding(one.path, MOUNT, "is a file system of the kernel (%s), which shows the system outside" % kind)
            ]
        else:
            yield judged(one, None if one.path in exempt else subject)


def judged(one: Object, subject: Optional[Subject]) -> List[Finding]:
    """Return what is wrong with an object. subject: who must not write to it; None where that does not matter. Pure."""
    mode = one.info.st_mode
    found = []
    if stat.S_ISBLK(mode) or stat.S_ISCHR(mode):
        number = (os.major(one.info.st_rdev), os.minor(one.info.st_rdev))
        harmless = stat.S_ISCHR(mode) and number in HARMLESS
        return [] if harmless else [Finding(one.path, DEVICE, "is the device %d:%d" % number)]
    if stat.S_ISREG(mode) and (mode & (stat.S_ISUID | stat.S_ISGID) or one.capability):
        found.append(Finding(one.path, SET_ID, "gives whoever executes it rights of another account"))
    if stat.S_ISREG(mode) and os.path.basename(one.path) in SECRETS:
        found.append(Finding(one.path, SECRET, "holds secrets of the system"))
    if (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) and _may_write(one, subject):
        found.append(Finding(one.path, WRITABLE, "can be changed by the daemon's account"))
    return found


def _above(one: Object, subject: Optional[Subject]) -> List[Finding]:
    """Whether a directory above lets the account put another one in the place of the chroot."""
    if not _may_write(one, subject) or (one.info.st_mode & stat.S_ISVTX and subject and one.info.st_uid != subject.uid):
        return []
    return [Finding(one.path, ABOVE, "lets the daemon's account replace the directory")]


def _may_write(one: Object, subject: Optional[Subject]) -> bool:
    """Whether an account can write, or permit itself to. Root always can, and has a safety check of its own."""
    if subject is None or subject.uid == 0:
        return False
    if one.info.st_uid == subject.uid:
        return True
    by_list = (
        permits_by_list(subject, one.access_list, one.info.st_uid, one.info.st_gid, WRITE) if one.access_list else None
    )
    if by_list is None:
        return permits(subject, stat.S_IMODE(one.info.st_mode), one.info.st_uid, one.info.st_gid, WRITE)
    return by_list


def _objects(root: str, exempt: FrozenSet[str], kernel: Dict[str, str]) -> Iterator[Object]:
    """Yield the directory and all in it; links are not followed, and what is exchanged meanwhile is not entered (os.fwalk)."""
    yield Object(root, os.stat(root), *_attributes(root))
    for above, names, files, descriptor in os.fwalk(root, follow_symlinks=False):
        entered = []
        for name in sorted(names + files):
            path = os.path.join(above, name)
            try:
                info = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except OSError:
                continue  # removed meanwhile
            if stat.S_ISLNK(info.st_mode):
                continue
            yield Object(path, info, *_attributes("/proc/self/fd/%d/%s" % (descriptor, name)))
            if stat.S_ISDIR(info.st_mode) and path not in kernel and path not in exempt:
                entered.append(name)
        names[:] = entered


def _attributes(path: str) -> Tuple[bytes, bool]:
    """Return the access list and whether there are file capabilities; nothing where the system has no such attributes."""
    try:
        names: FrozenSet[str] = frozenset(os.listxattr(path, follow_symlinks=False))
        return os.getxattr(
            path, ACCESS_LIST, follow_symlinks=False
        ) if ACCESS_LIST in names else b"", CAPABILITY in names
    except (AttributeError, OSError):
        return b"", False


def _of_kernel(root: str) -> Dict[str, str]:
    """Return the file systems of the kernel that are mounted in a directory: from the mount point to the type."""
    try:
        table = os.fsdecode(reading.read(MOUNTS, "kernel"))
    except OSError:
        return {}
    found: Dict[str, str] = {}
    for line in table.split("\n"):
        fields = line.split(" ")
        kind = fields[fields.index("-") + 1] if "-" in fields[6:] else ""
        for point in mount_points(line):
            if kind in OF_KERNEL and under(point, [root]):
                found[point] = kind
    return found
