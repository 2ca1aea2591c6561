# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unpack a bundle: a tar archive that is trusted as far as its checksum, and never to choose where files go.

Nothing is created but directories (0755) and regular files (0644 or 0755) of the account that unpacks, hard links between them, and
symbolic links that stay inside. Names and kinds are judged before anything is written.
"""

import os
import tarfile
import zlib
from hashlib import sha256
from typing import IO, Dict, Iterator, NamedTuple, Tuple, Type

from ..errors import PlanError

MAX_MEMBERS = 100000
_CHUNK = 1024 * 1024
_SET_ID = 0o6000
_ERRORS: Tuple[Type[Exception], ...] = (tarfile.TarError, EOFError, zlib.error, ValueError)


class Contents(NamedTuple):
    """The one top directory of an archive, and its members by their paths without `.` and doubled slashes."""

    top: str
    members: Dict[str, tarfile.TarInfo]


def checksum(stream: IO[bytes]) -> str:
    """Return the SHA-256 of an open file as hexadecimal digits; the file is set back to its beginning."""
    digest = sha256()
    for chunk in iter(lambda: stream.read(_CHUNK), b""):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


def judge(stream: IO[bytes], place: str) -> Contents:
    """Return what an archive contains. Raises PlanError, with the member's name, if it may not be unpacked."""
    members: Dict[str, tarfile.TarInfo] = {}
    for member in _members(stream, place):
        path = _normalised(member.name, place)
        if not path:
            continue
        _refuse_kind(member, path, place)
        if path in members and not (member.isdir() and members[path].isdir()):
            raise _refused(place, path, "is there twice")
        members[path] = member
        if len(members) > MAX_MEMBERS:
            raise _refused(place, path, "is one too many: more than %d members" % MAX_MEMBERS)
    for path, member in members.items():
        _refuse_position(members, path, member, place)
    tops = sorted({path.split("/")[0] for path in members})
    if len(tops) != 1:
        found = ", ".join(tops[:5]) or "nothing"
        raise PlanError("%s: a bundle contains one directory, and this archive contains %s" % (place, found))
    return Contents(tops[0], members)


def unpack(stream: IO[bytes], contents: Contents, destination: str, place: str) -> str:
    """Create the judged members below an existing, empty directory; return the path of the top directory.

    Links come last, so that no file can be written through one. Raises PlanError for a symbolic link that leads out of the
    top directory, and for an archive that cannot be read to its end.
    """
    stream.seek(0)
    links = []
    try:
        with tarfile.open(fileobj=stream, mode="r:*") as archive:
            for path, member in contents.members.items():
                target = os.path.join(destination, path)
                if member.isdir():
                    os.makedirs(target, 0o755, exist_ok=True)
                elif member.isreg():
                    os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
                    _create(archive, member, target)
                else:
                    links.append((target, member))
    except _ERRORS as error:
        raise _unreadable(place, error)
    for target, member in links:
        os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
        if member.islnk():
            os.link(os.path.join(destination, _normalised(member.linkname, place)), target, follow_symlinks=False)
        else:
            os.symlink(member.linkname, target)
    top = os.path.join(destination, contents.top)
    for target, member in links:
        if not os.path.realpath(target).startswith(os.path.realpath(top) + "/"):
            raise _refused(place, member.name, "is a link that leads out of the archive")
    return top


def _members(stream: IO[bytes], place: str) -> Iterator[tarfile.TarInfo]:
    stream.seek(0)
    try:
        with tarfile.open(fileobj=stream, mode="r:*") as archive:
            yield from archive
    except _ERRORS as error:
        raise _unreadable(place, error)


def _normalised(name: str, place: str) -> str:
    """The path of a member without `.`; empty for the root of the archive itself."""
    if name.startswith("/"):
        raise _refused(place, name, "has an absolute path")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise _refused(place, name, "has .. in its path")
    if any(char < " " or char == "\x7f" for char in name):
        raise _refused(place, name, "has a control character in its name")
    return "/".join(parts)


def _refuse_kind(member: tarfile.TarInfo, path: str, place: str) -> None:
    if not (member.isdir() or member.isreg() or member.islnk() or member.issym()):
        raise _refused(place, path, "is neither a file, a directory nor a link")
    if member.isreg() and member.mode & _SET_ID:
        raise _refused(place, path, "has a set-user-id or set-group-id bit")
    if member.issym() and member.linkname.startswith("/"):
        raise _refused(place, path, "is a link to an absolute path")


def _refuse_position(members: Dict[str, tarfile.TarInfo], path: str, member: tarfile.TarInfo, place: str) -> None:
    """Refuse a member below one that is no directory, and a hard link to anything but a file of the archive."""
    parts = path.split("/")
    for depth in range(1, len(parts)):
        parent = "/".join(parts[:depth])
        if parent in members and not members[parent].isdir():
            raise _refused(place, path, "is below %s, which is no directory" % parent)
    if member.islnk():
        target = members.get(_normalised(member.linkname, place))
        if target is None or not target.isreg():
            raise _refused(place, path, "is a hard link to what is no file of the archive")


def _create(archive: tarfile.TarFile, member: tarfile.TarInfo, target: str) -> None:
    """Write one regular file; only whether it may be executed is taken from the archive."""
    source = archive.extractfile(member)
    mode = 0o755 if member.mode & 0o100 else 0o644
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        left = member.size
        while source is not None and left > 0:
            chunk = source.read(min(_CHUNK, left))
            if not chunk:
                raise EOFError("%s is cut off" % member.name)
            file.write(chunk)
            left -= len(chunk)


def _refused(place: str, name: str, reason: str) -> PlanError:
    return PlanError(
        "%s: the member %r %s. Nothing of this archive is used; get the bundle from the vendor again"
        % (place, name, reason)
    )


def _unreadable(place: str, error: BaseException) -> PlanError:
    return PlanError("%s: the archive cannot be read: %s. Get the bundle from the vendor again" % (place, error))
