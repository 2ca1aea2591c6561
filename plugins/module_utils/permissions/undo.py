# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a walk changes, recorded before it happens, so that it can be undone within the same run.

The records are in a file without a name in the state directory: however much changes, memory does not grow, and a disk that is full shows
before an object is changed. A run that is killed takes the file with it, and its owners and modes are completed by the next run.
"""

import json
import os
import stat
import struct
from typing import IO, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import MomentumError
from ..files import file_names
from ..files.safe_paths import UnsafePath, locate
from ..host import rights
from ..state.directory import prepare_state
from .apply import NO_ATTRIBUTE, Exchanged, change, closed, path_of
from .findings import shown
from .judge import SET_ID, Attributes

_LENGTH = struct.Struct("<I")  # after each record, so that the file can be read from its end
_LOOK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_NAMED = 3  # objects that an error names

Number = Tuple[int, int, int]
Lists = Sequence[Tuple[str, bytes]]


class NotRecorded(MomentumError):
    """A change that could not be undone is not made."""


class Record(NamedTuple):
    """One change of one object. old, new: device, inode and kind before and after; they differ where a file becomes a copy. lists: the access
    lists that are removed, by the names of their attributes."""

    path: str
    old: Number
    new: Number
    before: Attributes
    after: Attributes
    lists: Lists = ()


def record_of(
    path: str,
    descriptor: int,
    before: Attributes,
    after: Attributes,
    lists: Sequence[str],
    copy: Optional[os.stat_result] = None,
) -> Record:
    """Return the record of a change that is about to be made to what is held open. copy: the file that takes its place. Raises OSError."""
    old = _number(os.fstat(descriptor))
    values = [(name, os.getxattr(path_of(descriptor), name)) for name in lists]
    return Record(path, old, old if copy is None else _number(copy), before, after, values)


class Journal:
    """The records of a run, in their order."""

    def __init__(self, state_dir: str) -> None:
        self.state_dir = state_dir
        self.tried = 0
        self.left: List[str] = []  # what could not be undone, and why
        self._stream: Optional[IO[bytes]] = None
        self._end = 0

    def add(self, record: Record) -> None:
        """Keep a record. Raises NotRecorded."""
        lists = [(name, value.hex()) for name, value in record.lists]
        text = json.dumps(record[:-1] + (lists,)).encode("ascii")
        try:
            self._write(text + _LENGTH.pack(len(text)))
        except (OSError, UnsafePath) as error:
            words = rights.words_of(error) + "; make room there" if isinstance(error, OSError) else str(error)
            raise NotRecorded(
                "%s is not changed, because what it is cannot be recorded in state_dir %s, and would be lost if the run failed: %s"
                % (shown(record.path), self.state_dir, words)
            )

    def backwards(self) -> Iterator[Record]:
        """Yield all records, the last first. Raises OSError."""
        end = self._end
        while self._stream is not None and end:
            descriptor = self._stream.fileno()
            place = end - _LENGTH.size
            size = _LENGTH.unpack(os.pread(descriptor, _LENGTH.size, place))[0]
            end = place - size
            yield _read(os.pread(descriptor, size, end))

    def forget(self) -> None:
        """Forget all records, and what became of them."""
        self.tried, self.left, self._end = 0, [], 0

    def _write(self, data: bytes) -> None:
        if self._stream is None:
            import tempfile

            prepare_state(self.state_dir)
            self._stream = tempfile.TemporaryFile(dir=file_names.encode(self.state_dir), buffering=0)
        written = 0
        while written < len(data):
            written += os.pwrite(self._stream.fileno(), data[written:], self._end + written)
        self._end += written


def give_back_files(journal: Journal) -> str:
    """Give every file of a journal its former owner, group, mode and access lists, the last one first. What somebody else has changed meanwhile is
    left as it is. Returns '': give_back_directories tells what became of all."""
    _give_back(journal, directories=False)
    return ""


def give_back_directories(journal: Journal) -> str:
    """Do the same with directories, once nothing is put back in them any more: an account that has its directory back can exchange what is in it.
    Returns what became of everything in words, '' where nothing was changed."""
    _give_back(journal, directories=True)
    tried, left = journal.tried, list(journal.left)
    journal.forget()
    if not left:
        return "owners and modes are as they were" if tried else ""
    more = left[:_NAMED] + (["others"] if len(left) > _NAMED else [])
    return "owners and modes are as they were, except those of %s" % "; ".join(more)


def _give_back(journal: Journal, directories: bool) -> None:
    try:
        for record in journal.backwards():
            if stat.S_ISDIR(record.old[2]) is not directories:
                continue
            journal.tried += 1
            reason = _undone(record)
            if reason:
                journal.left.append("%s, which %s" % (shown(record.path), reason))
                journal.left = list(dict.fromkeys(journal.left))[: _NAMED + 1]
    except OSError as error:
        journal.left.append("what the journal holds, which cannot be read (%s)" % error.strerror)


def _undone(record: Record) -> str:
    """Undo one change; returns '' or why it is left."""
    try:
        # From / down, because a directory on the way may have been exchanged; the walk has resolved every link in the path.
        with locate(record.path, follow=False) as place:
            descriptor = os.open(place.name, _LOOK, dir_fd=place.directory)
            try:
                return _changed_back(descriptor, record)
            finally:
                os.close(descriptor)
    except FileNotFoundError:
        return "somebody removed meanwhile"
    except UnsafePath as error:
        return "cannot be reached (%s)" % error.reason
    except Exchanged as error:
        return str(error)
    except OSError as error:
        return "cannot be changed (%s)" % error.strerror


def _changed_back(descriptor: int, record: Record) -> str:
    info = os.fstat(descriptor)
    number, present = _number(info), Attributes(info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode))
    if number == record.old != record.new and present == record.before:
        return ""  # its copy did not take its place
    if number != record.new:
        return "somebody exchanged meanwhile"
    if not stat.S_ISDIR(info.st_mode) and info.st_nlink != 1:
        return "has got %d hard links meanwhile" % info.st_nlink
    if present not in _states(record) or not all(_is_ours(descriptor, name, value) for name, value in record.lists):
        return "somebody changed meanwhile"
    if stat.S_ISREG(info.st_mode) and record.before.mode & ~present.mode & SET_ID and _was_open(record):
        # The kernel takes the bit from a file that is written to. Nothing tells whether it would have.
        return "had a set-id bit, and accounts other than root could write to it"
    if present != record.before or record.lists:
        change(descriptor, present, record.before, returned=record.lists)
    return ""


def _states(record: Record) -> List[Attributes]:
    """What the change, finished or interrupted by an error, leaves an object with."""
    between = closed(record.before, record.after)
    return [record.before, record.after, record.before._replace(mode=between), record.after._replace(mode=between)]


def _is_ours(descriptor: int, name: str, value: bytes) -> bool:
    """Whether an access list is gone, or still the one that was to be removed."""
    try:
        return os.getxattr(path_of(descriptor), name) == value
    except OSError as error:
        if error.errno in NO_ATTRIBUTE:
            return True
        raise


def _was_open(record: Record) -> bool:
    """Whether somebody other than root could write to a file before or after its change."""
    both = (record.before, record.after)
    return bool(record.lists) or any(one.uid not in (0, os.geteuid()) or one.mode & 0o022 for one in both)


def _number(info: os.stat_result) -> Number:
    # The inode of a file that was removed is soon given to another, so the kind counts, and owner and mode do.
    return info.st_dev, info.st_ino, stat.S_IFMT(info.st_mode)


def _read(text: bytes) -> Record:
    path, old, new, before, after, lists = json.loads(text.decode("ascii"))
    values = [(name, bytes.fromhex(value)) for name, value in lists]
    return Record(path, tuple(old), tuple(new), Attributes(*before), Attributes(*after), values)
