# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mail servers of others, for tests of what is sent: each at an address of its own on the loopback, with a name server and a web server.

    peers.py DIRECTORY make                  makes authorities, keys and certificates
    peers.py DIRECTORY serve SMTP HTTPS DNS  serves at these ports, and writes a line of JSON to DIRECTORY/received for each message

They know nothing of the stand-in, and need Python and the program openssl alone.
"""

import hashlib
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

DNS_ADDRESS, DNS_WITHOUT_VALIDATION, WEB_ADDRESS = "127.0.0.1", "127.0.0.2", "127.0.0.3"
A, MX, TXT, AAAA, TLSA = 1, 15, 16, 28, 52
_TIMEOUT = 20.0


class Peer(NamedTuple):
    """A domain with one exchanger, mx.DOMAIN. certificate: good, self, expired, other (a name that is not its own), or '' for no TLS. signed: by DNSSEC.
    tlsa: of its own key (match), of another one (mismatch), or none. sts: the exchanger that its enforced policy names; '' for no policy. old: TLS 1.1
    at most."""

    domain: str
    certificate: str = "good"
    signed: bool = False
    tlsa: str = ""
    sts: str = ""
    old: bool = False

    @property
    def exchanger(self) -> str:
        """Its name."""
        return "mx." + self.domain


PEERS = [
    Peer("clear.test", ""),
    Peer("self.test", "self"),
    Peer("old.test", "self", old=True),
    Peer("partner.test"),
    Peer("clear-partner.test", ""),
    Peer("self-partner.test", "self"),
    Peer("expired-partner.test", "expired"),
    Peer("other-partner.test", "other"),
    Peer("dane.test", "self", True, "match"),
    Peer("dane-mismatch.test", "good", True, "mismatch"),
    Peer("dane-clear.test", "", True, "match"),
    Peer("dane-unsigned.test", "self", False, "mismatch"),
    Peer("sts.test", sts="mx.sts.test"),
    Peer("sts-self.test", "self", sts="mx.sts-self.test"),
    Peer("sts-clear.test", "", sts="mx.sts-clear.test"),
    Peer("sts-elsewhere.test", sts="*.example.test"),
]
ADDRESSES = {peer.domain: "127.0.0.%d" % (11 + number) for number, peer in enumerate(PEERS)}


# keys and certificates


AUTHORITY = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign", "subjectKeyIdentifier=hash"]
SERVER = ["basicConstraints=critical,CA:FALSE", "subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"]


def make(directory: str) -> None:
    """Make everything once: an authority and the certificates of all peers."""
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "openssl.cnf"), "w", encoding="ascii") as file:
        file.write("[req]\ndistinguished_name = name\n[name]\n")  # what a distribution adds by itself stays out
    _openssl(directory, "ca", "Authority of the test", [], AUTHORITY)
    signed = ["-CA", os.path.join(directory, "ca.crt"), "-CAkey", os.path.join(directory, "ca.key")]
    for peer in PEERS:
        subject = "mx.elsewhere.test" if peer.certificate == "other" else peer.exchanger
        _openssl(
            directory,
            peer.domain,
            subject,
            [] if peer.certificate == "self" else signed,
            [SERVER[0], "subjectAltName=DNS:" + subject],
        )
        if peer.certificate == "expired":
            _expire(os.path.join(directory, peer.domain), signed)
    hosts = ["DNS:mta-sts." + peer.domain for peer in PEERS if peer.sts]
    _openssl(directory, "web", "mta-sts", signed, [*SERVER, "subjectAltName=" + ",".join(hosts)])


def _openssl(directory: str, name: str, subject: str, signed: List[str], extensions: List[str]) -> None:
    files = ["-keyout", os.path.join(directory, name + ".key"), "-out", os.path.join(directory, name + ".crt")]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + subject]
    more = [word for extension in extensions for word in ("-addext", extension)]
    command = ["openssl", "req", "-x509", "-config", os.path.join(directory, "openssl.cnf"), "-days", "30"]
    subprocess.run(
        [*command, *key, *files, *signed, *more], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _expire(path: str, signed: List[str]) -> None:
    """Sign a certificate once more, so that its days are over."""
    request = ["openssl", "x509", "-x509toreq", "-in", path + ".crt", "-signkey", path + ".key", "-out", path + ".csr"]
    subprocess.run(request, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    again = [
        "openssl",
        "x509",
        "-req",
        "-in",
        path + ".csr",
        "-CAcreateserial",
        *signed,
        "-days",
        "-1",
        "-out",
        path + ".crt",
    ]
    subprocess.run(again, check=True, stderr=subprocess.DEVNULL)


def key_of(directory: str, name: str) -> bytes:
    """The public key of a certificate, in DER form."""
    file = os.path.join(directory, name + ".crt")
    text = subprocess.run(
        ["openssl", "x509", "-in", file, "-noout", "-pubkey"], check=True, stdout=subprocess.PIPE
    ).stdout
    return subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=text, check=True, stdout=subprocess.PIPE
    ).stdout


# the name server


def zone(directory: str) -> Dict[Tuple[str, int], List[bytes]]:
    """All records, by name and kind."""
    found: Dict[Tuple[str, int], List[bytes]] = {}
    for peer in PEERS:
        found[peer.domain, MX] = [struct.pack("!H", 10) + _encoded(peer.exchanger)]
        found[peer.exchanger, A] = [socket.inet_aton(ADDRESSES[peer.domain])]
        if peer.tlsa:
            of = peer.domain if peer.tlsa == "match" else "ca"
            digest = hashlib.sha256(key_of(directory, of)).digest()
            found["_25._tcp." + peer.exchanger, TLSA] = [bytes([3, 1, 1]) + digest]
        if peer.sts:
            text = b"v=STSv1; id=1;"
            found["_mta-sts." + peer.domain, TXT] = [bytes([len(text)]) + text]
            found["mta-sts." + peer.domain, A] = [socket.inet_aton(WEB_ADDRESS)]
    return found


def _encoded(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def answer(packet: bytes, records: Dict[Tuple[str, int], List[bytes]], validates: bool) -> bytes:
    """The reply to a question. The bit AD is set for signed names and the root, where the question has DO."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode().lower())
        at += 1 + packet[at]
    end, name = at + 5, ".".join(labels)
    kind = struct.unpack("!H", packet[at + 1 : at + 3])[0]
    found = records.get((name, kind), [])
    names = {known for known, _kind in records}
    code = 0 if found or name in names or not name else 3
    asks = len(packet) >= end + 11 and bool(packet[end + 7] & 0x80)
    signed = not name or any(peer.signed and (name + ".").endswith(peer.domain + ".") for peer in PEERS)
    flags = 0x8180 | code | (0x20 if validates and asks and signed else 0)
    data = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(one)) + one for one in found)
    return packet[:2] + struct.pack("!5H", flags, 1, len(found), 0, 0) + packet[12:end] + data


def serve_names(address: str, port: int, records: Dict[Tuple[str, int], List[bytes]], validates: bool) -> None:
    """A name server in a thread."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, port))

    def run() -> None:
        while True:
            packet, client = server.recvfrom(4096)
            server.sendto(answer(packet, records, validates), client)

    threading.Thread(target=run, daemon=True).start()


# servers over TCP


def listen(address: str, port: int, serve: Callable[[Any], None]) -> None:
    """Serve connections in threads."""
    server = socket.create_server((address, port))

    def one(client: Any) -> None:
        client.settimeout(_TIMEOUT)
        try:
            serve(client)
        except (OSError, EOFError):
            pass  # the other side is gone, or did not like what it saw
        finally:
            client.close()

    def run() -> None:
        while True:
            threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()


def context_of(directory: str, name: str, old: bool = False) -> ssl.SSLContext:
    """What a server begins TLS with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(directory, name + ".crt"), os.path.join(directory, name + ".key"))
    if old:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    return context


class Session:
    """One conversation in SMTP."""

    def __init__(self, client: Any, peer: Peer, context: Optional[ssl.SSLContext], record: Callable[..., None]) -> None:
        self.client, self.peer, self.context, self.record = client, peer, context, record
        self.version: Optional[str] = None
        self.recipient = ""
        self.buffer = b""

    def run(self) -> None:
        """Talk until QUIT."""
        self.say("220 %s" % self.peer.exchanger)
        while True:
            line = self.line()
            verb = line.split(":")[0].split(" ")[0].upper()
            if verb == "EHLO":
                more = ["250-STARTTLS"] if self.context and not self.version else []
                self.say("250-%s" % self.peer.exchanger, *more, "250 8BITMIME")
            elif verb == "STARTTLS" and self.context:
                self.say("220 go ahead")
                self.client = self.context.wrap_socket(self.client, server_side=True)
                self.version = self.client.version()
            elif verb == "RCPT":
                self.recipient = line.partition("<")[2].partition(">")[0]
                self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go ahead")
                while self.line() != ".":
                    pass
                self.record(peer=self.peer.domain, recipient=self.recipient, tls=self.version)
                self.say("250 ok")
            elif verb == "QUIT":
                return
            else:
                self.say("250 ok" if verb == "MAIL" else "500 unknown")

    def say(self, *lines: str) -> None:
        """A reply."""
        self.client.sendall("".join(line + "\r\n" for line in lines).encode())

    def line(self) -> str:
        """The next line."""
        while b"\n" not in self.buffer:
            data = self.client.recv(4096)
            if not data:
                raise EOFError()
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode("utf-8", "replace")


def serve_policies(client: Any, context: ssl.SSLContext) -> None:
    """One request for a policy of MTA-STS."""
    peer = context.wrap_socket(client, server_side=True)
    request = b""
    while b"\r\n\r\n" not in request:
        data = peer.recv(4096)
        if not data:
            raise EOFError()
        request += data
    hosts = [line[5:].strip().decode() for line in request.split(b"\r\n") if line.lower().startswith(b"host:")]
    names = {"mta-sts." + one.domain: one.sts for one in PEERS if one.sts}
    body = "version: STSv1\nmode: enforce\nmx: %s\nmax_age: 86400\n" % names[hosts[0]]
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    peer.sendall((head % len(body) + body).encode())
    peer.close()


def start(directory: str, smtp: int, https: int, dns: int) -> None:
    """Serve everything in threads."""
    lock, received = threading.Lock(), os.path.join(directory, "received")

    def record(**values: Any) -> None:
        with lock, open(received, "a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")

    def mail(peer: Peer) -> Callable[[Any], None]:
        context = context_of(directory, peer.domain, peer.old) if peer.certificate else None
        return lambda client: Session(client, peer, context, record).run()

    records = zone(directory)
    serve_names(DNS_ADDRESS, dns, records, True)
    serve_names(DNS_WITHOUT_VALIDATION, dns, records, False)
    for peer in PEERS:
        listen(ADDRESSES[peer.domain], smtp, mail(peer))
    web = context_of(directory, "web")
    listen(WEB_ADDRESS, https, lambda client: serve_policies(client, web))


def main() -> None:
    """Run as a program."""
    directory, what = sys.argv[1:3]
    if what == "make":
        make(directory)
        return
    start(directory, *map(int, sys.argv[3:6]))
    threading.Event().wait()


if __name__ == "__main__":
    main()
