# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the loader gets files from: a source that it is given, or texts that are not written yet."""

import errno
import os
import posixpath
from typing import Dict, List, Mapping, Optional, Set

FILE, DIRECTORY, OTHER = "file", "directory", "other"


class Reader:
    """What the loader asks of a source of files; whoever opens files of a node decides how that is safe.

    Every method may raise OSError, except `kind` for a path that does not exist.
    """

    def kind(self, path: str) -> Optional[str]:
        """'file', 'directory' or 'other' (symbolic links followed), None when nothing is there."""
        raise NotImplementedError

    def read(self, path: str) -> bytes:
        """The bytes of a regular file."""
        raise NotImplementedError

    def files(self, path: str) -> List[str]:
        """The names of the regular files of a directory (links to files included), in no order."""
        raise NotImplementedError

    def identity(self, path: str) -> str:
        """A text that is the same for every path that leads to the same file."""
        raise NotImplementedError


class OverlayReader(Reader):
    """Texts that override those of another reader: what the files would hold after a change.

    `contents` maps absolute paths to bytes, or to None for a file that is to be gone. Without `base` it is a file
    system of its own, its directories being those that the paths imply.
    """

    def __init__(self, contents: Mapping[str, Optional[bytes]], base: Optional[Reader] = None) -> None:
        """Take the texts; `base` reads everything else."""
        self._base = base
        identity = base.identity if base is not None else posixpath.normpath
        self._contents: Dict[str, Optional[bytes]] = {}
        self._names: Dict[str, Dict[str, bool]] = {}
        self._directories: Set[str] = set()
        for path, content in contents.items():
            path = identity(path)
            self._contents[path] = content
            directory, name = posixpath.split(path)
            self._names.setdefault(directory, {})[name] = content is not None
            while content is not None and posixpath.dirname(path) != path:
                path = posixpath.dirname(path)
                self._directories.add(path)

    def kind(self, path: str) -> Optional[str]:
        """'file', 'directory' or 'other', None when nothing is there."""
        own = self.identity(path)
        if own in self._contents:
            return None if self._contents[own] is None else FILE
        if own in self._directories:
            return DIRECTORY
        return self._base.kind(path) if self._base is not None else None

    def read(self, path: str) -> bytes:
        """The bytes of a file; OSError when it is not there."""
        own = self.identity(path)
        content = self._contents.get(own)
        if content is not None:
            return content
        if own in self._contents or self._base is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return self._base.read(path)

    def files(self, path: str) -> List[str]:
        """The names of the regular files of a directory, in no order."""
        own = self.identity(path)
        names: Set[str] = set()
        if self._base is not None and self._base.kind(path) == DIRECTORY:
            names.update(self._base.files(path))
        for name, is_there in self._names.get(own, {}).items():
            (names.add if is_there else names.discard)(name)
        return list(names)

    def identity(self, path: str) -> str:
        """A text that is the same for every path that leads to the same file."""
        return self._base.identity(path) if self._base is not None else posixpath.normpath(path)
