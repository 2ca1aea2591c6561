# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files as the plans of earlier concerns of a node intend them, so that each later one is planned over what will be.

Nothing is written to a place that has a name: a content that somebody reads is in a file without one, in memory where the node
has /dev/shm, with the intended owner and mode. One that nobody reads takes no descriptor. Everything that opens, lists or
looks at files of a node asks here, before `foreseen`.
"""

import os
import stat
from typing import IO, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Set

from .planned import Directory, PlannedFile


class Intended(NamedTuple):
    """A file that will be; `content` is None for one that will be removed. path: links resolved."""

    path: str
    content: Optional[bytes]
    owner: int
    group: int
    mode: int


class Shape(NamedTuple):
    """What will be seen of an object: its kind (S_IFREG, S_IFDIR), owner, group and mode."""

    kind: int
    owner: int
    group: int
    mode: int


_files: Dict[str, Intended] = {}
_streams: Dict[str, IO[bytes]] = {}
_directories: Dict[str, Directory] = {}
_below: Dict[str, Set[str]] = {}  # names of files by directory
_made_in: Dict[str, Set[str]] = {}  # names of directories by directory
_NOTHING: Mapping[str, Optional[Shape]] = {}
_additions: List[int] = [0]


def add(files: Sequence[PlannedFile], directories: Sequence[Directory]) -> None:
    """From now on see the node with these as well. Raises OSError."""
    for directory in directories:
        real = os.path.realpath(directory.path)
        _directories.setdefault(real, directory)
        _made_in.setdefault(os.path.dirname(real), set()).add(os.path.basename(real))
    _additions[0] += bool(files)
    for file in files:
        path = os.path.realpath(file.path)
        _forget(path)
        _files[path] = _made(path, file)
        _below.setdefault(os.path.dirname(path), set()).add(os.path.basename(path))


def state() -> int:
    """Return a number that is the same as long as the same files are intended."""
    return _additions[0] if _files else 0


def withdraw() -> None:
    """See the node as it is."""
    for path in list(_files):
        _forget(path)
    _directories.clear()
    _below.clear()
    _made_in.clear()


def file(path: str) -> Optional[Intended]:
    """Return the intended file of a path, links followed; None where nothing is intended."""
    return _files.get(os.path.realpath(path)) if _files and "\0" not in path else None


def path_of(intended: Intended) -> str:
    """Return a path at which this process finds an intended file; '' for one that will be removed."""
    if intended.content is None:
        return ""
    if intended.path not in _streams:
        _streams[intended.path] = _stream(intended, intended.content)
    return "/proc/self/fd/%d" % _streams[intended.path].fileno()


def is_directory(path: str) -> bool:
    """Whether a path leads to a directory, or will."""
    return os.path.isdir(path) or is_new_directory(path)


def is_new_directory(path: str) -> bool:
    """Whether a path will lead to a directory that an earlier part creates."""
    return bool(_directories) and "\0" not in path and os.path.realpath(path) in _directories


def exists(path: str) -> bool:
    """Whether there is anything at a path, or will be; a link to nothing is something."""
    intended = file(path)
    if intended is not None:
        return intended.content is not None
    return os.path.lexists(path) or is_directory(path)


def listing(directory: str, names: Iterable[str]) -> Iterable[str]:
    """Return the names of a directory as they will be."""
    below = _below.get(os.path.realpath(directory)) if _below else None
    if not below:
        return names
    real = os.path.realpath(directory)
    gone = {name for name in below if _files[os.path.join(real, name)].content is None}
    there: List[str] = [name for name in names if name not in gone]
    return there + sorted(below - gone - set(there))


def within(directory: str) -> Mapping[str, Optional[Shape]]:
    """Return, by its name, what will be new in a directory (links resolved) or have another owner or mode; None for what will be removed."""
    if directory not in _below and directory not in _made_in:
        return _NOTHING
    found: Dict[str, Optional[Shape]] = {}
    for name in _made_in.get(directory, ()):
        path = os.path.join(directory, name)
        if not os.path.lexists(path):
            found[name] = Shape(stat.S_IFDIR, *_directories[path][1:])
    for name in _below.get(directory, ()):
        one, info = _files[os.path.join(directory, name)], _status(os.path.join(directory, name))
        shape = Shape(stat.S_IFREG, one.owner, one.group, one.mode)
        if one.content is None:
            found[name] = None
        elif info is None or shape[1:] != (info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode)):
            found[name] = shape
    return found


def is_readable(path: str) -> bool:
    """Whether this account will be able to read an intended file: by its mode, and those of the directories above it."""
    real = os.path.realpath(path)
    above = _above(real)
    made = [_directories[one] for one in above if one in _directories]
    there = next(one for one in above if os.path.isdir(one))
    one = _files[real]
    return (
        _allows(one.owner, one.group, one.mode, stat.S_IROTH)
        and all(_allows(one.owner, one.group, one.mode, stat.S_IXOTH) for one in made)
        and os.access(there, os.X_OK)
    )


def _allows(owner: int, group: int, mode: int, bit: int) -> bool:
    user = os.geteuid()
    shift = 6 if user == owner else 3 if group in [os.getegid()] + os.getgroups() else 0
    return user == 0 or bool(mode >> shift & bit)


def _above(path: str) -> List[str]:
    found = []
    while path != "/":
        path = os.path.dirname(path)
        found.append(path)
    return found


def _made(path: str, file: PlannedFile) -> Intended:
    info = _status(path)
    owner = file.owner if file.owner is not None else info.st_uid if info else os.geteuid()
    group = file.group if file.group is not None else info.st_gid if info else os.getegid()
    mode = file.mode if file.mode is not None else stat.S_IMODE(info.st_mode) if info else 0o600
    return Intended(path, file.after, owner, group, mode)


def _stream(intended: Intended, content: bytes) -> IO[bytes]:
    import tempfile

    directory = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None
    stream = tempfile.TemporaryFile(dir=directory)
    stream.write(content)
    stream.flush()
    if os.geteuid() == 0:
        os.fchown(stream.fileno(), intended.owner, intended.group)
    os.fchmod(stream.fileno(), intended.mode)
    return stream


def _status(path: str) -> Optional[os.stat_result]:
    try:
        return os.stat(path)
    except OSError:
        return None


def _forget(path: str) -> None:
    _files.pop(path, None)
    if path in _streams:
        _streams.pop(path).close()
