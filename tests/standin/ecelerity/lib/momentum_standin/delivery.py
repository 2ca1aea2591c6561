# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mail that is sent: which server, over what TLS, and what became of it (pages "tls", "tls_verify", "DANE support", "MTA-STS support").

The stand-in sends nothing by itself. A test that has servers of its own declares them in a file, and nothing is sent to any address
but those of the loopback.
"""

import codecs
import json
import os
import queue
import socket
import ssl
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from . import dane, journal, paths, sts, tls
from .resolver import MX, TLSA, A, Resolver, Unanswered
from .tree import Chain, Reader, Scope

# What turns names into octets is loaded now; late, the daemon's user may not read it any more.
codecs.lookup("idna")

FILE = paths.ROOT + "/etc/momentum-standin-delivery"
_TIMEOUT = 10.0
_LONGEST = 4096
_DEFERRED, _BOUNCED, _DELIVERED = "T", "P", "D"


class Ports(NamedTuple):
    """Where the servers of a test listen."""

    smtp: int
    https: int
    dns: int


class Failed(Exception):
    """A delivery that did not happen. kind: T to try again, P for good."""

    def __init__(self, words: str, kind: str = _DEFERRED) -> None:
        super().__init__(words)
        self.kind = kind


class NotVerified(Exception):
    """TLS came about, and the certificate is not what it must be."""


class Terms(NamedTuple):
    """What is in force for an exchanger. mode, verify: the words of `TLS` and `TLS_Verify`. records: what DANE compares with; None without it."""

    mode: str
    fallback: bool
    verify: str
    records: Optional[List[dane.Record]]


def declared() -> Optional[Ports]:
    """What a test declares; None without the file. Raises OSError, ValueError."""
    try:
        with open(FILE) as file:
            values: Dict[str, int] = json.load(file)
    except FileNotFoundError:
        return None
    return Ports(values["smtp"], values["https"], values["dns"])


def scope_of(tree: Scope, domain: str) -> Reader:
    """Where options of a domain are looked up for the default binding (page "4-ecelerity-conf-fallback")."""
    groups = tree.named("Binding_Group")
    bindings = [(group, one) for group in groups for one in group.named("Binding") if one.instance == "default"]
    found: List[Optional[Scope]] = [_domain(one, domain) for _group, one in bindings]
    alone = tree.child("Binding", "default")
    found += [_domain(alone, domain)] if alone else []
    found += [_domain(group, domain) for group, _one in bindings]
    found += [one for _group, one in bindings] + [alone] + [group for group, _one in bindings]
    return Chain([one for one in [*found, _domain(tree, domain)] if one is not None] + [tree])


def _domain(scope: Scope, domain: str) -> Optional[Scope]:
    return next((one for one in scope.named("Domain") if (one.instance or "").lower() == domain), None)


class Deliveries:
    """The queue of messages. tree: gives the configuration in force."""

    def __init__(self, tree: "Callable[[], Scope]", ports: Ports) -> None:
        self.tree, self.ports = tree, ports
        self.waiting: "queue.Queue[Any]" = queue.Queue()

    def run(self) -> None:
        """Deliver one after another, each once: what is deferred is not tried again."""
        while True:
            message = self.waiting.get()
            for recipient in message.recipients:
                kind, words = self._outcome(message, recipient.strip("<>"))
                fields = (int(message.time), os.getpid(), kind, recipient, message.sender, len(message.body), words)
                journal.write("mainlog", "%d@%d@%s@%s@%s@%d@%s" % fields)

    def _outcome(self, message: Any, recipient: str) -> Tuple[str, str]:
        try:
            return _DELIVERED, Delivery(self.tree(), self.ports, recipient, message).deliver()
        except Failed as error:
            return error.kind, str(error)
        except Unanswered as error:
            return _DEFERRED, str(error)
        except (OSError, ValueError, IndexError) as error:
            return _DEFERRED, "%s: %s" % (type(error).__name__, error)


class Delivery:
    """One message to one recipient."""

    def __init__(self, tree: Scope, ports: Ports, recipient: str, message: Any) -> None:
        self.tree, self.ports, self.recipient, self.message = tree, ports, recipient, message
        self.domain = recipient.rpartition("@")[2].lower()
        self.scope = scope_of(tree, self.domain)
        self.resolver = Resolver(tree, ports.dns)

    def deliver(self) -> str:
        """Send it to the first exchanger that takes it; the words for the log. Raises Failed, Unanswered, OSError, ValueError."""
        exchangers, is_secure = self._exchangers()
        policy = self._policy()
        last = Failed("%s has no exchanger" % self.domain)
        for name in exchangers:
            if policy is not None and policy.mode == "enforce" and not policy.admits(name):
                last = Failed("MTA-STS: the policy of %s does not name %s" % (self.domain, name))
                continue
            try:
                return self._to(name, is_secure, policy)
            except Failed as error:
                if error.kind == _BOUNCED:
                    raise
                last = error
            except Unanswered as error:
                last = Failed(str(error))
        raise last

    def _exchangers(self) -> Tuple[List[str], bool]:
        """Names by preference, or the domain itself without any; and whether DNSSEC proves them."""
        answer = self.resolver.ask(self.domain, MX)
        names = [name for _preference, name in sorted(answer.records)]
        return names or [self.domain], answer.authentic

    def _policy(self) -> Optional[sts.Policy]:
        if not self.scope.boolean("Use_MTA_STS", False) or not self.scope.boolean("Enable_MTA_STS", True):
            return None
        return sts.policy_of(self.domain, self.scope, self.tree, self.resolver, self.ports.https)

    def _to(self, name: str, is_secure: bool, policy: Optional[sts.Policy]) -> str:
        answer = self.resolver.ask(name, A)
        terms = self._terms(name, is_secure and answer.authentic, policy)
        if not answer.records:
            raise Failed("%s has no address" % name)
        address = answer.records[0]
        if not address.startswith("127."):
            raise Failed("the stand-in sends nothing to %s" % address)
        try:
            words = self._send(name, address, terms)
        except (OSError, ValueError) as error:
            raise Failed("%s [%s]: %s" % (name, address, error))
        return "%s [%s]: %s" % (name, address, words)

    # what is in force

    def _terms(self, name: str, is_secure: bool, policy: Optional[sts.Policy]) -> Terms:
        """DANE alone where it can be had, else the stricter one of policy and configuration. Raises Unanswered: without an answer about TLSA
        records nothing is sent (RFC 7672, 2.1.2)."""
        mode, verify = self.scope.text("TLS", "no").lower(), self.scope.text("TLS_Verify", "no").lower()
        records = self._records(name) if is_secure and self._is_dane() else None
        if records is not None:
            return Terms("required", False, "no", records)
        if policy is not None and policy.mode == "enforce":
            mode, verify = "required", "host"
        elif policy is not None and policy.mode == "testing":
            mode = "required" if mode == "required" else "ifavailable"
            verify = "host" if verify == "host" else "optional"
        return Terms(mode, self.scope.boolean("TLS_Ifavailable_Fallback", True), verify, None)

    def _is_dane(self) -> bool:
        is_loaded = self.tree.child("dane") is not None
        return is_loaded and self.scope.boolean("Use_DANE", False) and self.scope.boolean("Enable_DANE", True)

    def _records(self, name: str) -> Optional[List[dane.Record]]:
        """The records that count; an empty list for TLS without a check (RFC 7672, 2.2); None for no DANE."""
        answer = self.resolver.ask("_25._tcp." + name, TLSA)
        return dane.usable(answer.records) if answer.authentic and answer.records else None

    # the conversation

    def _send(self, name: str, address: str, terms: Terms) -> str:
        peer = Peer(address, self.ports.smtp)
        try:
            words = "in clear"
            if terms.mode != "no":
                peer, words = self._secured(peer, name, terms)
            peer.send_message(self.message.sender, self.recipient, self.message.body)
            return words
        finally:
            peer.close()

    def _secured(self, peer: "Peer", name: str, terms: Terms) -> "Tuple[Peer, str]":
        """The connection to go on with, and what became of TLS. Raises Failed, OSError."""
        if "STARTTLS" not in peer.extensions:
            if terms.mode == "required":
                raise Failed("%s [%s]: TLS is required and not offered" % (name, peer.address))
            return peer, "in clear, TLS is not offered"
        try:
            return peer, self._begin(peer, name, terms)
        except NotVerified as error:
            peer.close()
            if terms.verify != "optional":
                raise Failed("%s [%s]: not verified: %s" % (name, peer.address, error))
            peer = Peer(peer.address, peer.port)
            words = peer.begin_tls(tls.client(self.scope, ""), name)
            return peer, "%s, not verified: %s" % (words, error)
        except (OSError, ValueError) as error:
            peer.close()
            if terms.mode == "required" or not terms.fallback:
                raise Failed("%s [%s]: the handshake failed: %s" % (name, peer.address, error))
            return Peer(peer.address, peer.port), "in clear, the handshake failed: %s" % error

    def _begin(self, peer: "Peer", name: str, terms: Terms) -> str:
        """Begin TLS, and verify what must be. Raises NotVerified, OSError, ValueError."""
        if self.tree.text("TLS_Engine").lower() == "gnutls":
            raise ValueError("there is no GnuTLS here")
        is_checked = terms.verify in ("ca", "host", "optional")
        authorities = self.scope.text("TLS_CA") if is_checked else ""
        if is_checked and not authorities:
            raise NotVerified("there is no TLS_CA")
        try:
            words = peer.begin_tls(tls.client(self.scope, authorities), name)
        except ssl.SSLError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise NotVerified(str(error))
            raise
        if terms.records is not None:
            try:
                dane.verify(terms.records, peer.certificate()) if terms.records else None
            except dane.Mismatch as error:
                raise NotVerified("DANE: %s" % error)
            return "%s, DANE" % words if terms.records else "%s, DANE without a check" % words
        if terms.verify in ("host", "optional") and not {one.lower() for one in peer.names()} & {name, self.domain}:
            raise NotVerified("the common name is neither %s nor %s" % (name, self.domain))
        return "%s, verified: %s" % (words, terms.verify) if is_checked else words


class Peer:
    """A connection to a server of SMTP, greeted."""

    def __init__(self, address: str, port: int) -> None:
        self.address, self.port = address, port
        self.socket = socket.create_connection((address, port), _TIMEOUT)
        self.buffer = b""
        self._expect(2)
        self.extensions = self._ehlo()

    def close(self) -> None:
        """End it."""
        self.socket.close()

    def begin_tls(self, context: ssl.SSLContext, name: str) -> str:
        """STARTTLS; the protocol. Raises OSError, of which ssl.SSLError is one."""
        self._say("STARTTLS")
        try:
            self._expect(2)
        except Failed as error:
            raise OSError(str(error))
        if self.buffer:
            raise OSError("the server speaks before TLS has begun")
        self.socket = context.wrap_socket(self.socket, server_hostname=name)
        self.extensions = self._ehlo()
        return str(self.socket.version())

    def certificate(self) -> bytes:
        """The server's, in DER form."""
        return self.socket.getpeercert(binary_form=True) or b""  # type: ignore[attr-defined]

    def names(self) -> List[str]:
        """The common names of a certificate that was verified: they alone are compared (page "tls_verify")."""
        subject = self.socket.getpeercert().get("subject", ())  # type: ignore[attr-defined]
        return [value for names in subject for key, value in names if key == "commonName"]

    def send_message(self, sender: str, recipient: str, body: bytes) -> None:
        """One message. Raises Failed for what the server refuses."""
        self._say("MAIL FROM:<%s>" % sender.strip("<>"))
        self._expect(2)
        self._say("RCPT TO:<%s>" % recipient)
        self._expect(2)
        self._say("DATA")
        self._expect(3)
        self.socket.sendall(body.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        self._expect(2)
        self._say("QUIT")

    def _ehlo(self) -> List[str]:
        self._say("EHLO %s" % os.uname().nodename)
        return [line[4:].upper() for line in self._expect(2)[1:]]

    def _say(self, line: str) -> None:
        self.socket.sendall(line.encode("ascii", "replace") + b"\r\n")

    def _expect(self, first: int) -> List[str]:
        """The lines of a reply. Raises Failed for another one."""
        lines = [self._line()]
        while lines[-1][3:4] == "-":
            lines.append(self._line())
        if lines[-1][:1] != str(first):
            raise Failed("%s says %s" % (self.address, lines[-1]), _BOUNCED if lines[-1][:1] == "5" else _DEFERRED)
        return lines

    def _line(self) -> str:
        while b"\n" not in self.buffer:
            data = self.socket.recv(4096) if len(self.buffer) < _LONGEST else b""
            if not data:
                raise OSError("the server is gone")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode("utf-8", "replace")
