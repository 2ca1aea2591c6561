# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups: the old content of every file that a transaction changed, in a directory of the state directory.

    STATE/backups/ID/manifest.json   what was changed, with owner, group and mode before
    STATE/backups/ID/0, 1, ...       the old contents, in the order of the manifest

All directories are 0700 and all files 0600, whatever the files had. None of them is in a directory that Momentum
reads: a directory include has no suffix filter, so a backup beside the file would be loaded as configuration.
"""

import base64
import json
import os
import shutil
import time
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ..errors import MomentumError
from ..files.safe_files import Attributes, create, ensure_directory, read_file, remove, sync
from ..files.safe_paths import DirectoryEntry, locate
from ..state import pending as activation
from .journal import IDENTIFIER, set_aside_identifiers

KEPT = 10  # transactions, and all of the last DAY
DAY = 86400  # seconds; a run, however many nodes and batches it has, is over by then
KEPT_WORDS = "the last %d are kept, all of the last 24 hours, and those that wait for their activation" % KEPT
Extended = Tuple[Tuple[str, bytes], ...]


class Saved(NamedTuple):
    """One file of a backup. `path`: as the caller named it. `before`, `after`: SHA-256 digests, '' for no file.
    owner, group, mode: of the file before (None when there was none). `content`: name of the old content, ''.
    `extended`: the extended attributes of the file before, base64 by name; None in a backup of version 0.2, which did
    not keep them."""

    path: str
    before: str
    after: str
    owner: Optional[int]
    group: Optional[int]
    mode: Optional[int]
    content: str
    extended: Optional[Dict[str, str]] = None

    def former_extended(self) -> Optional[Extended]:
        """The extended attributes of the file before, None where the backup does not say."""
        if self.extended is None:
            return None
        return tuple((name, base64.b64decode(text, validate=True)) for name, text in sorted(self.extended.items()))


def encoded(extended: Extended) -> Dict[str, str]:
    """Extended attributes as `Saved.extended` holds them."""
    return {name: base64.b64encode(value).decode("ascii") for name, value in extended}


class BackupMissing(MomentumError):
    """There is no such backup (any more)."""


def directory_of(state_dir: str, identifier: str) -> str:
    """The directory of one backup. Raises BackupMissing for what is not an identifier of a transaction."""
    if not IDENTIFIER.match(identifier):
        raise BackupMissing("%r is not the identifier of a transaction" % identifier)
    return os.path.join(state_dir, "backups", identifier)


def save(state_dir: str, identifier: str, saved: List[Saved], contents: Dict[str, bytes]) -> None:
    """Write a backup, durably. contents: by the name that `Saved.content` gives. Raises OSError."""
    owner, group = os.geteuid(), os.getegid()
    directory = directory_of(state_dir, identifier)
    ensure_directory(os.path.dirname(directory), owner, group, 0o700)
    ensure_directory(directory, owner, group, 0o700)
    document = {"format": 1, "transaction": identifier, "files": [one._asdict() for one in saved]}
    with locate(os.path.join(directory, "manifest.json")) as place:
        for name in sorted(contents):
            create(place, name, contents[name], Attributes(owner, group, 0o600))
        text = json.dumps(document, indent=1).encode("ascii")
        create(place, place.name, text, Attributes(owner, group, 0o600))
        sync(place)


def load(state_dir: str, identifier: str) -> List[Saved]:
    """The manifest of a backup. Raises BackupMissing, OSError."""
    path = os.path.join(directory_of(state_dir, identifier), "manifest.json")
    try:
        document: Dict[str, Any] = json.loads(read_file(path)[0].decode("ascii"))
        return [_judged(Saved(**one)) for one in document["files"]]
    except FileNotFoundError:
        raise BackupMissing("no backup of transaction %s in %s" % (identifier, state_dir))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackupMissing("%s cannot be read: %s" % (path, str(error) or type(error).__name__))


def _judged(one: Saved) -> Saved:
    """The same, if it is what a transaction writes. Raises ValueError, TypeError, AttributeError."""
    texts, numbers = (one.path, one.before, one.after, one.content), (one.owner, one.group, one.mode)
    if not all(isinstance(text, str) for text in texts) or not os.path.isabs(one.path):
        raise ValueError("an entry has no texts where a transaction writes texts")
    if not all(isinstance(number, int) and 0 <= number < 1 << 32 for number in numbers if number is not None):
        raise ValueError("an entry has no numbers where a transaction writes numbers")
    one.former_extended()
    return one


def content_of(state_dir: str, identifier: str, one: Saved) -> Optional[bytes]:
    """The old content of a file, None when there was no file. Raises OSError."""
    if not one.content:
        return None
    return read_file(os.path.join(directory_of(state_dir, identifier), os.path.basename(one.content)))[0]


def discard(state: DirectoryEntry, identifier: str) -> None:
    """Remove one backup, complete or not. `state` is any place in the state directory. Raises OSError."""
    directory = directory_of(os.path.dirname(state.path), identifier)
    try:
        names = os.listdir(directory)
    except FileNotFoundError:
        return
    with locate(os.path.join(directory, "manifest.json")) as place:
        for name in names:
            try:
                remove(place, name)
            except IsADirectoryError:
                shutil.rmtree(os.path.join(directory, name))
    os.rmdir(directory)


def newest(state: DirectoryEntry) -> str:
    """The identifier of the newest backup, '' when there is none."""
    return max(_all(state), default="")


def prune(state: DirectoryEntry) -> None:
    """Remove all but the newest backups; identifiers sort by age. Raises OSError, UnsafePath.

    What a run may have to put back is never removed: what is younger than a day, what the daemon has yet to prove
    (`activation.pending`), and what a journal needs that was set aside."""
    needed = set_aside_identifiers(state) | set(activation.pending(os.path.dirname(state.path)).transactions)
    for name in sorted(_all(state))[:-KEPT]:
        if name not in needed and not _is_young(state, name):
            discard(state, name)


def _is_young(state: DirectoryEntry, identifier: str) -> bool:
    """After the clock was set back, identifiers go on from where they were, ahead of it: then the directory's own time counts."""
    now = time.time()
    if identifier[: len(_stamp(now))] <= _stamp(now):
        return identifier > _stamp(now - DAY)
    directory = directory_of(os.path.dirname(state.path), identifier)
    return os.path.isdir(directory) and abs(now - os.lstat(directory).st_mtime) < DAY


def _stamp(seconds: float) -> str:
    return time.strftime("%Y%m%dT%H%M%S", time.gmtime(seconds))


def _all(state: DirectoryEntry) -> List[str]:
    try:
        names = os.listdir(state.sibling("backups"))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [name for name in names if IDENTIFIER.match(name)]
