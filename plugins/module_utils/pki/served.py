# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which certificate a server presents, whether it is the one in a file, and whether it answers without TLS, too. The standard library alone.

Nothing is verified: the question is what is served, not whether it is to be trusted. The leaf is compared by the SHA-256 of its
DER form, so that headers and line ends of the file do not matter.
"""

import re
import socket
import ssl
import struct
import time
from hashlib import sha256
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import MomentumError
from ..host.tcp import Closed, Conversation, Deadline, TooLong, connect
from .x509 import pem

POLL = 0.25  # seconds between two questions
MOST_LINES = 100
HANDSHAKE_FAILED = "the TLS handshake failed"
HTTP_REFUSALS = ("400", "403", "426")  # 403 is SSLRequireSSL's
SHOWN = 200  # characters of a server's line in a message
POSTGRESQL_PROTOCOL = 196608  # 3.0, of 7.4 and newer
POSTGRESQL_SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # "SSLRequest" of PostgreSQL's frontend/backend protocol


class Endpoint(NamedTuple):
    """Where a certificate is served, the server name that is requested ('' for none), the file it is to equal, the
    seconds until it must be, and the ports at which the host must not answer without TLS."""

    host: str
    port: int
    protocol: str
    server_name: str
    certificate: str
    timeout: float
    plain_ports: Sequence[int] = ()


class Leaf(NamedTuple):
    """A certificate: SHA-256 of its DER form in hexadecimal, and its validity as ISO 8601 in UTC ('' if unreadable)."""

    fingerprint: str
    not_before: str
    not_after: str


class Parties(NamedTuple):
    """The names of who has a certificate, and of who issued it, DER."""

    subject: bytes
    issuer: bytes


class Answer(NamedTuple):
    """What an endpoint serves; `served` is None where nothing was, and `problem` says why. plain: what it answers without TLS, in words; ''
    for nothing."""

    served: Optional[Leaf]
    problem: str
    plain: str = ""


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
        begin, end = _inside(_fields(der)[3][1])
        return _moment(*begin), _moment(*end)
    except (IndexError, ValueError):
        return "", ""


def parties(der: bytes) -> Parties:
    """Subject and issuer of a certificate as they are encoded; empty where it does not read as RFC 5280 has it."""
    try:
        fields = _fields(der)
        return Parties(fields[4][1], fields[2][1])
    except (IndexError, ValueError):
        return Parties(b"", b"")


def _fields(der: bytes) -> List[Tuple[int, bytes]]:
    """Serial number, signature, issuer, validity, subject and so on. Raises IndexError, ValueError."""
    body = _inside(_inside(der)[0][1])  # the fields of tbsCertificate
    return body[1:] if body[0][0] == 0xA0 else body  # without [0] version


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
    """Ask until the endpoint serves the requested certificate, and nothing without TLS, or its time is over; with `once` a single time.

    Some servers load a new certificate a moment after they were told to.
    """
    end = time.monotonic() + endpoint.timeout
    while True:
        answer = ask(endpoint, end - time.monotonic())
        matches = answer.served is not None and answer.served.fingerprint == requested.fingerprint and not answer.plain
        if matches or once or time.monotonic() + POLL >= end:
            return answer
        time.sleep(POLL)


def ask(endpoint: Endpoint, timeout: float) -> Answer:
    """Ask an endpoint once; `timeout` in seconds, for all of the exchange."""
    deadline = Deadline(timeout)
    answer = _served(endpoint, deadline)
    return answer._replace(
        plain="; ".join(filter(None, (_plain(endpoint, port, deadline) for port in endpoint.plain_ports)))
    )


def _served(endpoint: Endpoint, deadline: Deadline) -> Answer:
    try:
        return Answer(leaf_of(_fetch(endpoint, deadline)), "")
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


def _plain(endpoint: Endpoint, port: int, deadline: Deadline) -> str:
    """Say what a port answers without TLS; '' where nobody listens, or the server refuses."""
    try:
        with connect(endpoint.host, port, deadline) as server:
            return PLAIN[endpoint.protocol](server, port)
    except socket.timeout:
        return "port %d does not say in time that it refuses what comes without TLS" % port
    except (OSError, TooLong):  # refused, or closed without an answer
        return ""


def _plain_postgresql(server: Conversation, port: int) -> str:
    """Ask to log in without TLS, as an account that nobody has. The rules are looked at first, and then the account."""
    fields = b"user\0momentum_without_tls\0database\0postgres\0\0"
    server.send(struct.pack("!ii", 8 + len(fields), POSTGRESQL_PROTOCOL) + fields)
    if server.octet() == b"R":
        return "port %d lets clients log in without TLS; see pg_hba.conf" % port
    return ""


def _plain_http(server: Conversation, port: int) -> str:
    """Ask for a page. A bad request (Apache's answer at a port with TLS) is a refusal, and so is the way to the same by TLS."""
    server.send(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
    status = _text(server.line())
    found = re.match(r"HTTP/[0-9.]+ ([0-9]{3})", status)
    if found is None or found.group(1) in HTTP_REFUSALS:
        return ""
    for _number in range(MOST_LINES if found.group(1).startswith("3") else 0):
        line = _text(server.line()).lower()
        if not line:
            break
        if line.startswith("location:"):
            return (
                ""
                if line[len("location:") :].strip().startswith("https:")
                else "port %d answers without TLS: %s" % (port, status[:SHOWN])
            )
    return "port %d answers without TLS: %s" % (port, status[:SHOWN])


PLAIN: Dict[str, Callable[[Conversation, int], str]] = {"postgresql": _plain_postgresql, "https": _plain_http}
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
