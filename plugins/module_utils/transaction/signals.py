# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Turn SIGTERM and SIGHUP into an exception, only where an exception can be handled."""

import signal
import threading
from contextlib import contextmanager
from types import FrameType
from typing import Any, Dict, Iterator, Optional

_RAISED = (signal.SIGTERM, signal.SIGHUP)
_HELD = frozenset(_RAISED + (signal.SIGINT,))


class Interrupted(BaseException):
    """A signal asked the process to end. `.number` is the signal."""

    def __init__(self, number: int) -> None:
        super().__init__("interrupted by %s" % signal.Signals(number).name)
        self.number = number


def _raise(number: int, _frame: Optional[FrameType]) -> None:
    raise Interrupted(number)


@contextmanager
def held() -> Iterator[None]:
    """Hold SIGINT, SIGTERM and SIGHUP back; inside `interruptible` they raise KeyboardInterrupt or Interrupted.

    What arrives while they are held takes effect, with the handlers that were there before, at the end. Outside the
    main thread handlers cannot be set (signal(2) belongs to the process) and the watchdog does the work.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    handlers: Dict[int, Any] = {}
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
        if threading.current_thread() is threading.main_thread():
            handlers = {number: signal.getsignal(number) for number in _RAISED}
            for number, handler in handlers.items():
                if handler not in (signal.SIG_IGN, None):
                    signal.signal(number, _raise)
        yield
    finally:
        for number, handler in handlers.items():
            if handler is not None:
                signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def interruptible() -> Iterator[None]:
    """Within `held`: let the signals through. A waiting signal raises from within, so the mask is always put back."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
