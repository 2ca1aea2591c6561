# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Take an object from the accounts that could write to it, with what they have prepared.

Owner and mode are checked when a file is opened, and never again: whoever holds a descriptor for writing, or has mapped
the file, goes on writing to it after chown(2) and chmod(2). So a file that is taken over becomes a new one of root's,
with the content that was there, under the old name; the descriptors stay with the old one, which has no name any more.

A directory needs no such thing. Nothing is written through its descriptor: openat(2), mkdirat(2), renameat(2), unlinkat(2),
linkat(2) and fchdir(2) ask for the permissions of the directory each time, so they end with the change of owner and mode.
What remains is that its names can still be read (getdents(2)), and be watched (inotify(7)).

Access lists go in both cases: who made them was not root. A default list would open whatever is created later.
"""

import errno
import os
import struct
from functools import partial
from typing import Callable, Optional, Set, Tuple

from ..files.safe_files import ACCESS_LIST, DEFAULT_LIST, attributes_of, create_by, move, remove, status, sync
from ..files.safe_files import Attributes as FileAttributes
from ..files.safe_paths import DirectoryEntry
from ..text import executed
from .apply import Exchanged, Extended, path_of
from .judge import Attributes, Seen

LARGEST = 256 << 20  # bytes of a file that is copied
_PIECE = 1 << 20
_PATIENCE = 3  # attempts
Writer = Tuple[str, int]
Objection = Callable[[bytes], str]


def is_taken(seen: Seen, requested: Attributes, found: Extended) -> bool:
    """Whether somebody other than root could write to an object and shall not any more, while it is to belong to root or
    to another account than now. The owner always could: the mode is the owner's to change."""
    if requested.uid == seen.uid and not _is_root(requested.uid):
        return False
    before = _writers(seen.attributes, found.access_list)
    after = _writers(requested, b"")
    return ("others", 0) not in after and bool(before - after)


def lists_of(found: Extended) -> Tuple[str, ...]:
    """The names of the extended attributes that hold the access lists of an object."""
    pairs = ((ACCESS_LIST, bool(found.access_list)), (DEFAULT_LIST, found.default_list))
    return tuple(name for name, there in pairs if there)


def content_of(descriptor: int) -> bytes:
    """Return the content of a file that is held open (perhaps by O_PATH), as far as it is judged. Raises OSError, Exchanged."""
    source = _open(descriptor)
    try:
        return os.pread(source, executed.LARGEST + 1, 0)
    finally:
        os.close(source)


def replace(
    directory: int,
    name: str,
    descriptor: int,
    requested: Attributes,
    prepared: Callable[[os.stat_result], object],
    objection: Optional[Objection] = None,
) -> None:
    """Put a copy of the file that is held open (perhaps by O_PATH) in its place, with owner, group and mode as requested, its
    SELinux context, its user attributes and its times, durably. `directory`: descriptor of the one that holds `name`. prepared: gets
    the copy before it is in place, and what it raises keeps it from that. objection: why root must not have the content, asked of what is copied.

    The caller keeps transactions away (transaction.locked). Raises Exchanged if the name was changed meanwhile, OSError.
    """
    place = DirectoryEntry(directory, name, name)
    source = _open(descriptor)
    try:
        staged = _free_name(place, os.fstat(source).st_ino)
        try:
            copy = _stable_copy(place, staged, source, requested, objection)
            _refuse_other(place, os.fstat(source))
            prepared(copy)
            move(place, staged, name)
        except BaseException:
            remove(place, staged)
            raise
        _refuse_other(place, copy)
        sync(place)
    finally:
        os.close(source)


def _open(descriptor: int) -> int:
    try:
        return os.open(path_of(descriptor), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except BlockingIOError:
        raise Exchanged("is leased by a process of its owner (F_SETLEASE, fcntl(2)): end that process and run again")


def _stable_copy(
    place: DirectoryEntry, staged: str, source: int, requested: Attributes, objection: Optional[Objection]
) -> os.stat_result:
    """A copy that nobody wrote to the original during. Somebody who does not stop is given up on: what is in the file was
    theirs to decide until now, but not whether it is taken from them."""
    for _turn in range(_PATIENCE):
        remove(place, staged)
        before = os.fstat(source)
        if before.st_size > LARGEST:
            raise Exchanged("grew while it was copied")
        write = partial(_copy, source) if objection is None else partial(_judged_copy, source, objection)
        copy = create_by(place, staged, write, _attributes(source, before, requested))
        after = os.fstat(source)
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            break
    return copy


def _attributes(source: int, info: os.stat_result, requested: Attributes) -> FileAttributes:
    found = attributes_of(source, info)
    extended = tuple(item for item in found.extended if item[0] != ACCESS_LIST)
    return FileAttributes(requested.uid, requested.gid, requested.mode, extended, found.times)


def _is_root(uid: int) -> bool:
    return uid in (0, os.geteuid())


def _writers(attributes: Attributes, access_list: bytes) -> Set[Writer]:
    """The accounts and groups, other than root, that can write."""
    found: Set[Writer] = set() if _is_root(attributes.uid) else {("user", attributes.uid)}
    if attributes.mode & 0o002:
        found.add(("others", 0))
    if not attributes.mode & 0o020:  # of the group, or the mask of the list, acl(5)
        return found
    places = range(4, len(access_list) - 7, 8)
    entries = [struct.unpack_from("<HHI", access_list, place) for place in places]
    if not entries:
        return found | {("group", attributes.gid)}
    kinds = {0x02: "user", 0x08: "group"}
    found.update((kinds[tag], number) for tag, bits, number in entries if tag in kinds and bits & 2)
    found.update(("group", attributes.gid) for tag, bits, _number in entries if tag == 0x04 and bits & 2)
    return found


def _free_name(place: DirectoryEntry, inode: int) -> str:
    """A hidden name for the copy. A run that was killed has left the same one, which is then removed."""
    name = ".momentum-%d.take" % inode
    try:
        remove(place, name)
    except OSError:
        name = ".momentum-%s.take" % os.urandom(8).hex()
    return name


def _copy(source: int, target: int) -> None:
    """Copy what is there and leave the holes, so that a file costs no more space than before, lseek(2)."""
    size = min(os.fstat(source).st_size, LARGEST)
    os.ftruncate(target, size)
    position = 0
    while position < size:
        try:
            position = os.lseek(source, position, os.SEEK_DATA)
            end = min(os.lseek(source, position, os.SEEK_HOLE), size)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return  # nothing but a hole follows, or somebody cut the file short
            raise
        while position < end:
            piece = os.pread(source, min(_PIECE, end - position), position)
            if not piece:
                return
            position += os.pwrite(target, piece, position)


def _judged_copy(source: int, objection: Objection, target: int) -> None:
    """Copy what was judged, whatever its former owner writes meanwhile."""
    content = os.pread(source, executed.LARGEST + 1, 0)
    reason = objection(content)
    if reason:
        raise Exchanged(reason)
    while content:
        content = content[os.write(target, content) :]


def _refuse_other(place: DirectoryEntry, expected: os.stat_result) -> None:
    now = status(place, place.name)
    # Owner and mode count, too: the number of a file that was removed is soon given to another.
    if (
        now is None
        or not os.path.samestat(now, expected)
        or (now.st_uid, now.st_mode) != (expected.st_uid, expected.st_mode)
    ):
        raise Exchanged("was exchanged during the walk")
