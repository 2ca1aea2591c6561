# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who listens on a port, and what an SMTP listener says first (RFC 5321, 4.2 and 4.3.2)."""

import os
import socket
import struct
from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Optional

from ..files import reading
from ..host.program import CUT_OFF
from ..host.tcp import Closed, Conversation, Deadline, TooLong, connect

TIMEOUT = 10.0  # seconds until a banner must be there, all of it
PATIENCE = 2.0  # seconds of silence after which TLS is tried
_LISTENING = "0A"  # TCP_LISTEN in include/net/tcp_states.h of the kernel


class Listener(NamedTuple):
    """A listening socket: its address as text, and the inode by which its owner is known."""

    address: str
    inode: str


def listeners(port: int, proc: str = "/proc") -> List[Listener]:
    """The sockets that listen on a TCP port of this node, each address once, IPv4 first."""
    found: Dict[str, Listener] = {}
    for table in ("tcp", "tcp6"):
        for listener in _in_table(os.path.join(proc, "net", table), port):
            found.setdefault(listener.address, listener)
    return list(found.values())


def greeting(address: str, port: int, timeout: float = TIMEOUT) -> str:
    """The first line that a listener says; OSError if it cannot be reached or has not said it after `timeout` seconds.

    A listener that stays silent may wait for TLS (RFC 8314), so it is then asked in TLS, whatever its certificate. A line without
    an end is cut off, and says so.
    """
    deadline = Deadline(timeout)
    with connect(reachable(address), port, deadline.within(PATIENCE)) as listener:
        try:
            return _first_line(listener)
        except socket.timeout:
            listener.deadline = deadline
            # Half of the time is for a listener in clear text that makes its clients wait.
            said = None if listener.seen else _in_tls(address, port, deadline.within(deadline.left() / 2))
        return _first_line(listener) if said is None else said


def _in_tls(address: str, port: int, deadline: Deadline) -> Optional[str]:
    """What a listener says once TLS stands; None if it does not speak TLS."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with connect(reachable(address), port, deadline) as listener:
            listener.begin_tls(context)
            return _first_line(listener)
    except OSError:  # an error of TLS is one, too
        return None


def _first_line(listener: Conversation) -> str:
    """Read the first line of a banner, and leave as RFC 5321 asks, so that the daemon's log shows no broken session."""
    mark = ""
    try:
        said = listener.line()
    except Closed as error:
        said = error.said
    except TooLong as error:
        said, mark = error.said, CUT_OFF
    try:
        listener.send(b"QUIT\r\n")
    except OSError:
        pass  # the listener has closed already, which is its right after a 421
    return said.decode("utf-8", "replace").strip() + mark


def is_foreign(found: List[Listener], own: FrozenSet[str]) -> bool:
    """Tell whether none of the listening sockets belongs to the processes whose sockets are given."""
    return bool(found) and not any(listener.inode in own for listener in found)


def _in_table(path: str, port: int) -> Iterator[Listener]:
    """Read proc_net(5)'s table of TCP sockets; nothing where the kernel has none."""
    try:
        rows = [line.split() for line in reading.text(path, "kernel").split("\n") if line][1:]
    except OSError:
        return
    for row in rows:
        address, _colon, number = row[1].partition(":")
        if row[3] == _LISTENING and int(number, 16) == port:
            yield Listener(_address(address), row[9])


def _address(text: str) -> str:
    """Turn an address of that table (words of 32 bits in the byte order of the machine) into text."""
    packed = b"".join(struct.pack("=I", int(text[at : at + 8], 16)) for at in range(0, len(text), 8))
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)


def reachable(address: str) -> str:
    """The address to connect to for one that is listened on."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
