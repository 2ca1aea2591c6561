# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Questions to name servers (RFC 1035), with the bit that says that an answer was validated (RFC 4035)."""

import os
import socket
import struct
from typing import Any, Callable, Dict, List, NamedTuple, Tuple

from .tree import Scope

A, MX, TXT, TLSA = 1, 15, 16, 52
NOERROR, NXDOMAIN = 0, 3
_TIMEOUT = 2.0
_SYSTEM = "/etc/resolv.conf"


class Unanswered(Exception):
    """No server has an answer that can be used."""


class Answer(NamedTuple):
    """records: the data of those of the kind in the question. authentic: the bit AD."""

    records: List[Any]
    authentic: bool


class Resolver:
    """The servers of `resolv_conf` (page "resolv_conf"). port: theirs."""

    def __init__(self, tree: Scope, port: int) -> None:
        self.port = port
        with open(tree.text("resolv_conf") or _SYSTEM) as file:
            lines = [line.split() for line in file]
        self.servers = [words[1] for words in lines if words[:1] == ["nameserver"] and len(words) > 1]

    def ask(self, name: str, kind: int) -> Answer:
        """An answer; an empty one where the name or the kind does not exist. Raises Unanswered."""
        for server in self.servers:
            try:
                code, answer = _ask(server, self.port, name, kind)
            except (OSError, ValueError, IndexError, struct.error):
                continue
            if code in (NOERROR, NXDOMAIN):
                return answer
        raise Unanswered("no answer about %s" % name)


def _ask(server: str, port: int, name: str, kind: int) -> Tuple[int, Answer]:
    number = struct.unpack("!H", os.urandom(2))[0]
    question = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.rstrip(".").split(".")) + b"\0"
    packet = struct.pack("!6H", number, 0x0100, 1, 0, 0, 1) + question + struct.pack("!2H", kind, 1)
    packet += b"\0" + struct.pack("!HHIH", 41, 4096, 0x8000, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(_TIMEOUT)
        peer.connect((server, port))
        peer.send(packet)
        reply = peer.recv(65535)
    told, flags, questions, answers = struct.unpack("!4H", reply[:8])
    if told != number or not flags & 0x8000 or flags & 0x0200:
        raise ValueError("no answer to the question, or a part of one")
    at = 12
    for _number in range(questions):
        at = _name(reply, at)[1] + 4
    records = []
    for _number in range(answers):
        at = _name(reply, at)[1]
        found, _class, _ttl, length = struct.unpack("!HHIH", reply[at : at + 10])
        if found == kind:
            records.append(_DATA[kind](reply, at + 10, length))
        at += 10 + length
    return flags & 15, Answer(records, bool(flags & 0x0020))


def _name(packet: bytes, at: int) -> Tuple[str, int]:
    """A name, and where it ends."""
    labels, end = [], 0
    for _step in range(128):
        length = packet[at]
        if length >= 0xC0:
            end = end or at + 2
            at = struct.unpack("!H", packet[at : at + 2])[0] & 0x3FFF
        elif length:
            labels.append(packet[at + 1 : at + 1 + length].decode("ascii").lower())
            at += 1 + length
        else:
            return ".".join(labels), end or at + 1
    raise ValueError("a name without an end")


def _mx(packet: bytes, at: int, _length: int) -> Tuple[int, str]:
    return struct.unpack("!H", packet[at : at + 2])[0], _name(packet, at + 2)[0]


def _txt(packet: bytes, at: int, length: int) -> str:
    text, end = b"", at + length
    while at < end:
        text += packet[at + 1 : at + 1 + packet[at]]
        at += 1 + packet[at]
    return text.decode("ascii", "replace")


def _tlsa(packet: bytes, at: int, length: int) -> Tuple[int, int, int, bytes]:
    return packet[at], packet[at + 1], packet[at + 2], packet[at + 3 : at + length]


_DATA: Dict[int, Callable[[bytes, int, int], Any]] = {
    A: lambda packet, at, length: ".".join(str(octet) for octet in packet[at : at + length]),
    MX: _mx,
    TXT: _txt,
    TLSA: _tlsa,
}
