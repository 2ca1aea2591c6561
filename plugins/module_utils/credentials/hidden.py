# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a program with an argument that `ps` does not show.

`credmgr` takes a password as an argument only, and the kernel shows everybody the arguments of every process: the file
/proc/PID/cmdline needs no permission (proc(5)), and a PID namespace does not help, because the namespace around it sees
all of its processes. What can be done: the program is started with a row of stars in place of the secret, and is stopped
by ptrace(2) at its first instruction. There its pointer to the stars is turned to memory that only those may read who may
trace the process, which is root. The kernel shows the stars; the program reads the secret.

The memory is that of a filler in the environment, whose own pointer is turned to another variable, so that the program's
children do not inherit it. What an ordinary user and the kernel's audit of execve see is never anything but stars.
"""

import ctypes
import os
import signal
import struct
import threading
from typing import BinaryIO, Callable, Dict, List, NamedTuple, Optional

from ..errors import MomentumError
from ..files import reading
from ..host.program import CHUNK, Ended, Output, late, too_much

STARS = "********"
FILLER = "MOMENTUM_FILLER"

# ptrace(2); the numbers are those of <sys/ptrace.h> on every architecture of Linux.
_TRACEME, _CONT, _SETOPTIONS = 0, 7, 0x4200
_O_TRACEEXEC, _O_EXITKILL = 0x10, 0x100000
_EVENT_EXEC = 4
_WORD = struct.calcsize("P")
_NOT_STARTED = 127


class CannotHide(MomentumError):
    """The argument cannot be hidden here; the program did not get the secret."""


class _Vectors(NamedTuple):
    """Where the argument and environment pointers of a new process lie, and what they point to (addresses)."""

    arguments: int
    words: List[int]
    variables: List[int]


def run(command: List[str], secret: str, environment: Dict[str, str], timeout: float) -> Ended:
    """Run `command` and give it `secret` as its last argument, with stars in the place where others look.

    As `run_all`.
    """
    return run_all(command + [STARS], {-1: secret}, environment, timeout)


def run_all(
    command: List[str], secrets: Dict[int, str], environment: Dict[str, str], timeout: float, directory: str = "/"
) -> Ended:
    """Run `command` in `directory` with secrets in the places of some of its arguments, which others see as they are in `command`: STARS.

    The places are counted from the end (-1 is the last), because an interpreter's words come in front. `environment` has at
    least one variable; `timeout` is in seconds. Raises CannotHide, TimeoutError, OSError; no exception holds a secret.
    """
    # Learnt before the fork: a child of a threaded process may hardly do anything but exec.
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long
    contents = {place: secret.encode("utf-8") for place, secret in secrets.items()}
    filler = {FILLER: "." * sum(len(content) + 1 for content in contents.values())}
    variables = dict(filler, **environment)
    pipes = [os.pipe(), os.pipe()]
    pid = os.fork()
    if pid == 0:
        _child(libc, command, variables, [pair[1] for pair in pipes], directory)
    for _reading, writing in pipes:
        os.close(writing)
    traced = _Traced(libc, pid, timeout)
    with _Words([pair[0] for pair in pipes], traced.end) as words:
        status = traced.follow(contents)
    if words.output.excess:
        raise too_much(words.output.limit)
    return Ended(status, words.output.text(0), words.output.text(1))


def _child(
    libc: ctypes.CDLL, command: List[str], environment: Dict[str, str], outputs: List[int], directory: str
) -> None:
    """Ask to be traced and become the program. Never returns."""
    try:
        os.setsid()
        os.chdir(directory)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, descriptor in enumerate(outputs, 1):
            os.dup2(descriptor, number)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if libc.ptrace(_TRACEME, 0, None, None) == 0:
            os.execve(command[0], command, environment)
    finally:
        os._exit(_NOT_STARTED)


class _Words:
    """Reads what a program prints while it runs, so that it never waits for a full pipe; `end` ends it when that is too much."""

    def __init__(self, descriptors: List[int], end: Callable[[], None]) -> None:
        self.output = Output(len(descriptors))
        self._end = end
        self._threads = [
            threading.Thread(target=self._read, args=(number, descriptor), daemon=True)
            for number, descriptor in enumerate(descriptors)
        ]

    def _read(self, number: int, descriptor: int) -> None:
        try:
            chunk = os.read(descriptor, CHUNK)
            while chunk and not self.output.excess:
                self.output.take(number, chunk)
                chunk = os.read(descriptor, CHUNK)
            if self.output.excess:
                self._end()
        finally:
            os.close(descriptor)

    def __enter__(self) -> "_Words":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # What the program left behind may hold the pipe open; its words are not waited for.
        for thread in self._threads:
            thread.join(2.0)


class _Traced:
    """A child that is traced from its exec to its end."""

    def __init__(self, libc: ctypes.CDLL, pid: int, timeout: float) -> None:
        self.libc = libc
        self.pid = pid
        self.timeout = timeout
        self.late = False
        self._killed = False
        self._ended = False
        self._lock = threading.Lock()

    def follow(self, secrets: Dict[int, bytes]) -> int:
        """Give the secrets at the first instruction and wait for the end. The exit status, negative for a signal."""
        timer = threading.Timer(self.timeout, self._expire)
        timer.start()
        ended: Optional[int] = None
        try:
            status = self._wait()
            if not os.WIFSTOPPED(status):
                ended = status
                raise CannotHide("the kernel lets no process be traced here, or the program cannot be started")
            self._request(_SETOPTIONS, _O_TRACEEXEC | _O_EXITKILL)
            _redirect(self.pid, secrets)
            ended = self._to_the_end()
        finally:
            timer.cancel()
            if ended is None:
                self._kill()
        if self.late:
            raise late(self.timeout)
        return os.WEXITSTATUS(ended) if os.WIFEXITED(ended) else -os.WTERMSIG(ended)

    def _to_the_end(self) -> int:
        number = 0
        while True:
            self._request(_CONT, number)
            status = self._wait()
            if not os.WIFSTOPPED(status):
                return status
            if status >> 16 == _EVENT_EXEC:
                raise CannotHide("the program starts another one in its place, whose arguments would be seen")
            number = os.WSTOPSIG(status)

    def _wait(self) -> int:
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
        with self._lock:
            status = os.waitpid(self.pid, 0)[1]
            self._ended = not os.WIFSTOPPED(status)
        return status

    def _request(self, request: int, data: int) -> None:
        if self.libc.ptrace(request, self.pid, None, data) != 0 and not self._killed:
            raise CannotHide("ptrace: %s" % os.strerror(ctypes.get_errno()))

    def _expire(self) -> None:
        self.late = True
        self.end()

    def end(self) -> None:
        """End the program and what it started."""
        with self._lock:
            if self._ended:  # its number may be another's by now
                return
            self._killed = True
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except OSError:  # it has not begun its own group yet
                os.kill(self.pid, signal.SIGKILL)

    def _kill(self) -> None:
        self.end()
        while os.WIFSTOPPED(self._wait()):
            pass


def _redirect(pid: int, secrets: Dict[int, bytes]) -> None:
    """Put the secrets where the filler is, and turn the arguments to them and the filler's own pointer elsewhere."""
    with open("/proc/%d/mem" % pid, "r+b", buffering=0) as memory:
        found = _vectors(pid, memory)
        seen = {_text(memory, found.words[place]) for place in secrets}
        if seen != {STARS.encode()} or not _text(memory, found.variables[0]).startswith(FILLER.encode()):
            raise CannotHide("the memory of the new process is not laid out as on other systems")
        address = found.variables[0]
        for place, secret in secrets.items():
            _write(memory, address, secret + b"\0")
            _write(memory, found.arguments + _WORD * (len(found.words) + place), struct.pack("P", address))
            address += len(secret) + 1
        first_variable = found.arguments + _WORD * (len(found.words) + 1)
        _write(memory, first_variable, struct.pack("P", found.variables[1]))


def _vectors(pid: int, memory: BinaryIO) -> _Vectors:
    """Read the stack of a process before its first instruction: argc, argv, NULL, envp, NULL (System V ABI)."""
    fields = reading.text("/proc/%d/stat" % pid, "line").rpartition(")")[2].split()
    start = int(fields[25])  # startstack, field 28 of proc(5)
    block = _read(memory, start, _WORD * 512)
    count = struct.unpack_from("P", block)[0]
    if not 0 < count < 256:
        raise CannotHide("the memory of the new process is not laid out as on other systems")
    pointers = struct.unpack("%dP" % (len(block) // _WORD), block)
    variables = list(pointers[count + 2 :])
    return _Vectors(start + _WORD, list(pointers[1 : count + 1]), variables[: variables.index(0)])


def _read(memory: BinaryIO, address: int, length: int) -> bytes:
    memory.seek(address)
    data = memory.read(length)
    return bytes(data[: len(data) // _WORD * _WORD])


def _text(memory: BinaryIO, address: int) -> bytes:
    return _read(memory, address, 64).split(b"\0")[0]


def _write(memory: BinaryIO, address: int, content: bytes) -> None:
    memory.seek(address)
    if memory.write(content) != len(content):
        raise CannotHide("the memory of the new process cannot be written")
