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

from . import safe_paths
from .planned import Directory, Foretold, PlannedFile


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
_foretold: Dict[str, Foretold] = {}  # files of unknown content; those who only look at owners and modes see them
_below: Dict[str, Set[str]] = {}  # names of files by directory
_made_in: Dict[str, Set[str]] = {}  # names of directories by directory
_foretold_in: Dict[str, Set[str]] = {}  # names of foretold files by directory
_NOTHING: Mapping[str, Optional[Shape]] = {}
_additions: List[int] = [0]


def add(files: Sequence[PlannedFile], directories: Sequence[Directory], foretold: Sequence[Foretold] = ()) -> None:
    """From now on see the node with these as well. Raises OSError."""
    for one in foretold:
        path = os.path.realpath(one.path)
        if not one.is_directory:
            _foretold[path] = one
            _foretold_in.setdefault(os.path.dirname(path), set()).add(os.path.basename(path))
    for directory in [*directories, *(Directory(*one[:4]) for one in foretold if one.is_directory)]:
        real = os.path.realpath(directory.path)
        _directories.setdefault(real, directory)
        _made_in.setdefault(os.path.dirname(real), set()).add(os.path.basename(real))
    _additions[0] += bool(files)
    for file in files:
        path = os.path.realpath(file.path)
        before = _files.get(path)
        _forget(path)
        _files[path] = _made(path, file, before)
        _below.setdefault(os.path.dirname(path), set()).add(os.path.basename(path))


def state() -> int:
    """Return a number that is the same as long as the same files are intended."""
    return _additions[0] if _files else 0


def withdraw() -> None:
    """See the node as it is."""
    for path in list(_files):
        _forget(path)
    _directories.clear()
    _foretold.clear()
    _foretold_in.clear()
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
    """Return, by its name, what will be new in a directory (links resolved) or have another owner or mode; None for what will be removed.

    What is to belong to an account that the node does not have yet is left out."""
    if directory not in _below and directory not in _made_in and directory not in _foretold_in:
        return _NOTHING
    found: Dict[str, Optional[Shape]] = {}
    for name in _made_in.get(directory, ()):
        path = os.path.join(directory, name)
        _see(found, name, Shape(stat.S_IFDIR, *_directories[path][1:]), path)
    for name in _foretold_in.get(directory, ()):
        path = os.path.join(directory, name)
        _see(found, name, Shape(stat.S_IFREG, *_foretold[path][1:4]), path)
    for name in _below.get(directory, ()):
        one = _files[os.path.join(directory, name)]
        if one.content is None:
            found[name] = None
        else:
            _see(found, name, Shape(stat.S_IFREG, one.owner, one.group, one.mode), one.path)
    return {name: shape for name, shape in found.items() if shape is None or min(shape) >= 0}


def _see(found: Dict[str, Optional[Shape]], name: str, shape: Shape, path: str) -> None:
    """Note the shape of a file or directory where it is another one than now."""
    info = _status(path)
    if info is None or shape[1:] != (info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode)):
        found[name] = shape


def foretold(path: str) -> Optional[Foretold]:
    """Return what is known of a file whose content is not known yet; None where there is no such file."""
    return _foretold.get(os.path.realpath(path)) if _foretold and "\0" not in path else None


def is_readable(path: str) -> bool:
    """Whether this account will be able to read an intended or foretold file: by its mode, and those of the directories above it. What is to
    belong to an account that the node does not have yet counts as readable."""
    real = os.path.realpath(path)
    above = safe_paths.above(real)
    made = [_directories[one] for one in above if one in _directories]
    there = next(one for one in above if os.path.isdir(one))
    one = _files[real] if real in _files else _foretold[real]
    return min(one.owner, one.group) < 0 or (
        _allows(one.owner, one.group, one.mode, stat.S_IROTH)
        and all(_allows(one.owner, one.group, one.mode, stat.S_IXOTH) for one in made)
        and os.access(there, os.X_OK)
    )


def _allows(owner: int, group: int, mode: int, bit: int) -> bool:
    user = os.geteuid()
    shift = 6 if user == owner else 3 if group in [os.getegid()] + os.getgroups() else 0
    return user == 0 or bool(mode >> shift & bit)


def _made(path: str, file: PlannedFile, before: Optional[Intended]) -> Intended:
    """What a part leaves open is as an earlier one intends it, else as it is, else as a new file of this process."""
    info = _status(path)
    kept = (os.geteuid(), os.getegid(), 0o600)
    if before is not None and before.content is not None:
        kept = before[2:]
    elif info is not None:
        kept = (info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode))
    owner, group, mode = (old if new is None else new for old, new in zip(kept, (file.owner, file.group, file.mode)))
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
