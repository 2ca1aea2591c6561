# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only way in which anything on a node is opened for reading.

The service account owns directories that root reads from, so in the place of a file there may be a named pipe (opening it
waits for a writer), a device (opening it can have an effect), a file of terabytes that occupies nothing, or as many links
to one large file as fit into a directory. So a path is first opened with O_PATH, which looks at an object without opening
it, open(2); only a regular file is then opened, through the descriptor that was looked at, so that nothing can take its
place in between. What is read is counted: the size of a file is what its owner says, and it may grow.
"""

import errno
import os
import stat
from contextlib import contextmanager
from typing import ContextManager, Dict, Iterator, List, NamedTuple, Optional, Tuple

from . import foreseen, intended
from .safe_paths import DirectoryEntry, UnsafePath

MIB = 1 << 20


class Limit(NamedTuple):
    """The most bytes that a kind of file may have, what the kind is called, and what to do about a larger one."""

    most: int
    name: str
    remedy: str


_ANOTHER = "see whether it is the right file"
# From the kind of a file to its limit. None is near to what an honest installation has; the reason is beside each.
LIMITS: Dict[str, Limit] = {
    # A hundred thousand stanzas are 10 MiB. As ecconf.syntax.limits.BYTES for all files of a configuration together.
    "configuration": Limit(32 * MIB, "a file of the configuration", "divide it, or see whether it is the right file"),
    # A page of text.
    "license": Limit(MIB, "a licence", _ANOTHER),
    # What a task replaces or the collection keeps: none is larger than a configuration.
    "file": Limit(32 * MIB, "a file that is read as a whole", _ANOTHER),
    # The bundle of all public authorities has 0.25 MiB, with explanations 1 MiB.
    "pem": Limit(4 * MIB, "a file of certificates or keys", _ANOTHER),
    # The sample postgresql.conf has 0.03 MiB.
    "keywords": Limit(4 * MIB, "a file of keywords", _ANOTHER),
    # A process number has up to 7 digits, proc(5), pid_max.
    "pid": Limit(64, "a pid file", "remove it; the daemon writes a new one when it starts"),
    # Files of a single word, such as /proc/sys/kernel/cap_last_cap.
    "line": Limit(4096, "a file of one line", _ANOTHER),
    # What root's shells read at their start; the longest of the distributions have 0.02 MiB.
    "startup": Limit(MIB, "a start-up file of a shell", _ANOTHER),
    # A handful of lines, resolv.conf(5).
    "resolvers": Limit(MIB, "a list of name servers", _ANOTHER),
    # A few sections with a few lines each.
    "repository": Limit(MIB, "a repository file of dnf", _ANOTHER),
    "unit": Limit(MIB, "a unit of systemd", _ANOTHER),
    # A status holds up to 65536 groups, proc(5).
    "process": Limit(MIB, "what the kernel says of a process", _ANOTHER),
    # Tables of proc(5): /proc/net/unix and tcp have up to 0.2 KiB for each socket.
    "kernel": Limit(64 * MIB, "a table of the kernel", "close sockets or processes that nobody needs"),
}
ENTRIES = 100000  # names in one directory; the spool, which has more, is never listed as a whole
VISITED = 1000000  # objects that one pattern may lead past
DEPTH = 64  # directories below each other that `**` stands for

_TYPES = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a character device"),
    (stat.S_ISBLK, "a block device"),
)
_LOOK = os.O_PATH | os.O_CLOEXEC
# O_NONBLOCK: a lease that a process holds on its file would keep us waiting, fcntl(2).
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_PIECE = 1 << 18


class TooLarge(UnsafePath):
    """A file or tree that has more than its kind may have."""


def open_regular(path: str, place: Optional[DirectoryEntry] = None) -> Tuple[int, os.stat_result]:
    """Open a regular file for reading; return its descriptor, which the caller closes, and its stat result.

    place: where the file is; then `path` only names it in errors, and a symbolic link is refused. Else links are followed.
    What earlier concerns intend is seen so already, see intended.py; so is what the recovery of an unfinished transaction would
    take away or give back, see foreseen.py.
    Raises UnsafePath for anything but a regular file, OSError.
    """
    planned = intended.file(path if place is None else place.path)
    now = intended.path_of(planned) if planned else foreseen.path(path if place is None else place.path)
    if not now:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    try:
        if place is None or planned:
            looked = os.open(now, _LOOK)
        else:
            looked = os.open(os.path.basename(now), _LOOK | os.O_NOFOLLOW, dir_fd=place.directory)
    except ValueError:
        raise OSError(errno.EINVAL, "is no name that a file can have", path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path)
    try:
        info = os.fstat(looked)
        if place is not None and stat.S_ISLNK(info.st_mode):
            raise UnsafePath(path, "is a symbolic link where a file was expected")
        if not stat.S_ISREG(info.st_mode):
            raise UnsafePath(path, "is not a regular file but %s" % kind_of(info))
        return reopened(looked, path), info
    finally:
        os.close(looked)


def kind_of(info: os.stat_result) -> str:
    """What an object is, with its article."""
    return next((name for is_one, name in _TYPES if is_one(info.st_mode)), "a regular file")


def reopened(looked: int, path: str) -> int:
    """Open for reading what a descriptor, perhaps of O_PATH, refers to: a regular file or directory, as the caller has seen.

    Returns a descriptor, which the caller closes. path: for errors. Raises OSError."""
    try:
        return os.open("/proc/self/fd/%d" % looked, _READ)
    except FileNotFoundError:
        raise OSError(errno.ENOSYS, "cannot be opened, because /proc is not mounted", path)
    except BlockingIOError as error:
        raise OSError(error.errno, "a process holds a lease on it, fcntl(2); end that process", path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path)


def read(path: str, kind: str = "file") -> bytes:
    """The bytes of a regular file, links followed. kind: a key of LIMITS. Raises UnsafePath (TooLarge is one), OSError."""
    descriptor, info = open_regular(path)
    try:
        return content(descriptor, info, path, kind)
    finally:
        os.close(descriptor)


def text(path: str, kind: str = "file", errors: str = "surrogateescape") -> str:
    """As `read`, decoded as UTF-8 whatever the locale."""
    return read(path, kind).decode("utf-8", errors)


def content(descriptor: int, info: os.stat_result, path: str, kind: str) -> bytes:
    """The bytes of an open file from its beginning, at most as many as its kind may have. Raises TooLarge, OSError."""
    limit = LIMITS[kind]
    pieces: List[bytes] = []
    left = limit.most + 1
    while left and info.st_size <= limit.most:
        piece = os.read(descriptor, min(left, _PIECE))
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        left -= len(piece)
    size = max(info.st_size, os.fstat(descriptor).st_size, limit.most + 1)
    raise TooLarge(
        path, "%d bytes, more than the %d that %s may have; %s" % (size, limit.most, limit.name, limit.remedy)
    )


def held_copy(path: str, kind: str) -> "ContextManager[str]":
    """A path at which a library or program that opens files itself finds a copy of a file, and nothing else."""
    return held(read(path, kind))


@contextmanager
def held(content: bytes) -> Iterator[str]:
    """A path at which a library or program that opens files itself finds these bytes.

    The file has no name, lies in memory where the node has /dev/shm, and can be read by this process and its children only.
    """
    import tempfile

    directory = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None
    with tempfile.TemporaryFile(dir=directory) as copy:
        copy.write(content)
        copy.flush()
        yield "/proc/self/fd/%d" % copy.fileno()


def is_file(path: str) -> bool:
    """Whether a path leads to a regular file, links followed, as `read` would find it."""
    planned = intended.file(path)
    return planned.content is not None if planned else os.path.isfile(foreseen.path(path))


def names(path: str, most: int = ENTRIES) -> Iterator[str]:
    """The names in a directory, in no order. Raises TooLarge after `most` of them, OSError."""
    yield from intended.listing(path, foreseen.listing(path, _names(path, most)))


def below(directory: str) -> Iterator[str]:
    """Yield the paths of all below a directory that is none itself, in order; links are not followed. Raises TooLarge, OSError."""
    for name in sorted(names(directory)):
        path = os.path.join(directory, name)
        if os.path.isdir(path) and not os.path.islink(path):
            yield from below(path)
        else:
            yield path


def _names(path: str, most: int) -> Iterator[str]:
    if intended.is_new_directory(path):
        return
    with os.scandir(path) as entries:
        for number, entry in enumerate(entries):
            if number >= most:
                raise TooLarge(
                    path,
                    "more than the %d entries that a directory may have here; move what does not belong there" % most,
                )
            yield entry.name


def find(pattern: str) -> List[str]:
    """The regular files that match an absolute pattern, sorted; `*`, `?` and `[]` as in glob(7), `**` for any number of
    directories. Links to directories are followed where the pattern names them, never by `**`, so that no loop is walked.

    Raises TooLarge where the pattern leads past more than VISITED objects.
    """
    parts = [part for part in pattern.split("/") if part]
    return _Search(pattern).run(parts)


class _Search:
    """The state of one search: what was visited already, and what was found."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.visited = 0

    def run(self, parts: List[str]) -> List[str]:
        """Without recursion: a directory, and the parts of the pattern that are still to match below it."""
        found = set()
        todo: List[Tuple[str, List[str], int]] = [("/", parts, 0)]
        seen = set()
        while todo:
            directory, rest, depth = todo.pop()
            if (directory, tuple(rest)) in seen:
                continue
            seen.add((directory, tuple(rest)))
            for path, after, deeper in self._step(directory, rest, depth):
                if after:
                    todo.append((path, after, deeper))
                elif is_file(path):
                    found.add(path)
        return sorted(found)

    def _step(self, directory: str, rest: List[str], depth: int) -> Iterator[Tuple[str, List[str], int]]:
        """What the first part of the rest stands for in a directory."""
        import fnmatch

        first, after = rest[0], rest[1:]
        if first == "**":
            # No directory at all, or any below this one and the same again.
            yield directory, after or ["*"], 0
            for name in self._names(directory) if depth < DEPTH else ():
                path = os.path.join(directory, name)
                if not name.startswith(".") and os.path.isdir(path) and not os.path.islink(path):
                    yield path, rest, depth + 1
        elif not any(character in first for character in "*?["):
            yield os.path.join(directory, first), after, 0
        else:
            for name in self._names(directory):
                if fnmatch.fnmatchcase(name, first) and (first.startswith(".") or not name.startswith(".")):
                    yield os.path.join(directory, name), after, 0

    def _names(self, directory: str) -> Iterator[str]:
        try:
            for name in names(directory, VISITED):
                self.visited += 1
                if self.visited > VISITED:
                    raise TooLarge(self.pattern, "leads past more than %d files; name a smaller tree" % VISITED)
                yield name
        except OSError:
            return  # as glob(7): what cannot be listed holds nothing
