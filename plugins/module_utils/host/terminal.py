# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a program that asks for a password on its terminal, and type it there.

The password is on no command line, in no environment and in no file. It is typed once, and only while the program reads lines with the terminal's
echo off, which is how a program asks for what must not be seen (termios(3)): the words of its question need not be known, and what is typed in
reply to any other question is nothing. A program that asks again was refused, and is ended.
"""

import errno
import fcntl
import os
import select
import signal
import struct
import termios
import time
from typing import Dict, List, Optional, Sequence

from ..errors import MomentumError
from ..files import file_names
from .program import CHUNK, ENVIRONMENT, POLL, Ended, Output, late, too_much

_NOT_STARTED = 127
_ECHO_FLAGS = 3  # the index of the local modes in what tcgetattr returns
_NUMBER = 0x80045430  # TIOCGPTN, ioctl_tty(2): the number of a terminal, of which Python knows no name
_PATIENCE = 1.0  # seconds from reading a line to having the echo on again, at most


class AsksAgain(MomentumError):
    """The program asked a second time, or asked although there is no password to type."""


class Unfinished(TimeoutError):
    """The program did not end in time. output: what it had printed."""

    output = ""


def run(command: Sequence[str], password: str, timeout: float, environment: Optional[Dict[str, str]] = None) -> Ended:
    """Run `command` from `/` on a terminal of its own; `password` is typed when it asks, '' for none; `timeout` in seconds.

    Both outputs come as one text, in `stdout`, with line feeds alone, at most host.program.LIMIT bytes. Raises AsksAgain, Unfinished,
    TooMuchOutput, OSError; none but the output of Unfinished can hold the password.
    """
    words = [file_names.encode(word) for word in command]
    variables = dict(environment or ENVIRONMENT)
    if not os.access(words[0], os.X_OK):
        raise FileNotFoundError(2, "is no program", command[0])
    pid, terminal = os.forkpty()
    if pid == 0:
        _become(words, variables)
    child = _Child(pid, terminal, password, timeout)
    try:
        return child.follow()
    finally:
        child.end()


def _become(command: List[bytes], environment: Dict[str, str]) -> None:
    """Become the program. Never returns."""
    try:
        os.chdir("/")
        signal.signal(
            signal.SIGPIPE, signal.SIG_DFL
        )  # Python ignores it, and what is ignored stays so in a new program
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.execve(command[0], command, environment)
    finally:
        os._exit(_NOT_STARTED)


class _Child:
    """A program on a terminal, from its start to its end."""

    def __init__(self, pid: int, terminal: int, password: str, timeout: float) -> None:
        self.pid = pid
        self.terminal = terminal
        self.output = Output(1)
        self._password = password
        self._timeout = timeout
        self._status: Optional[int] = None
        self._is_typed = False
        self._was_hidden = False
        self._read_at = 0.0  # when the typed line was first seen to be read

    def follow(self) -> Ended:
        """Read, and type where it is time to, until the program ends."""
        deadline = time.monotonic() + self._timeout
        while not self._has_ended():
            if time.monotonic() > deadline:
                unfinished = Unfinished(errno.ETIMEDOUT, late(self._timeout).strerror)
                unfinished.output = self._text()
                raise unfinished
            self._read(POLL)
            self._answer()
        # What it printed before its end; whoever else holds the terminal open is not waited for.
        while self._read(0.0):
            pass
        return Ended(self._status or 0, self._text(), "")

    def _text(self) -> str:
        return self.output.text(0).replace("\r\n", "\n")

    def end(self) -> None:
        """End the program with all of its process group, if it has not ended, and close the terminal."""
        if not self._has_ended():
            os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.terminal)

    def _has_ended(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
        return self._status is not None

    def _read(self, seconds: float) -> bool:
        """Read what comes within some seconds; whether anything did."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        try:
            chunk = os.read(self.terminal, CHUNK)
        except OSError:  # EIO: nobody has the other end any more
            time.sleep(seconds)
            return False
        self.output.take(0, chunk)
        if self.output.excess:
            raise too_much(self.output.limit)
        return bool(chunk)

    def _answer(self) -> None:
        flags = termios.tcgetattr(self.terminal)[_ECHO_FLAGS]
        # An editor or a pager reads key by key, and switches the echo off as well.
        hidden = not flags & termios.ECHO and bool(flags & termios.ICANON)
        if hidden and (not self._was_hidden or self._asks_on()):
            if self._is_typed or not self._password:
                raise AsksAgain("asks for a password again" if self._is_typed else "asks for a password")
            os.write(self.terminal, self._password.encode("utf-8") + b"\n")
            self._is_typed = True
        self._was_hidden = hidden

    def _asks_on(self) -> bool:
        """Whether the program has read the line, and the echo stays off: between two looks it was on, and is off for another question."""
        if not self._is_typed or self._is_unread():
            return False
        self._read_at = self._read_at or time.monotonic()
        return time.monotonic() - self._read_at > _PATIENCE

    def _is_unread(self) -> bool:
        """Whether the typed line waits to be read. True where nobody can tell."""
        try:
            number = struct.unpack("i", fcntl.ioctl(self.terminal, _NUMBER, bytes(4)))[0]
            other = os.open("/dev/pts/%d" % number, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return True
        try:
            return bool(struct.unpack("i", fcntl.ioctl(other, termios.FIONREAD, bytes(4)))[0])
        except OSError:
            return True
        finally:
            os.close(other)
