# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which certificate a server presents, and whether it is the one in a file. The standard library alone.

Nothing is verified: the question is what is served, not whether it is to be trusted. The leaf is compared by the SHA-256 of its
DER form, so that headers and line ends of the file do not matter.
"""

import socket
import ssl
import struct
import time
from hashlib import sha256
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ..errors import MomentumError
from ..host.tcp import Closed, Conversation, Deadline, TooLong, connect
from .x509 import pem

POLL = 0.25  # seconds between two questions
MOST_LINES = 100
HANDSHAKE_FAILED = "the TLS handshake failed"
SHOWN = 200  # characters of a server's line in a message
POSTGRESQL_SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # "SSLRequest" of PostgreSQL's frontend/backend protocol


class Endpoint(NamedTuple):
    """Where a certificate is served, the server name that is requested ('' for none), the file it is to equal, and the
    seconds until it must be."""

    host: str
    port: int
    protocol: str
    server_name: str
    certificate: str
    timeout: float


class Leaf(NamedTuple):
    """A certificate: SHA-256 of its DER form in hexadecimal, and its validity as ISO 8601 in UTC ('' if unreadable)."""

    fingerprint: str
    not_before: str
    not_after: str


class Answer(NamedTuple):
    """What an endpoint serves; `served` is None where nothing was, and `problem` says why."""

    served: Optional[Leaf]
    problem: str


class Refused(MomentumError):
    """The server does not begin TLS; the text is what it said instead."""


def leaf_of(der: bytes) -> Leaf:
    """Describe a certificate in DER form."""
    begin, end = validity(der)
    return Leaf(sha256(der).hexdigest(), begin, end)


def first_leaf(content: bytes) -> Optional[Leaf]:
    """The first certificate of a PEM file, None where it holds none."""
    for block in pem.certificates(content)[:1]:
        der = pem.der(block)
        return leaf_of(der) if der else None
    return None


def validity(der: bytes) -> Tuple[str, str]:
    """Begin and end of a certificate, ISO 8601 in UTC; empty texts where it does not read as RFC 5280 has it."""
    try:
        body = _inside(_inside(der)[0][1])  # the fields of tbsCertificate
        fields = body[1:] if body[0][0] == 0xA0 else body  # without [0] version
        begin, end = _inside(fields[3][1])  # serial number, signature, issuer, validity
        return _moment(*begin), _moment(*end)
    except (IndexError, ValueError):
        return "", ""


def _inside(data: bytes) -> List[Tuple[int, bytes]]:
    """Tags and contents one level down: of the elements of `data`, after its own header if it is one sequence."""
    found = _elements(data)
    return _elements(found[0][1]) if len(found) == 1 and found[0][0] == 0x30 else found


def _elements(data: bytes) -> List[Tuple[int, bytes]]:
    found, position = [], 0
    while position < len(data):
        tag, length = data[position], data[position + 1]
        position += 2
        if length & 0x80:
            octets = length & 0x7F
            length = int.from_bytes(data[position : position + octets], "big")
            position += octets
        if position + length > len(data):
            raise ValueError("an element is longer than what holds it")
        found.append((tag, data[position : position + length]))
        position += length
    return found


def _moment(tag: int, text: bytes) -> str:
    """UTCTime (tag 23, two digits of the year, 50 and more are 19xx) or GeneralizedTime, RFC 5280 4.1.2.5."""
    digits = text.decode("ascii")
    if tag == 0x17:
        digits = ("19" if digits[:2] >= "50" else "20") + digits
    parsed = time.strptime(digits, "%Y%m%d%H%M%SZ")
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", parsed)


def serves(endpoint: Endpoint, requested: Leaf, once: bool) -> Answer:
    """Ask until the endpoint serves the requested certificate or its time is over; with `once` a single time.

    Some servers load a new certificate a moment after they were told to.
    """
    end = time.monotonic() + endpoint.timeout
    while True:
        answer = ask(endpoint, end - time.monotonic())
        matches = answer.served is not None and answer.served.fingerprint == requested.fingerprint
        if matches or once or time.monotonic() + POLL >= end:
            return answer
        time.sleep(POLL)


def ask(endpoint: Endpoint, timeout: float) -> Answer:
    """Ask an endpoint once; `timeout` in seconds, for all of the exchange."""
    try:
        return Answer(leaf_of(_fetch(endpoint, Deadline(timeout))), "")
    except Closed as error:
        said = _text(error.said)[:SHOWN]
        return Answer(None, "the server closed the connection" + (" after: %s" % said if said else ""))
    except (Refused, TooLong) as error:
        return Answer(None, str(error))
    except (OSError, ValueError) as error:  # ssl.SSLError and a host name that cannot be encoded are among them
        return Answer(None, _reason(error))


def _fetch(endpoint: Endpoint, deadline: Deadline) -> bytes:
    with connect(endpoint.host, endpoint.port, deadline) as server:
        BEGINNINGS[endpoint.protocol](server)
        server.begin_tls(_context(), endpoint.server_name or None)
        return server.certificate()


def _context() -> ssl.SSLContext:
    """A context that verifies nothing and accepts whatever this OpenSSL can still speak."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if hasattr(ssl, "TLSVersion"):
        import warnings

        with warnings.catch_warnings():  # TLS 1.0 is deprecated, and still what old versions of Momentum speak
            warnings.simplefilter("ignore")
            context.minimum_version = ssl.TLSVersion.TLSv1
    try:
        context.set_ciphers("ALL:@SECLEVEL=0")
    except ssl.SSLError:  # before OpenSSL 1.1.0 there are no levels
        context.set_ciphers("ALL")
    return context


def _begin_smtp(server: Conversation) -> None:
    """STARTTLS, RFC 3207."""
    _expect(server, "220", "greet")
    server.send(b"EHLO localhost\r\n")
    extensions = _expect(server, "250", "answer EHLO")
    if not any(line[4:].strip().upper() == "STARTTLS" for line in extensions):
        raise Refused("the server does not offer STARTTLS")
    server.send(b"STARTTLS\r\n")
    _expect(server, "220", "begin TLS")


def _expect(server: Conversation, code: str, what: str) -> List[str]:
    lines: List[str] = []
    while len(lines) < MOST_LINES:
        lines.append(_text(server.line()))
        if not lines[-1].startswith(code):
            raise Refused("the server did not %s: %s" % (what, lines[-1][:SHOWN]))
        if lines[-1][3:4] != "-":
            return lines
    raise Refused("the server did not %s within %d lines" % (what, MOST_LINES))


def _text(line: bytes) -> str:
    return line.decode("ascii", "replace").strip()


def _begin_postgresql(server: Conversation) -> None:
    server.send(POSTGRESQL_SSL_REQUEST)
    answer = server.octet()
    if answer == b"N":
        raise Refused("the server does not do TLS: ssl is off in its configuration")
    if answer != b"S":
        raise Refused("the server does not answer as PostgreSQL does")


def _begin_at_once(_server: Conversation) -> None:
    """TLS is from the first octet on."""


BEGINNINGS: Dict[str, Callable[[Conversation], None]] = {
    "smtp": _begin_smtp,
    "smtps": _begin_at_once,
    "https": _begin_at_once,
    "postgresql": _begin_postgresql,
    "ldaps": _begin_at_once,
}
PROTOCOLS = tuple(BEGINNINGS)


def _reason(error: BaseException) -> str:
    if isinstance(error, socket.timeout):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return "%s: %s" % (HANDSHAKE_FAILED, error.reason or error)
    strerror: Any = getattr(error, "strerror", None)
    return str(strerror or error)
