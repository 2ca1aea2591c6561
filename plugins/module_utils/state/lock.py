# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One writer at a time: an flock(2) on a file in the state directory.

The lock belongs to the open file, not to the process, so the watchdog that is forked from the holder keeps it while
it puts an interrupted transaction back. The file also holds the process id of the holder, for the error message of
those who wait in vain.
"""

import errno
import fcntl
import os
import time
from typing import Optional

from ..errors import MomentumError

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
        self.path = os.path.join(state_dir, "lock")
        self.timeout = timeout
        self.descriptor = -1

    def __enter__(self) -> "Lock":
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def acquire(self) -> None:
        """Wait for the lock and sign it. Raises LockTimeout, OSError."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self.descriptor = os.open(self.path, flags, 0o600)
        try:
            self._wait(fcntl.LOCK_EX)
            self.sign()
        except BaseException:
            self._close()
            raise

    def release(self) -> None:
        """Give the lock back."""
        # Unlocking frees the lock even while a copy of the descriptor lives on in another process.
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        self._close()

    def sign(self) -> None:
        """Write the process id of the caller into the lock file. It only serves an error message, so a full disk must
        not keep anybody from recovering a transaction."""
        text = b"%d\n" % os.getpid()
        try:
            os.pwrite(self.descriptor, text.ljust(20), 0)
        except OSError:
            pass

    def _wait(self, kind: int) -> None:
        deadline = time.monotonic() + self.timeout
        while not self._try(kind):
            if time.monotonic() >= deadline:
                raise LockTimeout(self.path, self.timeout, self._holder())
            time.sleep(_INTERVAL)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self.descriptor, kind | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return False
            raise

    def _holder(self) -> Optional[int]:
        text = os.pread(self.descriptor, 20, 0).strip()
        return int(text) if text.isdigit() else None

    def _close(self) -> None:
        os.close(self.descriptor)
        self.descriptor = -1


class Watch(Lock):
    """Waits for a lock as `Lock` does, for callers that write nothing: they do not sign it, and share it with each other.

    Without the file nobody holds the lock."""

    def acquire(self) -> None:
        """Wait until nobody writes. Raises LockTimeout, OSError."""
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self.descriptor = os.open(self.path, flags)
        except FileNotFoundError:
            return
        try:
            self._wait(fcntl.LOCK_SH)
        except BaseException:
            self._close()
            raise

    def release(self) -> None:
        """Let writers in again."""
        if self.descriptor >= 0:
            super().release()
