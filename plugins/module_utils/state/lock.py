# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One writer at a time: an flock(2) on a file in the state directory, and one on the directory itself.

The lock belongs to the open file, not to the process, so the watchdog that is forked from the holder keeps it while
it puts an interrupted transaction back. The file also holds the process id of the holder, for the error message of
those who wait in vain. Somebody may remove it while the lock is held; the next one who came would then hold a new file. So the
directory is locked too.
"""

import errno
import fcntl
import os
import stat
import time
from typing import List, Optional

from ..errors import MomentumError

# What flock(2) answers where a file system cannot lock a directory; then the file alone has to do.
_UNSUPPORTED = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
_INTERVAL = 0.05  # seconds between two attempts; flock(2) itself cannot be given a time limit


class LockTimeout(MomentumError):
    """The lock was not free in time. `.holder` is the process id of the holder, None when it is not known."""

    def __init__(self, path: str, seconds: float, holder: Optional[int]) -> None:
        who = "process %d" % holder if holder else "another process"
        super().__init__(
            "%s is held by %s for more than %g seconds; wait for the end of that run, then run again"
            % (path, who, seconds)
        )
        self.holder = holder


class Lock:
    """The exclusive lock of a state directory (which must exist), to be used as a context manager.

    timeout: seconds to wait. Raises LockTimeout, OSError.
    """

    def __init__(self, state_dir: str, timeout: float) -> None:
        self.state_dir = state_dir
        self.path = os.path.join(state_dir, "lock")
        self.timeout = timeout
        self.descriptors: List[int] = []  # of the file and of the directory, while the lock is held

    def __enter__(self) -> "Lock":
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def acquire(self) -> None:
        """Wait for the lock and sign it. Raises LockTimeout, OSError."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._take(fcntl.LOCK_EX, flags)
        try:
            self.sign()
        except BaseException:  # a signal; nobody would release what nobody got
            self.release()
            raise

    def release(self) -> None:
        """Give the lock back."""
        try:
            for descriptor in reversed(self.descriptors):
                # Unlocking frees the lock even while a copy of the descriptor lives on in another process.
                self._flock(descriptor, fcntl.LOCK_UN)
        finally:
            self._close()

    def sign(self) -> None:
        """Write the process id of the caller into the lock file. It only serves an error message, so a full disk must
        not keep anybody from recovering a transaction."""
        text = b"%d\n" % os.getpid()
        try:
            os.pwrite(self.descriptors[0], text.ljust(20), 0)
        except OSError:
            pass

    def _take(self, kind: int, flags: int) -> None:
        """Open the file and the directory, one after the other, and wait for the lock of each."""
        deadline = time.monotonic() + self.timeout
        try:
            for path, way in ((self.path, flags), (self.state_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)):
                try:
                    self.descriptors.append(os.open(path, way, 0o600))
                except FileNotFoundError:
                    if flags & os.O_CREAT:
                        raise
                    continue  # whoever only reads creates nothing
                self._wait(self.descriptors[-1], kind, deadline)
        except BaseException:
            self._close()
            raise

    def _wait(self, descriptor: int, kind: int, deadline: float) -> None:
        while not self._flock(descriptor, kind | fcntl.LOCK_NB):
            if time.monotonic() >= deadline:
                raise LockTimeout(self.path, self.timeout, self._holder())
            time.sleep(_INTERVAL)

    def _flock(self, descriptor: int, kind: int) -> bool:
        try:
            fcntl.flock(descriptor, kind)
            return True
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return False
            if error.errno in _UNSUPPORTED and stat.S_ISDIR(os.fstat(descriptor).st_mode):
                return True
            raise

    def _holder(self) -> Optional[int]:
        try:
            text = os.pread(self.descriptors[0], 20, 0).strip()
        except IsADirectoryError:
            return None
        return int(text) if text.isdigit() else None

    def _close(self) -> None:
        while self.descriptors:
            os.close(self.descriptors.pop())


class Watch(Lock):
    """Waits for a lock as `Lock` does, for callers that write nothing: they do not sign it, and share it with each other.

    Without the directory nobody holds the lock."""

    def acquire(self) -> None:
        """Wait until nobody writes. Raises LockTimeout, OSError."""
        self._take(fcntl.LOCK_SH, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
