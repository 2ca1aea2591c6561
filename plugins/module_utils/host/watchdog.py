# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The watchdog: a child process that puts a transaction back at once when its parent is killed.

SIGKILL cannot be caught, so somebody else has to notice. The watchdog is forked before the first change and sleeps in
read(2) on a pipe whose other end only the parent holds. A byte means that the parent has finished; the end of file
without one means that it is gone. The watchdog has inherited the lock, so the next run waits until it is done. When it
is killed as well, the next run finds the journal and does the same.
"""

import os
import signal
from typing import Callable, Sequence

_DONE = b"."


class Watchdog:
    """A forked watcher. locks: descriptors of the held lock, kept open in the child; none where no lock is held. rescue: what
    the child does when the parent dies; its exceptions end with the child, the journal stays for the next run. Raises
    OSError."""

    def __init__(self, locks: Sequence[int], rescue: Callable[[], object]) -> None:
        ours, self._pipe = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _watch(ours, locks, rescue)
        os.close(ours)

    def dismiss(self) -> None:
        """Tell the watchdog that nothing is left to be done, and wait for its end."""
        try:
            os.write(self._pipe, _DONE)
        except OSError:
            pass  # it was killed; nothing is lost while the parent lives
        os.close(self._pipe)
        try:
            os.waitpid(self.pid, 0)
        except ChildProcessError:
            pass  # the caller ignores SIGCHLD


def _watch(pipe: int, locks: Sequence[int], rescue: Callable[[], object]) -> None:
    """The life of the child. It never returns."""
    status = 1
    try:
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        os.setsid()
        _keep_only(pipe, *locks)
        if os.read(pipe, 1) != _DONE:
            rescue()
        status = 0
    finally:
        os._exit(status)


def _keep_only(*kept: int) -> None:
    """Close every other descriptor: a caller that waits for the end of our output must not wait for the watchdog."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    for descriptor in [int(name) for name in os.listdir("/proc/self/fd")]:
        if descriptor > 2 and descriptor not in kept:
            try:
                os.close(descriptor)
            except OSError:
                pass  # the descriptor of the listing itself
