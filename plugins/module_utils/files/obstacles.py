# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would keep a file or directory from being changed, found before anything is written, in check mode as in a run.

A file is changed by renaming a new one over it, so these count: a second hard link, a symbolic link that somebody else could have
made, a mount point in its place (a container's volume of one file; rename(2) fails with EBUSY), the flags of chattr(1) on the
file and on its directory (EPERM), a file system that is mounted read-only (EROFS), and a directory of others (EACCES). Files of one
change can be in each other's way, too, and in that of the records which the collection keeps of it.
"""

import os
import stat
import struct
import sys
from typing import Dict, FrozenSet, Iterable, Optional, Set

from ..errors import PlanError
from . import reading
from .safe_files import open_single
from .safe_paths import DirectoryEntry, UnsafePath, locate

MOUNTS = "/proc/self/mountinfo"  # proc(5): the fifth field is the mount point
IMMUTABLE, APPEND_ONLY = 0x10, 0x20  # FS_IMMUTABLE_FL and FS_APPEND_FL, ioctl_iflags(2)
_FLAGS = ((IMMUTABLE, "immutable", "i"), (APPEND_ONLY, "append-only", "a"))
_NO_RIGHT = "%s cannot be changed by uid %d. Run the task as root (become: true)"
# Machines on which "read" is another bit of an ioctl(2) request; see asm/ioctl.h of the kernel.
_OTHER_REQUESTS = ("alpha", "mips", "parisc", "ppc", "sparc")


def refuse(files: Iterable[str], directories: Iterable[str] = (), state_dir: str = "") -> None:
    """Raise UnsafePath, or OSError, for the first path that could not be written.

    files: to be created, replaced or removed; their directories may be missing, because they are still to be made, perhaps by an
    earlier task of a check mode run. directories: to be created or given another owner or mode. state_dir: where the transaction
    would keep its journal; empty for none.
    """
    survey = Survey()
    files = list(files)
    for path in files:
        survey.refuse_file(path)
    for path in list(directories) + ([state_dir] if state_dir else []):
        survey.refuse_directory(path)
    real = _real_paths(files)
    _refuse_above(real, directories)
    if state_dir:
        _refuse_records(real, os.path.realpath(state_dir))


def refuse_twice(option: str, paths: Iterable[str]) -> None:
    """Raise PlanError for two entries of one file, however it is spelled: each would be planned without the other."""
    seen: Set[str] = set()
    for path in paths:
        real = os.path.realpath(path)
        if real in seen:
            raise PlanError("%s: %s is named twice; give all that it is to have in one entry" % (option, path))
        seen.add(real)


def _real_paths(files: Iterable[str]) -> Dict[str, str]:
    """The paths by those that they lead to. Raises UnsafePath for two that are one file."""
    named: Dict[str, str] = {}
    for path in files:
        other = named.setdefault(os.path.realpath(path), path)
        if other is not path:
            raise UnsafePath(path, "is the same file as %s; name each file once, and always in the same way" % other)
    return named


def _refuse_above(real: Dict[str, str], directories: Iterable[str]) -> None:
    """Refuse a path that has to be a file, and a directory above another one."""
    for below in list(real) + [os.path.join(os.path.realpath(path), "x") for path in directories]:
        above = os.path.dirname(below)
        while above != os.path.dirname(above):
            if above in real:
                raise UnsafePath(
                    real[above], "must be a file, but %s is to be below it; name another path" % real.get(below, below)
                )
            above = os.path.dirname(above)


def _refuse_records(real: Dict[str, str], state_dir: str) -> None:
    """Refuse the state directory, what is directly in it, and the backups; keys that wait are deeper."""
    for path, given in real.items():
        if path == state_dir or os.path.dirname(path) == state_dir or path.startswith(state_dir + "/backups/"):
            raise UnsafePath(
                given, "is in state_dir %s, where this collection keeps its own records; name another path" % state_dir
            )


class Survey:
    """One look at a node. The mount points are read once, when they are first needed."""

    def __init__(self) -> None:
        self._mounts: Optional[FrozenSet[str]] = None

    def refuse_file(self, path: str) -> None:
        """Refuse a path at which a file cannot be created, replaced or removed. Raises UnsafePath, OSError."""
        if path.endswith("/"):
            raise UnsafePath(path, "ends in a slash, and a file is needed; leave the slash out")
        try:
            with locate(path) as place:
                self.refuse_place(place)
        except FileNotFoundError:
            _refuse_dangling(path)
            self.refuse_directory(os.path.dirname(path))
        except PermissionError:
            raise UnsafePath(path, _NO_RIGHT % ("it", os.geteuid()))

    def refuse_place(self, place: DirectoryEntry) -> None:
        """As `refuse_file`, for a place that is held open."""
        opened = open_single(place)
        directory = os.path.dirname(place.path)
        try:
            # The mount first: a single file that is a read-only volume would stay one if its directory were writable.
            reasons = [self._of_mount(place.path)] if opened else []
            reasons.append(self._of_directory(place, directory))
            reasons += [_of_flags(opened[0], "it", place.path)] if opened else []
        finally:
            if opened:
                os.close(opened[0])
        _raise(place.path, reasons)

    def refuse_directory(self, path: str) -> None:
        """Refuse a directory that cannot be created, or given another owner or mode. Raises UnsafePath, OSError."""
        while True:
            try:
                with locate(os.path.join(path, "x")) as place:
                    return _raise(os.path.dirname(place.path), [self._of_directory(place, "it")])
            except PermissionError:
                raise UnsafePath(path, _NO_RIGHT % ("it", os.geteuid()))
            except FileNotFoundError:
                if path in ("/", ""):
                    raise
                _refuse_dangling(path.rstrip("/"))
                path = os.path.dirname(path.rstrip("/"))

    def objection(self, descriptor: int, path: str, replaced: bool, name: str = "it") -> str:
        """Why the object of a descriptor, which may be one of O_PATH, cannot get another owner or mode, or (replaced) a file
        in its place; empty if nothing speaks against it. name: what the sentence calls it."""
        info = os.fstat(descriptor)
        reason = self._of_mount(path) if replaced else ""
        if not reason and _is_read_only(descriptor):
            reason = self._read_only(name, path)
        if reason or not (stat.S_ISREG(info.st_mode) or stat.S_ISDIR(info.st_mode)):
            return reason
        return _of_flags(descriptor, name, path)

    def _of_directory(self, place: DirectoryEntry, name: str) -> str:
        """Why no name in the directory of a place can be made or exchanged."""
        directory = os.path.dirname(place.path)
        if _is_read_only(place.directory):
            return self._read_only(name, directory)
        reason = _of_flags(place.directory, name, directory)
        # By the real user, as access(2) has it: the C library judges the effective one without access lists. After the flags, because
        # nobody may write to a directory that is immutable.
        if not reason and not os.access(_path_of(place.directory), os.W_OK | os.X_OK):
            return _NO_RIGHT % (name, os.geteuid())
        return reason

    def _of_mount(self, path: str) -> str:
        if path not in self._mount_points():
            return ""
        return (
            "is a mount point, such as a single file that is a container's volume, and cannot be replaced. Mount its directory "
            "instead, or unmount it (umount %s)" % path
        )

    def _read_only(self, name: str, path: str) -> str:
        around = [mount for mount in self._mount_points() if path == mount or path.startswith(mount.rstrip("/") + "/")]
        mount = max(around, key=len) if around else path
        where = "it is" if name == "it" else "%s is" % name
        return "%s on a file system that is mounted read-only. Remount it (mount -o remount,rw %s)" % (where, mount)

    def _mount_points(self) -> FrozenSet[str]:
        if self._mounts is None:
            try:
                self._mounts = mount_points(os.fsdecode(reading.read(MOUNTS, "kernel")))
            except (OSError, UnsafePath):  # not Linux, or /proc is not mounted
                self._mounts = frozenset()
        return self._mounts


def mount_points(table: str) -> FrozenSet[str]:
    """Return the mount points in the text of /proc/self/mountinfo; it has blanks, tabs, line ends and backslashes in octal."""
    fields = [line.split(" ") for line in table.split("\n")]
    return frozenset(_unescaped(field[4]) for field in fields if len(field) > 4)


def _refuse_dangling(path: str) -> None:
    """Refuse a link to a place in a directory that does not exist: nothing can be created by it, and nobody creates that directory."""
    if os.path.islink(path) and not os.path.isdir(os.path.dirname(os.path.realpath(path))):
        words = "is a symbolic link to %s, whose directory does not exist; create that directory, or remove the link"
        raise UnsafePath(path, words % os.path.realpath(path))


def _of_flags(descriptor: int, name: str, path: str) -> str:
    """Why the flags of a file or directory keep it from being changed; empty if none does, or they are not known: the file system
    has none, a process holds a lease, or this one may not read."""
    try:
        opened = reading.reopened(descriptor, path)
    except OSError:
        return ""
    try:
        flags = _flags(opened)
    finally:
        os.close(opened)
    for bit, word, letter in _FLAGS:
        if flags & bit:
            return "%s is %s. Take that away (chattr -%s %s)" % (name, word, letter, path)
    return ""


def _flags(descriptor: int) -> int:
    if not sys.platform.startswith("linux"):
        return 0
    import fcntl

    request = ord("f") << 8 | 1 | struct.calcsize("l") << 16 | _read_bit(os.uname().machine)  # FS_IOC_GETFLAGS
    try:
        answer = fcntl.ioctl(descriptor, request, b"\0" * struct.calcsize("l"))
    except OSError:
        return 0  # ENOTTY and others: a file system without flags
    return int(struct.unpack_from("=I", answer)[0])  # the kernel fills in an int, whatever the request says


def _read_bit(machine: str) -> int:
    return 1 << 30 if machine.startswith(_OTHER_REQUESTS) else 2 << 30


def _is_read_only(descriptor: int) -> bool:
    # By its name in /proc: fstatvfs(3) of an O_PATH descriptor needs Linux 3.12.
    return bool(os.statvfs(_path_of(descriptor)).f_flag & os.ST_RDONLY)


def _path_of(descriptor: int) -> str:
    return "/proc/self/fd/%d" % descriptor


def _unescaped(field: str) -> str:
    parts = field.split("\\")
    return parts[0] + "".join(chr(int(part[:3], 8)) + part[3:] for part in parts[1:])


def _raise(path: str, reasons: Iterable[str]) -> None:
    reason = next((reason for reason in reasons if reason), "")
    if reason:
        raise UnsafePath(path, reason)
