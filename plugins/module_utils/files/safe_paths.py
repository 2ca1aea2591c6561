# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find a file without ever following a link that somebody else could have planted.

Momentum's service user may own directories that root writes into, so a path is not a name for one thing: between
two system calls its owner can put a link where a directory was. `locate` therefore walks a path one component at a
time with directory descriptors and hands back the descriptor of the directory that holds the file. Everything later
is done relative to that descriptor, which no renaming can redirect.

A symbolic link is followed only where nobody but root (or the calling user) could have made or replaced it: the link
belongs to root or to the caller, and so does its directory, which neither its group nor others may write to.
Anything else is refused, with the name of the link.
"""

import errno
import os
import stat
from typing import List, Optional

from ..errors import MomentumError

MAXIMUM_LINKS = 40  # as the kernel's own limit, path_resolution(7)

# O_PATH opens the link itself where O_NOFOLLOW alone would fail, open(2).
_LOOK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


class UnsafePath(MomentumError):
    """A path that cannot be used safely. `.path` is the path as it was given, `.reason` what is wrong with it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__("%s: %s" % (path, reason))
        self.path = path
        self.reason = reason


def above(path: str) -> List[str]:
    """Return the directories above a path, the nearest first. To POSIX two slashes at the beginning are a root of their own, which is its own
    directory, too."""
    found: List[str] = []
    while os.path.dirname(path) != path:
        path = os.path.dirname(path)
        found.append(path)
    return found


class DirectoryEntry:
    """One name in one directory that is held open: `.directory` (an O_PATH descriptor), `.name`, and `.path`, the
    path with all links resolved. Close it, or use it as a context manager."""

    __slots__ = ("directory", "name", "path")

    def __init__(self, directory: int, name: str, path: str) -> None:
        self.directory = directory
        self.name = name
        self.path = path

    def close(self) -> None:
        """Let go of the directory. Closing twice is harmless."""
        if self.directory >= 0:
            os.close(self.directory)
            self.directory = -1

    def sibling(self, name: str) -> str:
        """The path of another name in the same directory."""
        return os.path.join(os.path.dirname(self.path), name)

    def __enter__(self) -> "DirectoryEntry":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_trusted(info: os.stat_result) -> bool:
    """Whether the object belongs to root or to the calling user."""
    return info.st_uid in (0, os.geteuid())


def is_private(info: os.stat_result) -> bool:
    """Whether only root and the calling user can change the entries of this directory."""
    return is_trusted(info) and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def is_written_by_root_alone(path: str) -> bool:
    """Whether nobody but root and the calling user could have put what is at an absolute path there, or have written it.

    A sticky directory is safe where the next step belongs to one of them. What is missing in a directory of theirs, they will make. What
    cannot be looked at counts as open."""
    real = os.path.realpath(path)
    return _is_closed(path) and (real == path or _is_closed(real))


def _is_closed(path: str) -> bool:
    above, parts = "/", [part for part in path.split("/") if part]
    try:
        for number, part in enumerate(parts, 1):
            directory, below = os.stat(above), os.path.join(above, part)
            if not (is_private(directory) or directory.st_mode & stat.S_ISVTX):
                return False
            if not os.path.lexists(below):
                return is_private(directory)
            step = os.lstat(below)
            if not is_trusted(step):
                return False
            if number == len(parts) and not stat.S_ISLNK(step.st_mode):
                return is_private(step)
            above = below
    except OSError:
        return False
    return bool(parts)


def locate(path: str, follow: bool = True) -> DirectoryEntry:
    """Open the directory that holds `path` (absolute, without `..`); the last component itself need not exist.

    follow: whether a last component that is a trusted link stands for the file it points to. With False the
    place of the link itself is returned.
    Raises UnsafePath (a link that is not trusted, too many links, not a usable path) and OSError (a directory on
    the way is missing, or may not be searched).
    """
    parts = path.split("/")
    if not os.path.isabs(path) or ".." in parts or "\0" in path or not any(part not in ("", ".") for part in parts):
        raise UnsafePath(path, "an absolute path of a file, without '..', is needed")
    walk = _Walk(path, follow)
    try:
        return walk.run()
    finally:
        walk.close()


class _Walk:
    """The state of one walk: the directories entered (descriptors and names) and the components still to come."""

    def __init__(self, path: str, follow: bool) -> None:
        self.path = path
        self.follow = follow
        self.todo = _components(path)
        self.names: List[str] = []
        self.links = 0
        self.stack = [os.open("/", _LOOK | os.O_DIRECTORY)]

    def close(self) -> None:
        for descriptor in self.stack:
            os.close(descriptor)
        self.stack = []

    def run(self) -> DirectoryEntry:
        while self.todo:
            name = self.todo.pop()
            if name == "..":
                self._leave()
            elif self._enter(name):
                return DirectoryEntry(self.stack.pop(), name, "/" + "/".join(self.names + [name]))
        raise UnsafePath(self.path, "names a directory, a file is needed")

    def _leave(self) -> None:
        # Never by opening "..": the directory may have been moved since it was entered.
        if self.names:
            os.close(self.stack.pop())
            self.names.pop()

    def _enter(self, name: str) -> bool:
        """Go one component further. True when `name`, in the directory on top of the stack, is the place."""
        last = not self.todo
        descriptor = self._open(name, last)
        if descriptor is None:
            return True
        try:
            info = os.fstat(descriptor)
            if stat.S_ISLNK(info.st_mode) and (self.follow or not last):
                self._follow(descriptor, info, name)
                return False
            if last:
                return True
            if not stat.S_ISDIR(info.st_mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), self._where(name))
            self.stack.append(descriptor)
            self.names.append(name)
            descriptor = None
            return False
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _open(self, name: str, last: bool) -> Optional[int]:
        try:
            return os.open(name, _LOOK, dir_fd=self.stack[-1])
        except FileNotFoundError:
            if last:
                return None
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self._where(name))

    def _follow(self, descriptor: int, info: os.stat_result, name: str) -> None:
        self.links += 1
        if self.links > MAXIMUM_LINKS:
            raise UnsafePath(self.path, "more than %d symbolic links" % MAXIMUM_LINKS)
        if not is_trusted(info) or not is_private(os.fstat(self.stack[-1])):
            raise UnsafePath(
                self.path,
                "%s is a symbolic link that somebody other than root could have made (it belongs to uid %d): refused"
                % (self._where(name), info.st_uid),
            )
        # An empty name reads the very link that was judged, readlinkat(2).
        target = os.readlink("", dir_fd=descriptor)
        if os.path.isabs(target):
            while self.names:
                self._leave()
        self.todo.extend(_components(target))

    def _where(self, name: str) -> str:
        return "/" + "/".join(self.names + [name])


def _components(path: str) -> List[str]:
    """The components of a path, last one first."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]
