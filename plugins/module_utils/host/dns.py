# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask one name server one question, and read whether it has validated the answer (RFC 1035, 4035, 6891)."""

import os
import socket
import struct
from typing import List, NamedTuple

from .tcp import Deadline

PORT = 53
SOA = 6
_IN, _OPT = 1, 41
_PAYLOAD = 1232  # octets that pass every path in one datagram
_RECURSION, _ANSWER, _AUTHENTIC, _CODE = 0x0100, 0x8000, 0x0020, 0x000F
_DNSSEC_OK = 0x8000
_AGAIN = 2.0  # seconds until the question is asked once more
_CODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


class Answer(NamedTuple):
    """code: NOERROR, SERVFAIL and the like. authentic: whether the server says that it has validated all of it (bit AD)."""

    code: str
    authentic: bool


def ask(server: str, name: str, kind: int, deadline: Deadline, port: int = PORT) -> Answer:
    """Return the answer of a server, an address, to a question.

    The question has the bit DO and not AD. A server that validates answers with AD then (RFC 4035, 3.2.3). One that only passes bits on
    has none to pass. Raises OSError, socket.timeout after the deadline among them, and ValueError for a name that cannot be asked for.
    """
    number = struct.unpack("!H", os.urandom(2))[0]
    question = encoded(name) + struct.pack("!HH", kind, _IN)
    packet = struct.pack("!6H", number, _RECURSION, 1, 0, 0, 1) + question
    packet += b"\0" + struct.pack("!HHIH", _OPT, _PAYLOAD, _DNSSEC_OK, 0)
    family, _type, _protocol, _name, address = socket.getaddrinfo(
        server, port, 0, socket.SOCK_DGRAM, 0, socket.AI_NUMERICHOST
    )[0]
    with socket.socket(family, socket.SOCK_DGRAM) as peer:
        peer.connect(address)  # the kernel then drops what others send
        while True:
            peer.settimeout(deadline.left())
            peer.send(packet)
            try:
                return _received(peer, number, question, deadline.within(_AGAIN))
            except socket.timeout:
                deadline.left()


def _received(peer: socket.socket, number: int, question: bytes, deadline: Deadline) -> Answer:
    """Return the first answer that is one to the question."""
    while True:
        peer.settimeout(deadline.left())
        packet = peer.recv(65535)
        if len(packet) < 12:
            continue
        told, flags = struct.unpack("!HH", packet[:4])
        if told == number and flags & _ANSWER and packet[12 : 12 + len(question)].lower() == question.lower():
            code = flags & _CODE
            return Answer(_CODES.get(code, "code %d" % code), bool(flags & _AUTHENTIC))


def encoded(name: str) -> bytes:
    """Return a name as DNS has it. Raises ValueError for one that is none."""
    labels: List[bytes] = [label.encode("ascii") for label in name.rstrip(".").split(".")] if name != "." else []
    if any(not 0 < len(label) < 64 for label in labels) or sum(map(len, labels)) + len(labels) > 253:
        raise ValueError("%r is no name of DNS" % name)
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
