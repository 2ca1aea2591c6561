# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask the DNS (RFC 1035): for TXT records, and whether a name server validates its answers (RFC 4035, 6891). One deadline for everything, a
limit for each answer, nothing of it trusted.

A question for TXT records goes to each name server in turn by UDP, and again by TCP where the answer did not fit.
"""

import ipaddress
import os
import socket
import struct
from typing import List, NamedTuple, Optional, Sequence, Tuple
from urllib.parse import urlsplit

from ..errors import PlanError
from ..files import reading
from ..files.safe_paths import UnsafePath
from . import tcp
from .tcp import Deadline

RESOLVERS = "/etc/resolv.conf"
PORT = 53
PATIENCE = 3.0  # seconds for one server, so that the next one gets its turn
DATAGRAM = 4096
SOA = 6
_TXT, _OPT, _INTERNET = 16, 41, 1
_HEADER = struct.Struct("!6H")
_RESPONSE, _TRUNCATED, _AUTHENTIC, _CODE = 0x8000, 0x0200, 0x0020, 0x000F
_RECURSE = 0x0100
_PAYLOAD, _DNSSEC_OK = 1232, 0x8000  # octets that pass every path in one datagram; the bit DO
_AGAIN = 2.0  # seconds until a question is asked once more
_CODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}
_NO_SUCH_NAME = 3
_POINTER = 0xC0

Server = Tuple[str, int]


class Answer(NamedTuple):
    """texts: the TXT records of a name, each with its strings joined; None where nobody answers, for which `reason` is the reason."""

    texts: Optional[List[bytes]]
    reason: str = ""


class Validation(NamedTuple):
    """code: NOERROR, SERVFAIL and the like. authentic: whether the server says that it has validated all of its answer (bit AD)."""

    code: str
    authentic: bool


def servers(named: Sequence[str] = (), path: str = RESOLVERS) -> List[Server]:
    """Return the name servers: those that are named as ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT, else those of the node, resolv.conf(5).

    Raises PlanError for what is no address."""
    if named:
        return [_server(one) for one in named]
    try:
        lines = [line.split() for line in reading.text(path, "resolvers").split("\n")]
    except (OSError, UnsafePath):
        lines = []
    found = [(words[1], PORT) for words in lines if len(words) > 1 and words[0] == "nameserver"]
    return found or [("127.0.0.1", PORT)]


def _server(text: str) -> Server:
    wrapped = "[%s]" % text if text.count(":") > 1 and not text.startswith("[") else text
    try:
        parts = urlsplit("//" + wrapped)
        host, port = parts.hostname or "", PORT if parts.port is None else parts.port
        # An interface, as in fe80::1%eth0, is no part of an address to ipaddress before Python 3.9.
        ipaddress.ip_address(host.partition("%")[0])
        socket.getaddrinfo(host, port, 0, socket.SOCK_DGRAM, 0, socket.AI_NUMERICHOST)
    except (ValueError, OSError):
        host, port = "", 0
    else:
        host = "" if parts.netloc != wrapped or "@" in wrapped else host
    if not host or not port:
        raise PlanError(
            "resolvers: %r is no address of a name server; write ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT" % text
        )
    return host, port


def txt(name: str, asked: Sequence[Server], deadline: Deadline) -> Answer:
    """Return the TXT records of a name. The first server that knows an answer decides; that there is no such name is one."""
    reason = "no name server is known"
    for server in asked:
        try:
            return Answer(_ask(name, server, deadline.within(PATIENCE)))
        except socket.timeout:
            reason = "%s did not answer in time" % server[0]
        except OSError as error:
            reason = "%s: %s" % (server[0], error.strerror or error)
        except (ValueError, IndexError, struct.error) as error:
            reason = "%s: the answer makes no sense (%s)" % (server[0], error)
    return Answer(None, reason)


def _ask(name: str, server: Server, deadline: Deadline) -> List[bytes]:
    query = question(name, int.from_bytes(os.urandom(2), "big"))
    answer = _by_udp(query, server, deadline)
    if _HEADER.unpack_from(answer)[1] & _TRUNCATED:
        answer = _by_tcp(query, server, deadline)
    return texts_of(query, answer)


def question(name: str, number: int) -> bytes:
    """Return the query for the TXT records of a name. Raises ValueError for a label that is too long."""
    return _HEADER.pack(number, _RECURSE, 1, 0, 0, 0) + _asked(name, _TXT)


def validation(server: str, name: str, kind: int, deadline: Deadline, port: int = PORT) -> Validation:
    """Return whether a server, an address, says that it has validated its answer to a question.

    The question has the bit DO and not AD. A server that validates answers with AD then (RFC 4035, 3.2.3). One that only passes bits on
    has none to pass. Raises OSError, socket.timeout after the deadline among them, and ValueError for a name that cannot be asked for.
    """
    header = _HEADER.pack(int.from_bytes(os.urandom(2), "big"), _RECURSE, 1, 0, 0, 1)
    option = b"\0" + struct.pack("!HHIH", _OPT, _PAYLOAD, _DNSSEC_OK, 0)
    query = header + _asked(name, kind)
    while True:
        try:
            answer = _by_udp(query, (server, port), deadline.within(_AGAIN), option)
        except socket.timeout:
            deadline.left()
            continue
        flags = _HEADER.unpack_from(answer)[1]
        return Validation(_CODES.get(flags & _CODE, "code %d" % (flags & _CODE)), bool(flags & _AUTHENTIC))


def _asked(name: str, kind: int) -> bytes:
    return encoded(name) + struct.pack("!2H", kind, _INTERNET)


def encoded(name: str) -> bytes:
    """Return a name as DNS has it. Raises ValueError for one that is none."""
    labels: List[bytes] = [label.encode("ascii") for label in name.rstrip(".").split(".")] if name != "." else []
    if any(not 0 < len(label) < 64 for label in labels) or sum(map(len, labels)) + len(labels) > 253:
        raise ValueError("%r is no name of DNS: a label is empty or too long" % name)
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _by_udp(query: bytes, server: Server, deadline: Deadline, option: bytes = b"") -> bytes:
    """Return the first answer to a query; `option` is sent after it."""
    family, _type, _protocol, _name, address = socket.getaddrinfo(
        server[0], server[1], 0, socket.SOCK_DGRAM, 0, socket.AI_NUMERICHOST
    )[0]
    with socket.socket(family, socket.SOCK_DGRAM) as peer:
        # Connected, it gets what this server sends alone.
        peer.connect(address)
        peer.settimeout(deadline.left())
        peer.send(query + option)
        while True:
            peer.settimeout(deadline.left())
            answer = peer.recv(DATAGRAM)
            if _is_answer(query, answer):
                return answer


def _by_tcp(query: bytes, server: Server, deadline: Deadline) -> bytes:
    with tcp.connect(server[0], server[1], deadline, 2 + 0xFFFF) as peer:
        peer.send(struct.pack("!H", len(query)) + query)
        length = int.from_bytes(peer.octet() + peer.octet(), "big")
        answer = b"".join(peer.octet() for _octet in range(length))
    if not _is_answer(query, answer):
        raise ValueError("it is for another question")
    return answer


def _is_answer(query: bytes, answer: bytes) -> bool:
    """Whether an answer has the number and the question of a query; a forger would have to guess both."""
    start = _HEADER.size
    return (
        len(answer) >= len(query)
        and answer[:2] == query[:2]
        and bool(answer[2] & (_RESPONSE >> 8))
        and answer[start : len(query)].lower() == query[start:].lower()
    )


def texts_of(query: bytes, answer: bytes) -> List[bytes]:
    """Return the TXT records of an answer: those of the name, or of the one that an alias leads to.

    Raises ValueError, IndexError and struct.error for what is no answer."""
    _number, flags, _questions, count, _authorities, _more = _HEADER.unpack_from(answer)
    code = flags & _CODE
    if code == _NO_SUCH_NAME:
        return []
    if code:
        raise ValueError("its code is %d" % code)
    found, place = [], len(query)
    for _record in range(count):
        place = _after_name(answer, place)
        kind, group, _lifetime, length = struct.unpack_from("!2HIH", answer, place)
        place += 10
        if place + length > len(answer):
            raise ValueError("a record is cut off")
        if (kind, group) == (_TXT, _INTERNET):
            found.append(_joined(answer[place : place + length]))
        place += length
    return found


def _after_name(answer: bytes, place: int) -> int:
    """The place after a name; where a pointer leads is not looked at."""
    while answer[place]:
        if answer[place] & _POINTER == _POINTER:
            return place + 2
        place += 1 + answer[place]
    return place + 1


def _joined(data: bytes) -> bytes:
    strings, place = [], 0
    while place < len(data):
        end = place + 1 + data[place]
        if end > len(data):
            raise ValueError("a string is cut off")
        strings.append(data[place + 1 : end])
        place = end
    return b"".join(strings)
