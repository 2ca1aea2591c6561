# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read and create files relative to directory descriptors, with the right owner and mode before the first byte.

The order of system calls is the point of this file. A file is created under a new name with O_EXCL and mode 0600, gets
its owner, its access control list and its mode while it is still empty, is written and synchronised, and only then
renamed over its target. At no instant can anybody read more of it than they will be able to in the end, whatever the
umask is, and a target is never opened for writing.
"""

import errno
import os
import re
import stat
import struct
from typing import Callable, List, NamedTuple, Optional, Tuple

from . import intended
from .reading import content as content_of
from .reading import open_regular
from .safe_paths import DirectoryEntry, UnsafePath, is_private, locate

SELINUX = "security.selinux"
ACCESS_LIST = "system.posix_acl_access"  # acl(5)
DEFAULT_LIST = "system.posix_acl_default"  # of directories: what is created in them gets it

# What `write_file` and `ensure_directory` have under way, by the number of its process.
LEFTOVER = re.compile(r"\.momentum-([0-9]+)-[0-9a-f]{12}\.new\Z")

# What a disk says today and not tomorrow. Everything else is reported again in every run, or somebody else arranged it.
_PASSING = frozenset((errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EROFS))
_NO_ATTRIBUTE = (errno.ENODATA, errno.EOPNOTSUPP, errno.ENOSYS)


def is_passing(error: Exception) -> bool:
    """Whether an error is one of the node's resources (a full, read-only or failing disk), so that the same attempt may
    succeed later without anybody changing a file."""
    return isinstance(error, OSError) and error.errno in _PASSING


class Attributes(NamedTuple):
    """What a file has beside its content: numeric owner and group, mode (permission bits), the extended attributes
    that are kept (SELinux context, access control list, user.*), and its times (access, modification; nanoseconds)
    or None for the present."""

    owner: int
    group: int
    mode: int
    extended: Tuple[Tuple[str, bytes], ...] = ()
    times: Optional[Tuple[int, int]] = None


class Snapshot(NamedTuple):
    """A regular file as it was read: its bytes, its stat result and its attributes (with times)."""

    content: bytes
    info: os.stat_result
    attributes: Attributes


def read_file(path: str, kind: str = "file") -> Tuple[bytes, os.stat_result]:
    """The bytes and the stat result of a regular file. The rules of `locate` and `read_place` hold.

    Raises FileNotFoundError, UnsafePath, OSError."""
    if intended.file(path) is not None:
        descriptor, info = open_regular(path)
        try:
            return content_of(descriptor, info, path, kind), info
        finally:
            os.close(descriptor)
    with locate(path) as place:
        snapshot = read_place(place, kind)
    if snapshot is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return snapshot.content, snapshot.info


def read_place(place: DirectoryEntry, kind: str = "file") -> Optional[Snapshot]:
    """Read the file at a place; None when there is none. kind: a key of reading.LIMITS.

    Only regular files with exactly one name are read. A second hard link is refused: whoever may write to the
    directory can make one to a file that is none of theirs (fs.protected_hardlinks is a setting, not a promise), and
    replacing one of two names would leave the other with the old content.
    Raises UnsafePath, OSError.
    """
    opened = open_single(place)
    if opened is None:
        return None
    descriptor, info = opened
    try:
        return Snapshot(content_of(descriptor, info, place.path, kind), info, attributes_of(descriptor, info))
    finally:
        os.close(descriptor)


def open_single(place: DirectoryEntry) -> Optional[Tuple[int, os.stat_result]]:
    """Open the file at a place as `read_place` does, None when there is none: its descriptor, which the caller closes, and its
    stat result. Raises UnsafePath, OSError."""
    try:
        descriptor, info = open_regular(place.path, place)
    except FileNotFoundError:
        return None
    if info.st_nlink > 1:
        os.close(descriptor)
        raise UnsafePath(
            place.path,
            "has %d hard links, a file with one name is needed. Find the others (find / -xdev -samefile %s) and remove them"
            % (info.st_nlink, place.path),
        )
    return descriptor, info


def attributes_of(descriptor: int, info: os.stat_result) -> Attributes:
    """The attributes of an open file, its stat result being `info`. Raises OSError."""
    names = [name for name in _extended_names(descriptor) if _is_kept(name)]
    extended = tuple((name, os.getxattr(descriptor, name)) for name in sorted(names))
    return Attributes(
        info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode), extended, (info.st_atime_ns, info.st_mtime_ns)
    )


def _is_kept(name: str) -> bool:
    return name in (SELINUX, ACCESS_LIST) or name.startswith("user.")


def _extended_names(descriptor: int) -> List[str]:
    try:
        return os.listxattr(descriptor)
    except OSError as error:
        if error.errno in _NO_ATTRIBUTE:
            return []
        raise


def mode_without_list(mode: int, access_list: bytes) -> int:
    """The mode that gives the owning group what it had while `access_list` (the value of the attribute) was in force.

    With a list the group bits of a mode are its mask, acl(5); what the group itself has is an entry of the list.
    """
    places = range(4, len(access_list) - 7, 8)
    entries: List[Tuple[int, int, int]] = [struct.unpack_from("<HHI", access_list, place) for place in places]
    bits = {tag: rights for tag, rights, _number in entries}
    if 0x04 not in bits:
        return mode
    return mode & ~0o070 | (bits[0x04] & bits.get(0x10, 7) & 7) << 3


def succeeding(old: Attributes, owner: Optional[int], group: Optional[int], mode: Optional[int]) -> Attributes:
    """What a new file gets that takes the place of an old one: owner, group and mode as given, None for as they were.

    An access list stays with its owner: whoever the file belonged to may have let others in by it, so a file that
    changes hands leaves it behind.
    """
    lists = [value for name, value in old.extended if name == ACCESS_LIST]
    if owner in (None, old.owner) or not lists:
        kept, extended = old.mode, old.extended
    else:
        kept = mode_without_list(old.mode, lists[0])
        extended = tuple(item for item in old.extended if item[0] != ACCESS_LIST)
    return Attributes(
        old.owner if owner is None else owner,
        old.group if group is None else group,
        kept if mode is None else mode,
        extended,
    )


def create(place: DirectoryEntry, name: str, content: bytes, attributes: Attributes) -> os.stat_result:
    """Create the new file `name` beside a place, complete and synchronised, and return its stat result.

    Nothing is left behind when it fails. Raises OSError (FileExistsError when the name is taken).
    """
    return create_by(place, name, lambda descriptor: _write_all(descriptor, content), attributes)


def create_by(
    place: DirectoryEntry, name: str, write: Callable[[int], object], attributes: Attributes
) -> os.stat_result:
    """As `create`, with content that `write` puts into the descriptor of the new file."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o600, dir_fd=place.directory)
    try:
        _dress(descriptor, attributes)
        write(descriptor)
        if attributes.mode & (stat.S_ISUID | stat.S_ISGID):
            os.fchmod(descriptor, attributes.mode)  # without CAP_FSETID a write has cleared them, write(2)
        if attributes.times is not None:
            os.utime(descriptor, ns=attributes.times)
        os.fsync(descriptor)
        return os.fstat(descriptor)
    except BaseException:
        remove(place, name)
        raise
    finally:
        os.close(descriptor)


def _dress(descriptor: int, attributes: Attributes) -> None:
    """Give an empty file its owner, access list, other attributes and mode. The mode comes last: chown(2) clears
    the set-id bits, and the group bits of the mode are the mask of an access list, acl(5)."""
    info = os.fstat(descriptor)
    if (info.st_uid, info.st_gid) != (attributes.owner, attributes.group):
        os.fchown(descriptor, attributes.owner, attributes.group)
    requested = dict(attributes.extended)
    present = _extended_names(descriptor)
    if ACCESS_LIST in present and ACCESS_LIST not in requested:
        # The default list of the directory would give more than the mode says.
        os.removexattr(descriptor, ACCESS_LIST)
    for name, value in attributes.extended:
        if name not in present or os.getxattr(descriptor, name) != value:
            os.setxattr(descriptor, name, value)
    os.fchmod(descriptor, attributes.mode)


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def status(place: DirectoryEntry, name: str) -> Optional[os.stat_result]:
    """The stat result of a name beside a place (of a link itself); None when there is none."""
    try:
        return os.stat(name, dir_fd=place.directory, follow_symlinks=False)
    except FileNotFoundError:
        return None


def move(place: DirectoryEntry, old: str, new: str) -> None:
    """Rename within the directory of a place; what had the new name is replaced in the same instant, rename(2)."""
    os.rename(old, new, src_dir_fd=place.directory, dst_dir_fd=place.directory)


def remove(place: DirectoryEntry, name: str) -> bool:
    """Unlink a name beside a place; False when there was none ('' is no name). A read-only file system only matters
    where there is something to remove."""
    if status(place, name) is None:
        return False
    os.unlink(name, dir_fd=place.directory)
    return True


def sync(place: DirectoryEntry) -> None:
    """Make the names in the directory of a place durable, fsync(2)."""
    descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=place.directory)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def clear_leftovers(place: DirectoryEntry, alone: bool = False) -> None:
    """Remove what earlier runs left beside this place because they were killed: a file may hold a secret, a directory is empty.

    alone: whether the caller holds a lock that whoever writes here holds; then what there is belongs to nobody who lives, also where
    its process is not gone yet."""
    descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=place.directory)
    try:
        found = [LEFTOVER.match(name) for name in os.listdir(descriptor)]
    finally:
        os.close(descriptor)
    for match in found:
        if match and (alone or not os.path.exists("/proc/" + match.group(1))):
            _clear(place, match.group(0))


def _clear(place: DirectoryEntry, name: str) -> None:
    try:
        remove(place, name)
    except IsADirectoryError:
        try:
            os.rmdir(name, dir_fd=place.directory)
        except OSError:
            pass  # somebody else's, who must not hinder what is written beside it


def _temporary() -> str:
    """A new name of the kind of LEFTOVER."""
    return ".momentum-%d-%s.new" % (os.getpid(), os.urandom(6).hex())


def write_file(path: str, content: bytes, owner: int, group: int, mode: int) -> None:
    """Replace or create one file in one step; its SELinux context is kept, and its access list with the same owner.

    For files that stand alone. Files of one configuration belong in a Transaction. Raises UnsafePath, OSError.
    """
    with locate(path) as place:
        before = read_place(place)
        clear_leftovers(place)
        requested = Attributes(owner, group, mode)
        if before is not None:
            requested = succeeding(before.attributes, owner, group, mode)
        temporary = _temporary()
        create(place, temporary, content, requested)
        try:
            move(place, temporary, place.name)
        except BaseException:
            remove(place, temporary)
            raise
        sync(place)


def ensure_directory(path: str, owner: int, group: int, mode: int) -> bool:
    """Make sure that one directory exists (its parent must) with this numeric owner, group and mode.

    A new directory is never more open than `mode`, not for an instant and whatever the umask. An existing one is
    changed only where that is safe: its parent must be private to root or the caller, or the directory must already
    belong to the requested owner; otherwise the owner of the parent could have put a foreign directory in its place.
    True when something was changed. Raises UnsafePath, OSError.
    """
    requested = Attributes(owner, group, mode)
    with locate(path) as place:
        if status(place, place.name) is None and _create_directory(place, requested):
            return True
        descriptor = _open_directory(place, place.name)
        try:
            return _correct_directory(place, descriptor, False, requested)
        finally:
            os.close(descriptor)


def _open_directory(place: DirectoryEntry, name: str) -> int:
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=place.directory)


def _create_directory(place: DirectoryEntry, requested: Attributes) -> bool:
    """Create a directory; False where another process was quicker.

    It gets its attributes under a hidden name: what a run that is killed leaves under the real one, later runs would take for the
    operator's. One for the caller alone is right from the beginning, and two first runs may both create it (the state directory).
    """
    alone = (requested.owner, requested.mode) == (os.geteuid(), 0o700)
    clear_leftovers(place)
    name = place.name if alone else _temporary()
    try:
        os.mkdir(name, 0o700, dir_fd=place.directory)
    except FileExistsError:
        return False
    descriptor = _open_directory(place, name)
    try:
        _refuse_swapped(place, descriptor)
        _correct_directory(place, descriptor, True, requested)
        os.fsync(descriptor)
        revealed = alone or _reveal(place, name, descriptor)
        sync(place)
    finally:
        os.close(descriptor)
    return revealed


def _reveal(place: DirectoryEntry, name: str, descriptor: int) -> bool:
    """Give a new directory its real name, and make sure that it is the one that has it then; False where another has it."""
    try:
        move(place, name, place.name)
    except BaseException as error:
        os.rmdir(name, dir_fd=place.directory)
        if isinstance(error, OSError) and error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            return False
        raise
    here, there = os.fstat(descriptor), status(place, place.name)
    if there is None or (here.st_dev, here.st_ino) != (there.st_dev, there.st_ino):
        raise UnsafePath(place.path, "was exchanged while it was being created")
    return True


def _refuse_swapped(place: DirectoryEntry, descriptor: int) -> None:
    """The directory just made is ours and empty; anything else was put in its place meanwhile."""
    info = os.fstat(descriptor)
    if info.st_uid != os.geteuid() or info.st_mode & 0o077 or os.listdir(descriptor):
        raise UnsafePath(place.path, "was exchanged while it was being created")


def _correct_directory(place: DirectoryEntry, descriptor: int, created: bool, requested: Attributes) -> bool:
    info = os.fstat(descriptor)
    other_owner = (info.st_uid, info.st_gid) != (requested.owner, requested.group)
    if not other_owner and stat.S_IMODE(info.st_mode) == requested.mode:
        return False
    if not (created or info.st_uid == requested.owner or is_private(os.fstat(place.directory))):
        raise UnsafePath(place.path, "belongs to uid %d and others can exchange it: refused" % info.st_uid)
    if other_owner:
        # First closed, then given away, then opened: nobody gets more than the old or the new owner should have.
        os.fchmod(descriptor, stat.S_IMODE(info.st_mode) & requested.mode & 0o700)
        os.fchown(descriptor, requested.owner, requested.group)
    if created or other_owner:
        # The lists of a former owner, or of the directory around, would let in more than the mode says.
        for name in {ACCESS_LIST, DEFAULT_LIST}.intersection(_extended_names(descriptor)):
            os.removexattr(descriptor, name)
    os.fchmod(descriptor, requested.mode)
    return True
