# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a program of the node: no shell, a clean environment, from `/` unless the program needs another directory, one limit of time and one of output.

This is the only place of the collection that starts programs, but for `credentials.hidden`, which has to trace its child
from the first instruction on, and `host.terminal`, whose child has a terminal. Both take its output in the same way (`Output`).

A program may print without end, or leave a daemon behind that holds its output open for ever. So at most LIMIT bytes are
kept, at either limit the program is killed with all of its process group, and its end is waited for, not that of its output.
"""

import os
import time
from typing import IO, TYPE_CHECKING, Any, Callable, Dict, List, NamedTuple, Optional, Sequence

from ..errors import MomentumError
from ..files import file_names

if TYPE_CHECKING:
    import subprocess

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
LIMIT = 1 << 20  # bytes of output
CHUNK = 1 << 16  # bytes, a pipe's usual capacity
SHOWN = 4000  # characters of a program's words in a message
CUT_OFF = " [cut off]"
POLL = 0.02  # seconds between two looks at a program that prints nothing


class Ran(NamedTuple):
    """What a program did: its exit status (None: not started, or not finished within its limits) and its output."""

    status: Optional[int]
    output: str


Run = Callable[[Sequence[str], float], Ran]


class Ended(NamedTuple):
    """How a program ended: exit status (negative: killed by that signal), standard output, standard error."""

    status: int
    stdout: str
    stderr: str


class TooMuchOutput(MomentumError, OSError):
    """A program printed more than it may, and was killed."""


class Output:
    """What a program prints to each of its streams, kept up to a limit for all of them together.

    `excess` is true once more came than the limit allows; `seen` counts the bytes that were read.
    """

    def __init__(self, streams: int = 2, limit: Optional[int] = None) -> None:
        self.limit = LIMIT if limit is None else limit
        self.seen = 0
        self._parts: List[List[bytes]] = [[] for _stream in range(streams)]

    @property
    def excess(self) -> bool:
        """Whether the limit is exceeded."""
        return self.seen > self.limit

    def take(self, stream: int, chunk: bytes) -> None:
        """Keep what fits."""
        fitting = chunk[: max(0, self.limit - self.seen)]
        self.seen += len(chunk)
        self._parts[stream].append(fitting)

    def content(self, stream: int) -> bytes:
        """What a stream printed."""
        return b"".join(self._parts[stream])

    def text(self, stream: int) -> str:
        """What a stream printed; bytes that are no UTF-8 are replaced."""
        return self.content(stream).decode("utf-8", "replace")


def run(command: Sequence[str], timeout: float, limit: Optional[int] = None) -> Ran:
    """Run `command`; `timeout` in seconds, `limit` in bytes (LIMIT by default). Standard output and standard error come as one text.

    Never raises: a program that cannot be started or exceeds a limit has no status, and the output ends with the reason.
    """
    return _told(_Child(command, ENVIRONMENT, timeout, Output(1, limit), merged=True))


def start(command: Sequence[str], timeout: float, limit: Optional[int] = None) -> Ran:
    """Run a program that may leave a daemon behind, as `run`.

    Its output goes to a file, not to a pipe: a daemon that still prints to a pipe that nobody reads any more is killed by
    SIGPIPE. The file is looked at every 20 ms, so it may outgrow the limit by what is written in that time. Secrets do not
    go this way.
    """
    import tempfile

    try:
        with tempfile.TemporaryFile() as output:
            return _told(_Child(command, ENVIRONMENT, timeout, Output(1, limit), merged=True, file=output))
    except OSError as error:
        return Ran(None, "%s: its output cannot be taken: %s" % (command[0], error.strerror))


def execute(
    command: Sequence[str],
    environment: Dict[str, str],
    timeout: float,
    stdin: bytes = b"",
    limit: Optional[int] = None,
    directory: str = "/",
) -> Ended:
    """Run `command` in `directory` with an environment and a standard input; `timeout` in seconds, `limit` in bytes for both outputs.

    Raises TimeoutError, TooMuchOutput, OSError; their `strerror` is fit for users.
    """
    output = Output(2, limit)
    status = _Child(command, environment, timeout, output, stdin=stdin, directory=directory).follow()
    return Ended(status, output.text(0), output.text(1))


def lines(words: str) -> List[str]:
    """Return the lines of what a program printed. A line feed ends one, not what else Python takes for a line end (form feed, U+2028)."""
    found = [line[:-1] if line.endswith("\r") else line for line in words.split("\n")]
    return found if found[-1] else found[:-1]


def shown(words: str, most: int = SHOWN) -> str:
    """Return a program's words for a message: at most so many characters, and a mark where there were more."""
    return words if len(words) <= most else words[:most] + CUT_OFF


def collect(descriptor: int, timeout: float, limit: Optional[int] = None) -> bytes:
    """Return what a forked child writes into a pipe until it closes it; `timeout` in seconds. Raises TimeoutError, TooMuchOutput."""
    import select

    output, deadline = Output(1, limit), time.monotonic() + timeout
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise late(timeout)
        chunk = os.read(descriptor, CHUNK)
        if not chunk:
            return output.content(0)
        output.take(0, chunk)
        if output.excess:
            raise too_much(output.limit)


def late(timeout: float) -> TimeoutError:
    """The error of a program that did not end in time."""
    import errno

    return TimeoutError(errno.ETIMEDOUT, "did not finish within %g seconds" % timeout)


def too_much(limit: int) -> TooMuchOutput:
    """The error of a program that printed too much."""
    import errno

    return TooMuchOutput(errno.EFBIG, "printed more than %d bytes and was killed; its output is cut off" % limit)


def _told(child: "_Child") -> Ran:
    """Follow a child to its end and put its errors into the text."""
    status: Optional[int] = None
    complaint = ""
    try:
        status = child.follow()
    except (TimeoutError, TooMuchOutput) as error:
        complaint = "%s %s" % (child.command[0], error.strerror)
    except OSError as error:
        complaint = "%s: %s" % (child.command[0], error.strerror)
    words = child.output.text(0).strip()
    if status is None:
        words = shown(words, SHOWN // 2)  # so that the reason is shown whole
    return Ran(status, "\n".join(part for part in (words, complaint) if part))


class _Child:
    """One program, from its start to its end."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Dict[str, str],
        timeout: float,
        output: Output,
        stdin: bytes = b"",
        merged: bool = False,
        file: Optional[IO[bytes]] = None,
        directory: str = "/",
    ) -> None:
        self.command = list(command)
        self.output = output
        self._environment = environment
        self._timeout = timeout
        self._stdin = stdin
        self._merged = merged
        self._file = file
        self._directory = directory

    def _started(self) -> "subprocess.Popen[bytes]":
        import subprocess  # not needed where nothing is started

        # The core is free of AnsibleModule and its run_command.
        try:
            return subprocess.Popen(  # pylint: disable=ansible-bad-function
                [file_names.encode(word) for word in self.command],
                stdin=subprocess.PIPE if self._stdin else subprocess.DEVNULL,
                stdout=self._file or subprocess.PIPE,
                stderr=subprocess.STDOUT if self._merged else subprocess.PIPE,
                cwd=file_names.encode(self._directory),
                env={file_names.encode(name): file_names.encode(value) for name, value in self._environment.items()},
                start_new_session=True,
            )
        except OSError as error:
            # Python 3.6 adds the representation of the program's name.
            raise OSError(error.errno, os.strerror(error.errno), error.filename) if error.errno else error

    def follow(self) -> int:
        """Start the program and return its exit status; negative for a signal. Raises TimeoutError, TooMuchOutput, OSError."""
        import signal

        process = self._started()
        try:
            return self._until_the_end(process)
        except BaseException:
            # Once the program is waited for, its number may be another's. What it left behind loses its pipe.
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            raise
        finally:
            if self._file is not None:
                # Not `read`: whoever still writes shares the position.
                self.output.take(0, os.pread(self._file.fileno(), self.output.limit, 0))
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    _close(stream)

    def _until_the_end(self, process: Any) -> int:
        deadline = time.monotonic() + self._timeout
        with _Streams(process, self._stdin, self.output) as streams:
            while process.poll() is None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise late(self._timeout)
                if streams.are_open:
                    streams.move(min(left, POLL))
                else:
                    self._wait(process, min(left, POLL))
                self._refuse_excess()
            # What is in the pipes was printed before the end; whoever holds them open is not waited for.
            while streams.are_open and streams.move(0.0):
                self._refuse_excess()
        return int(process.returncode)

    def _wait(self, process: Any, seconds: float) -> None:
        import subprocess

        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass

    def _refuse_excess(self) -> None:
        in_file = os.fstat(self._file.fileno()).st_size if self._file is not None else 0
        if self.output.excess or in_file > self.output.limit:
            raise too_much(self.output.limit)


class _Streams:
    """The pipes to and from a program, none of which blocks."""

    def __init__(self, process: Any, stdin: bytes, output: Output) -> None:
        import selectors

        self._selector = selectors.DefaultSelector()
        self._left = stdin
        self._output = output
        for number, stream in enumerate(one for one in (process.stdout, process.stderr) if one is not None):
            self._selector.register(stream, selectors.EVENT_READ, number)
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
            self._selector.register(process.stdin, selectors.EVENT_WRITE)

    def __enter__(self) -> "_Streams":
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()

    @property
    def are_open(self) -> bool:
        """Whether there is still something to read or to write."""
        return bool(self._selector.get_map())

    def move(self, seconds: float) -> bool:
        """Read and write what can be within some seconds; whether anything was read."""
        read = False
        for key, _events in self._selector.select(seconds):
            stream: Any = key.fileobj
            if key.data is None:
                self._write(stream)
                continue
            chunk = os.read(stream.fileno(), CHUNK)
            if chunk:
                read = True
                self._output.take(key.data, chunk)
            else:
                self._selector.unregister(stream)
        return read

    def _write(self, stream: Any) -> None:
        try:
            self._left = self._left[os.write(stream.fileno(), self._left[:CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._left = b""  # the program does not want to know more
        if not self._left:
            self._selector.unregister(stream)
            _close(stream)


def _close(stream: Any) -> None:
    try:
        stream.close()
    except OSError:
        pass
