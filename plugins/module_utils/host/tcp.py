# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Talk to a server over TCP: one deadline for the whole exchange, and a limit for what is read.

This is the only place of the collection that opens connections; `dns` asks by UDP. A socket's own timeout is for one call: a server that sends
a byte now and then never exceeds it. So every call gets the time that is left until the deadline: looking up the name,
connecting to each of its addresses, reading, writing and the TLS handshake.
"""

import socket
import time
from typing import Any, Callable, List, Optional, Tuple

from ..errors import MomentumError

LIMIT = 1 << 16  # octets that a server may say before TLS or in it
LONGEST_LINE = 4096  # octets; RFC 5321 has 512, servers may exceed it


class Deadline:
    """A moment of a monotonic clock, some seconds from now."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """The seconds that are left, more than 0. Raises socket.timeout after the deadline."""
        left = self._end - self._clock()
        if left <= 0:
            raise socket.timeout("timed out")
        return left

    def within(self, seconds: float) -> "Deadline":
        """A deadline in some seconds, but not after this one. Raises socket.timeout after this one."""
        return Deadline(min(self.left(), seconds), self._clock)


class Closed(MomentumError, OSError):
    """The server closed the connection; `said` is what of a line it had said by then."""

    def __init__(self, said: bytes) -> None:
        super().__init__("the server closed the connection")
        self.said = said


class TooLong(MomentumError, OSError):
    """The server sends more than it may; `said` is its beginning."""

    def __init__(self, words: str, said: bytes) -> None:
        super().__init__(words)
        self.said = said


class Conversation:
    """One connection, as a context manager that closes it.

    `peer` is a connected socket, `limit` the octets that are read from it at most. `seen` counts them. All methods raise OSError,
    socket.timeout after the deadline among them.
    """

    def __init__(self, peer: Any, deadline: Deadline, limit: int = LIMIT) -> None:
        self._peer = peer
        self._limit = limit
        self._unfinished = b""
        self.deadline = deadline
        self.seen = 0

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(self, *_: object) -> None:
        self._peer.close()

    def line(self, longest: int = LONGEST_LINE) -> bytes:
        """Read a line with its end, octet by octet: nothing that belongs to TLS may be read ahead.

        What was read of it when the time was over is the beginning of the next call's. Raises Closed, TooLong.
        """
        while not self._unfinished.endswith(b"\n"):
            if len(self._unfinished) >= longest:
                said, self._unfinished = self._unfinished, b""
                raise TooLong("the server sends a line without an end", said)
            octet = self._receive()
            if not octet:
                raise Closed(self._unfinished)
            self._unfinished += octet
        line, self._unfinished = self._unfinished, b""
        return line

    def octet(self) -> bytes:
        """Read one octet. Raises Closed."""
        octet = self._receive()
        if not octet:
            raise Closed(b"")
        return octet

    def send(self, words: bytes) -> None:
        """Send all of it."""
        self._peer.settimeout(self.deadline.left())
        self._peer.sendall(words)

    def begin_tls(self, context: Any, server_name: Optional[str] = None) -> None:
        """Go on in TLS. Raises ssl.SSLError."""
        # A handshake has one timeout for all of its messages.
        self._peer.settimeout(self.deadline.left())
        self._peer = context.wrap_socket(self._peer, server_hostname=server_name)

    def certificate(self) -> bytes:
        """The server's certificate in DER form, empty without one."""
        return self._peer.getpeercert(binary_form=True) or b""

    def _receive(self) -> bytes:
        if self.seen >= self._limit:
            raise TooLong("the server says more than %d octets" % self._limit, self._unfinished)
        self._peer.settimeout(self.deadline.left())
        octet: bytes = self._peer.recv(1)
        self.seen += len(octet)
        return octet


def connect(host: str, port: int, deadline: Deadline, limit: int = LIMIT) -> Conversation:
    """Connect to the first address of a host that accepts. Raises OSError; ValueError for a name that cannot be encoded."""
    problem: OSError = OSError("%s has no address" % host)
    for family, address in _addresses(host, port, deadline):
        peer = socket.socket(family, socket.SOCK_STREAM)
        try:
            peer.settimeout(deadline.left())
            peer.connect(address)
        except OSError as error:
            peer.close()
            problem = error
            continue
        return Conversation(peer, deadline, limit)
    raise problem


def _addresses(host: str, port: int, deadline: Deadline) -> List[Tuple[int, Any]]:
    """The addresses of a host; a resolver that does not answer is left behind."""
    try:
        found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    except socket.gaierror:
        found = _looked_up(host, port, deadline)
    return [(int(entry[0]), entry[4]) for entry in found]


def _looked_up(host: str, port: int, deadline: Deadline) -> List[Any]:
    import threading

    answers: List[Any] = []

    def ask() -> None:
        try:
            answers.append(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            answers.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if not answers:
        raise socket.timeout("timed out")
    if isinstance(answers[0], Exception):
        raise answers[0]
    return list(answers[0])
