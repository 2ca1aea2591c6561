# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private view of the file system in which staged files are already in the place of their targets.

ec_dump_config reads one candidate file and follows its includes. A candidate beside its target would include the old
versions of the other changed files; so a tree is built under a private directory, in which every directory on the way to
a configuration file is a real one, with copies of the configuration files and links to everything else:

    ROOT/opt/msys/ecelerity/etc/conf/default/ecelerity.conf   a copy of the staged file
    ROOT/opt/msys/ecelerity/etc/conf/default/common.conf      a copy of the unchanged file
    ROOT/opt/msys/ecelerity/bin                               -> /opt/msys/ecelerity/bin

Copies, because whether the program resolves links before it looks beside the including file is not documented. Relative
includes stay inside the tree by themselves; an absolute one that leads to a directory of the tree is led under ROOT.
"""

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from typing import Dict, Iterable, Iterator, Mapping, Optional, Set, Tuple, Union

from ..files.reading import TooLarge, content, names, open_regular
from ..files.safe_paths import UnsafePath
from ..host.watchdog import Watchdog

# An include or readonly_include with an absolute path, quoted or not. Comments match as well, which does no harm.
_INCLUDE = re.compile(rb'(include[ \t]{1,80}"?)(/[^"\s]{1,4096})', re.IGNORECASE)
_LARGEST = 1 << 20  # bytes; a larger file is linked as it is
# Of one tree. The directories hold little beside the configuration, which is far below both (ecconf.syntax.limits).
_BYTES = 64 << 20
_ENTRIES = 20000
_MOVE = "; move what is no configuration elsewhere"


# The new version of a file: the path of its staged file, its bytes where nothing is staged, None for a removed one.
Version = Union[str, bytes, None]


@contextmanager
def shadow(changes: Mapping[str, Version], directories: Iterable[str], parent: Optional[str] = None) -> Iterator[str]:
    """Build the tree, yield its root, and remove it.

    changes: from the path of each changed file to its new version. directories: those whose files may include others (the
    search path). parent: where to build, created when it is missing; default: the directory for temporary files. The root is
    readable by the caller alone. Raises TooLarge where the directories hold too much, OSError.
    """
    if parent is not None:
        os.makedirs(parent, mode=0o700, exist_ok=True)
    root = tempfile.mkdtemp(prefix="momentum-check-", dir=parent)
    try:
        _Tree(root, {os.path.normpath(path): version for path, version in changes.items()}, directories).build()
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def watched_directory(parent: Optional[str]) -> Iterator[str]:
    """Make a private directory for shadows, yield it, and remove it, also where this process is killed meanwhile.

    Shadows hold the secrets of the configuration. Those in the state directory are removed by whoever recovers it; this one
    belongs to a run that must not write there (check mode), so a watchdog removes it. parent: default is the directory for
    temporary files. Raises OSError.
    """
    directory = tempfile.mkdtemp(prefix="momentum-check-", dir=parent)
    watchdog = None
    try:
        watchdog = Watchdog([], lambda: shutil.rmtree(directory, ignore_errors=True))
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        if watchdog is not None:
            watchdog.dismiss()


class _Tree:
    """A tree that is being built, with what it has taken so far."""

    def __init__(self, root: str, changes: Mapping[str, Version], directories: Iterable[str]) -> None:
        self.root = root
        self.changes = changes
        self.copied = {os.path.dirname(path) for path in changes} | {os.path.normpath(one) for one in directories}
        self.mirrored: Set[str] = {"/"}
        # Where the copy of a file is, by its device and inode: however many links lead to it, it is copied once.
        self.copies: Dict[Tuple[int, int], str] = {}
        self.bytes = 0
        self.entries = 0

    def build(self) -> None:
        """Copy and link everything."""
        for directory in self.copied:
            while directory not in self.mirrored:
                self.mirrored.add(directory)
                directory = os.path.dirname(directory)
        for directory in sorted(self.mirrored):
            os.makedirs(self.root + directory, mode=0o700, exist_ok=True)
            for path, source in self._entries(directory).items():
                if path in self.mirrored:
                    continue
                if directory not in self.copied and isinstance(source, str):
                    os.symlink(source, self.root + path)
                    continue
                self.entries += 1
                if self.entries > _ENTRIES:
                    raise TooLarge(directory, "more than %d files beside the configuration%s" % (_ENTRIES, _MOVE))
                if isinstance(source, bytes):
                    self._copy(path, source)
                else:
                    self._place(path, source)

    def _entries(self, directory: str) -> Dict[str, Union[str, bytes]]:
        """What a directory will hold: from each path to its content, or to where that is now."""
        paths = [os.path.join(directory, name) for name in _names(directory)]
        entries: Dict[str, Union[str, bytes]] = dict(zip(paths, paths))
        for path, version in self.changes.items():
            if os.path.dirname(path) == directory:
                entries.pop(path, None)
                if version is not None:
                    entries[path] = version
        return entries

    def _place(self, path: str, source: str) -> None:
        """Copy a configuration file into the tree; link to a directory or a large file. What is neither has no place: the
        program would wait for a pipe, or open a device."""
        try:
            descriptor, info = open_regular(source)
        except OSError:
            os.symlink(source, self.root + path)  # whoever reads it through the link will say why it cannot be read
            return
        except UnsafePath:
            if os.path.isdir(source):
                os.symlink(source, self.root + path)
            return
        try:
            known = self.copies.get((info.st_dev, info.st_ino))
            if known is not None:
                os.link(known, self.root + path)
            elif info.st_size > _LARGEST:
                os.symlink(source, self.root + path)
            else:
                self._copy(path, content(descriptor, info, source, "configuration"))
                self.copies[info.st_dev, info.st_ino] = self.root + path
        finally:
            os.close(descriptor)

    def _copy(self, path: str, text: bytes) -> None:
        self.bytes += len(text)
        if self.bytes > _BYTES:
            raise TooLarge(path, "more than %d bytes in files beside the configuration%s" % (_BYTES, _MOVE))
        descriptor = os.open(self.root + path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as stream:
            stream.write(_led(self.root, text, self.mirrored))


def _names(directory: str) -> Iterable[str]:
    try:
        return list(names(directory))
    except OSError:
        return []  # an element of the search path that does not exist is none of our business


def _led(root: str, content: bytes, mirrored: Set[str]) -> bytes:
    """A configuration with its absolute includes led into the tree."""

    def lead(match: "re.Match[bytes]") -> bytes:
        target = os.path.normpath(os.fsdecode(match.group(2)))
        inside = target in mirrored or os.path.dirname(target) in mirrored
        return match.group(1) + (os.fsencode(root + target) if inside else match.group(2))

    return _INCLUDE.sub(lead, content)
