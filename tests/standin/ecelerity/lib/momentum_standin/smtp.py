# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One SMTP session (RFC 5321, RFC 3207): enough to be delivered to, and to be looked at by a health check."""

import os
import socket
import time
from typing import Callable, Dict, List, NamedTuple, Optional

from . import journal, paths, tls
from .tree import Scope

TIMEOUT = 300.0  # seconds of silence, as RFC 5321, 4.5.3.2.7 has it
_LONGEST = 4096  # bytes of a command line
_LARGEST = 64 << 20  # bytes of a message


class Listener(NamedTuple):
    """A place to listen, and the scope that it stands for."""

    address: str
    scope: Scope


class Terms(NamedTuple):
    """What a session needs to know of the configuration."""

    extensions: List[str]
    tls: tls.Parameters
    implicit_tls: bool
    injection: str


class Closed(Exception):
    """The client is gone, or silent for too long."""


class Session:
    """A client. store: takes a finished message."""

    def __init__(
        self, client: socket.socket, listener: Listener, terms: Terms, store: "Callable[[Message], None]"
    ) -> None:
        self.client, self.listener, self.terms, self.store = client, listener, terms, store
        self.buffer = b""
        self.secured = False
        self.sender: Optional[str] = None
        self.recipients: List[str] = []
        self.helo = ""
        client.settimeout(TIMEOUT)

    def serve(self) -> None:
        """Talk until the end. Never raises for what a client does."""
        try:
            if self.terms.implicit_tls:
                self._secure()
            self.say(
                220, "%s ESMTP Momentum stand-in %s (test double, not the vendor's software)" % (HOST, paths.version())
            )
            while self._command(self._line()):
                pass
        except (Closed, OSError, ValueError) as error:
            if not isinstance(error, (Closed, socket.timeout, ConnectionError, BrokenPipeError)):
                journal.say("SMTP session on %s: %s" % (self.listener.address, error))
        finally:
            self.client.close()

    def say(self, code: int, *lines: str) -> None:
        """A reply of one or more lines."""
        if code >= 500:
            journal.write("rejectlog", "%d@%s@%s@%d %s" % (time.time(), self.helo, self.sender, code, lines[0]))
        last = len(lines) - 1
        text = "".join("%d%s%s\r\n" % (code, " " if at == last else "-", line) for at, line in enumerate(lines))
        self.client.sendall(text.encode("utf-8", "replace"))

    def _line(self) -> str:
        while b"\n" not in self.buffer:
            if len(self.buffer) > _LONGEST:
                raise Closed()
            self._receive()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode("utf-8", "replace")

    def _receive(self) -> None:
        data = self.client.recv(65536)
        if not data:
            raise Closed()
        self.buffer += data

    def _command(self, line: str) -> bool:
        """One command; False after the last."""
        verb, _blank, argument = line.partition(" ")
        handler = _COMMANDS.get(verb.upper())
        if handler is None:
            self.say(500, "5.5.1 unknown command")
            return True
        return handler(self, argument.strip()) is not False

    def ehlo(self, argument: str) -> None:
        """EHLO with the configured extensions; STARTTLS only where it can be kept."""
        self.helo = argument
        self._reset()
        offered = [one for one in self.terms.extensions if one.upper() != "STARTTLS"]
        starttls = ["STARTTLS"] if self._offers_starttls() else []
        self.say(250, HOST, *(offered + starttls))

    def helo_only(self, argument: str) -> None:
        """HELO."""
        self.helo = argument
        self._reset()
        self.say(250, HOST)

    def _offers_starttls(self) -> bool:
        named = any(one.upper() == "STARTTLS" for one in self.terms.extensions)
        return named and self.terms.tls.complete and not self.secured

    def starttls(self, _argument: str) -> None:
        """RFC 3207, with starttls_injection_policy for what came in clear text after the command."""
        if not self._offers_starttls():
            self.say(502, "5.5.1 STARTTLS is not offered")
            return
        injected, self.buffer = self.buffer, b""
        if injected and self.terms.injection == "reject":
            self.say(554, "5.5.1 commands after STARTTLS are refused")
            raise Closed()
        try:
            tls.context(self.terms.tls)
        except (OSError, ValueError) as error:
            journal.say("TLS on %s: %s" % (self.listener.address, error))
            self.say(454, "4.7.0 TLS is not available")
            return
        self.say(220, "2.0.0 ready for TLS")
        self._secure()
        self.buffer = injected if self.terms.injection == "allow" else b""
        self._reset()

    def _secure(self) -> None:
        self.client = tls.context(self.terms.tls).wrap_socket(self.client, server_side=True)
        self.secured = True

    def mail(self, argument: str) -> None:
        """MAIL FROM."""
        if not argument.upper().startswith("FROM:"):
            return self.say(501, "5.5.4 MAIL FROM:<address>")
        self._reset()
        self.sender = argument[5:].split()[0] if argument[5:].strip() else "<>"
        return self.say(250, "2.0.0 MAIL FROM accepted")

    def rcpt(self, argument: str) -> None:
        """RCPT TO."""
        if self.sender is None:
            return self.say(503, "5.5.1 MAIL first")
        if not argument.upper().startswith("TO:") or not argument[3:].strip():
            return self.say(501, "5.5.4 RCPT TO:<address>")
        self.recipients.append(argument[3:].split()[0])
        return self.say(250, "2.0.0 RCPT TO accepted")

    def data(self, _argument: str) -> None:
        """DATA, dot-unstuffed; the message is on disk when 250 is sent."""
        if not self.recipients:
            return self.say(503, "5.5.1 RCPT first")
        self.say(354, "continue, end with a line that has only a dot")
        body = self._body()
        message = Message(time.time(), self.sender or "<>", list(self.recipients), self.helo, self.secured, body)
        self._reset()
        try:
            self.store(message)
        except OSError as error:
            journal.say("cannot store a message: %s" % error)
            return self.say(451, "4.3.0 cannot store the message")
        return self.say(250, "2.6.0 message accepted")

    def _body(self) -> bytes:
        data, self.buffer = b"\r\n" + self.buffer, b""
        while b"\r\n.\r\n" not in data[-65600:]:
            if len(data) > _LARGEST:
                raise Closed()
            self._receive()
            data, self.buffer = data + self.buffer, b""
        body, self.buffer = data.split(b"\r\n.\r\n", 1)
        return body.replace(b"\r\n..", b"\r\n.")[2:] + b"\r\n"

    def rset(self, _argument: str) -> None:
        """RSET."""
        self._reset()
        self.say(250, "2.0.0 reset")

    def noop(self, _argument: str) -> None:
        """NOOP."""
        self.say(250, "2.0.0 nothing done")

    def quit(self, _argument: str) -> bool:
        """QUIT."""
        self.say(221, "2.3.0 %s closing connection" % HOST)
        return False

    def _reset(self) -> None:
        self.sender, self.recipients = None, []


class Message(NamedTuple):
    """An accepted message. time: seconds since the epoch."""

    time: float
    sender: str
    recipients: List[str]
    helo: str
    tls: bool
    body: bytes


HOST = os.uname().nodename
_COMMANDS: Dict[str, Callable[[Session, str], Optional[bool]]] = {
    "EHLO": Session.ehlo,
    "HELO": Session.helo_only,
    "STARTTLS": Session.starttls,
    "MAIL": Session.mail,
    "RCPT": Session.rcpt,
    "DATA": Session.data,
    "RSET": Session.rset,
    "NOOP": Session.noop,
    "QUIT": Session.quit,
}
