# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How ec_console and the daemon talk: a line of shell-quoted words there, the length and the text back. The real protocol is
not documented; only our own two ends use this one."""

import shlex
import socket
from typing import Any, List, Tuple

from . import endpoints

TIMEOUT = 120.0  # seconds


def connect(endpoint: str) -> socket.socket:
    """A connection to a path, or to [user@]host:port. Raises OSError, ValueError."""
    family, address = _address(endpoint)
    client = socket.socket(family, socket.SOCK_STREAM)
    client.settimeout(TIMEOUT)
    client.connect(address)
    return client


def _address(endpoint: str) -> Tuple[int, Any]:
    if endpoint.startswith("/"):
        return socket.AF_UNIX, endpoint
    family, host, port = endpoints.split(endpoint.rpartition("@")[2])
    return family, (host, port)


def ask(client: socket.socket, words: List[str]) -> str:
    """Send a command, read its answer."""
    client.sendall((" ".join(shlex.quote(word) for word in words) + "\n").encode("utf-8", "surrogateescape"))
    file = client.makefile("rb")
    head = file.readline()
    if not head:
        raise ConnectionError("the console has gone")
    return file.read(int(head)).decode("utf-8", "replace")


def receive(client: socket.socket) -> Tuple[bytes, bytes]:
    """The next line and what came after it; both empty at the end."""
    data = b""
    while b"\n" not in data:
        more = client.recv(65536)
        if not more or len(data) > 1 << 16:
            return b"", b""
        data += more
    line, _newline, rest = data.partition(b"\n")
    return line, rest


def words_of(line: str) -> List[str]:
    """The words of a line. Raises ValueError for an open quote."""
    return shlex.split(line)


def reply(client: socket.socket, text: str) -> None:
    """Answer a command."""
    data = (text + "\n").encode("utf-8", "replace")
    client.sendall(b"%d\n" % len(data) + data)
