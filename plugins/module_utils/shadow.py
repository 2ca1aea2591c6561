# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private view of the file system in which staged files already stand in the place of their targets.

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
import stat
import tempfile
from contextlib import contextmanager
from typing import Dict, Iterable, Iterator, Optional, Set

# An include or readonly_include with an absolute path, quoted or not. Comments match as well, which does no harm.
_INCLUDE = re.compile(rb'(include[ \t]{1,80}"?)(/[^"\s]{1,4096})', re.IGNORECASE)
_LARGEST = 1 << 20  # bytes; a larger file is linked as it is


@contextmanager
def shadow(
    changes: Dict[str, Optional[str]], directories: Iterable[str], parent: Optional[str] = None
) -> Iterator[str]:
    """Build the tree, yield its root, and remove it.

    changes: from the path of each changed file to the path of its staged version, None for a removed one.
    directories: those whose files may include others (the search path). parent: where to build, created when it is
    missing; default: the directory for temporary files. The root is readable by the caller alone. Raises OSError.
    """
    if parent is not None:
        os.makedirs(parent, mode=0o700, exist_ok=True)
    root = tempfile.mkdtemp(prefix="momentum-check-", dir=parent)
    try:
        _build(root, {os.path.normpath(path): staged for path, staged in changes.items()}, directories)
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _build(root: str, changes: Dict[str, Optional[str]], directories: Iterable[str]) -> None:
    copied = {os.path.dirname(path) for path in changes} | {os.path.normpath(one) for one in directories}
    mirrored: Set[str] = {"/"}
    for directory in copied:
        while directory not in mirrored:
            mirrored.add(directory)
            directory = os.path.dirname(directory)
    for directory in sorted(mirrored):
        os.makedirs(root + directory, mode=0o700, exist_ok=True)
        for path, source in _entries(directory, changes).items():
            if path not in mirrored:
                _place(root, path, source, mirrored if directory in copied else None)


def _entries(directory: str, changes: Dict[str, Optional[str]]) -> Dict[str, str]:
    """What a directory will hold: from each path to where its content is now."""
    entries = {os.path.join(directory, name): os.path.join(directory, name) for name in _names(directory)}
    for path, staged in changes.items():
        if os.path.dirname(path) == directory:
            entries.pop(path, None)
            if staged is not None:
                entries[path] = staged
    return entries


def _names(directory: str) -> Iterable[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []  # an element of the search path that does not exist is none of our business


def _place(root: str, path: str, source: str, mirrored: Optional[Set[str]]) -> None:
    """Copy a configuration file into the tree (mirrored: its directories); link to anything else."""
    content = None if mirrored is None else _content(source)
    if mirrored is None or content is None:
        os.symlink(source, root + path)
        return
    descriptor = os.open(root + path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as stream:
        stream.write(_led(root, content, mirrored))


def _content(source: str) -> Optional[bytes]:
    """The bytes of a regular file of reasonable size, None for anything else."""
    try:
        info = os.stat(source)
        if not stat.S_ISREG(info.st_mode) or info.st_size > _LARGEST:
            return None
        with open(source, "rb") as stream:
            return stream.read()
    except OSError:
        return None  # whoever reads it through the link will say so


def _led(root: str, content: bytes, mirrored: Set[str]) -> bytes:
    """A configuration with its absolute includes led into the tree."""

    def lead(match: "re.Match[bytes]") -> bytes:
        target = os.path.normpath(os.fsdecode(match.group(2)))
        inside = target in mirrored or os.path.dirname(target) in mirrored
        return match.group(1) + (os.fsencode(root + target) if inside else match.group(2))

    return _INCLUDE.sub(lead, content)
