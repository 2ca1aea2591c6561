# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is served is compared with what is deployed, against real TLS servers in threads."""

import hashlib
import ipaddress
import socket
import ssl
import struct
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.backends import default_backend
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from plugins.module_utils.pki import served
from plugins.module_utils.pki.served import Endpoint

BEGIN = datetime(2026, 11, 21, 10, tzinfo=timezone.utc)
SOON = 5.0  # seconds, more than any answer here needs


class Pair:
    """A certificate with its key, in files below a directory."""

    def __init__(self, directory, name, end=BEGIN + timedelta(days=90)):
        key = ec.generate_private_key(ec.SECP256R1(), default_backend())
        title = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        builder = x509.CertificateBuilder().subject_name(title).issuer_name(title).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).add_extension(names, False)
        builder = builder.not_valid_before(BEGIN).not_valid_after(end)
        made = builder.sign(key, hashes.SHA256(), default_backend())
        self.der = made.public_bytes(serialization.Encoding.DER)
        self.pem = made.public_bytes(serialization.Encoding.PEM)
        self.certificate, self.key = directory / (name + ".crt"), directory / (name + ".key")
        self.certificate.write_bytes(self.pem)
        self.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    @property
    def fingerprint(self):
        return hashlib.sha256(self.der).hexdigest()


def smtp(connection, extensions=(b"PIPELINING", b"STARTTLS")):
    stream = connection.makefile("rb", buffering=0)
    connection.sendall(b"220-mx.example.com greets\r\n220 and is ready\r\n")
    assert stream.readline().startswith(b"EHLO ")
    lines = [b"mx.example.com"] + list(extensions)
    for number, line in enumerate(lines):
        connection.sendall(b"250" + (b"-" if number + 1 < len(lines) else b" ") + line + b"\r\n")
    if b"STARTTLS" not in extensions:
        return False
    assert stream.readline() == b"STARTTLS\r\n"
    connection.sendall(b"220 go ahead\r\n")
    return True


def postgresql(connection):
    assert connection.recv(8) == struct.pack("!ii", 8, 80877103)
    connection.sendall(b"S")
    return True


def at_once(_connection):
    return True


class Server:
    """A TLS server; `begin` speaks before TLS and says whether it comes to that. `pairs` by server name, '' for all."""

    def __init__(self, pair, begin=at_once, pairs=None):
        self.pair, self.begin, self.pairs = pair, begin, pairs or {}
        self.listener = socket.create_server(("127.0.0.1", 0)) if hasattr(socket, "create_server") else self._old()
        self.port = self.listener.getsockname()[1]
        self.asked = 0
        threading.Thread(target=self._serve, daemon=True).start()

    @staticmethod
    def _old():
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        return listener

    def _context(self, pair):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(str(pair.certificate), str(pair.key))
        return context

    def _serve(self):
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            self.asked += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection:
            try:
                if not self.begin(connection):
                    return
                context = self._context(self.pair)
                if self.pairs:
                    context.set_servername_callback(self._by_name)
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(1)
            except OSError:
                pass

    def _by_name(self, secure, name, _context):
        if name in self.pairs:
            secure.context = self._context(self.pairs[name])

    def endpoint(self, protocol="https", server_name="", timeout=SOON):
        return Endpoint("127.0.0.1", self.port, protocol, server_name, str(self.pair.certificate), timeout)

    def close(self):
        self.listener.close()


@pytest.fixture
def server_of():
    made = []

    def make(*arguments, **keywords):
        made.append(Server(*arguments, **keywords))
        return made[-1]

    yield make
    for server in made:
        server.close()


def leaf(pair):
    return served.leaf_of(pair.der)


def ask(endpoint):
    return served.ask(endpoint, endpoint.timeout)


@pytest.mark.parametrize(
    ("protocol", "begin"),
    [("smtp", smtp), ("smtps", at_once), ("https", at_once), ("postgresql", postgresql), ("ldaps", at_once)],
)
def test_the_served_leaf_is_found_over_every_protocol(protocol, begin, server_of, tmp_path):
    pair = Pair(tmp_path, "a")
    answer = ask(server_of(pair, begin).endpoint(protocol))
    assert (answer.problem, answer.served) == ("", leaf(pair))
    assert answer.served.fingerprint == pair.fingerprint


def plain_http(answer):
    """Begin for a server that knows plain HTTP, too: whoever begins with a request gets the answer."""

    def begin(connection):
        if connection.recv(1, socket.MSG_PEEK) != b"G":
            return True
        stream = connection.makefile("rb")
        while stream.readline().strip():
            pass
        connection.sendall(answer)
        return False

    return begin


def plain_login(answer):
    """Begin for a PostgreSQL; whoever logs in without TLS gets the answer."""

    def begin(connection):
        if connection.recv(8, socket.MSG_PEEK)[4:] == struct.pack("!i", 80877103):
            return postgresql(connection)
        length, protocol = struct.unpack("!ii", connection.recv(8))
        fields = connection.recv(length)
        assert (len(fields), protocol) == (length - 8, 196608)
        assert fields.split(b"\0")[0::2][:2] == [b"user", b"database"] and fields.endswith(b"\0\0")
        connection.sendall(answer)
        return False

    return begin


@pytest.mark.parametrize(
    ("protocol", "begin", "words"),
    [
        ("https", plain_http(b"HTTP/1.1 200 OK\r\n\r\n"), "answers without TLS: HTTP/1.1 200 OK"),
        ("https", plain_http(b"HTTP/1.1 401 Unauthorized\r\n\r\n"), "answers without TLS: HTTP/1.1 401 Unauthorized"),
        (
            "https",
            plain_http(b"HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n"),
            "answers without TLS: HTTP/1.1 302 Found",
        ),
        ("https", plain_http(b"HTTP/1.1 302 Found\r\n\r\n"), "answers without TLS: HTTP/1.1 302 Found"),
        ("https", plain_http(b"HTTP/1.1 301 Moved\r\nServer: x\r\nLocation: https://x/\r\n\r\n"), ""),
        ("https", plain_http(b"HTTP/1.1 400 Bad Request\r\n\r\n"), ""),
        ("https", plain_http(b"HTTP/1.1 403 Forbidden\r\n\r\n"), ""),
        ("https", plain_http(b""), ""),
        ("https", plain_http(b"SSH-2.0\r\n"), ""),
        ("postgresql", plain_login(b"R\0\0\0\x08\0\0\0\0"), "lets clients log in without TLS; see pg_hba.conf"),
        ("postgresql", plain_login(b"E\0\0\0\x08FATAL"), ""),
        ("postgresql", plain_login(b""), ""),
    ],
)
def test_what_is_answered_without_tls_is_a_problem_beside_the_right_certificate(
    protocol, begin, words, server_of, tmp_path
):
    server = server_of(Pair(tmp_path, "a"), begin)
    endpoint = server.endpoint(protocol)._replace(plain_ports=[server.port])
    answer = served.serves(endpoint, leaf(server.pair), True)
    assert answer.served == leaf(server.pair)
    assert answer.plain == (words and "port %d %s" % (server.port, words))


def test_nobody_who_listens_answers_nothing_without_tls(server_of, tmp_path):
    server, closed = server_of(Pair(tmp_path, "a")), server_of(Pair(tmp_path, "b"))
    closed.close()
    assert ask(server.endpoint()._replace(plain_ports=[closed.port])).plain == ""


def test_every_protocol_has_a_way_to_begin_tls():
    assert set(served.PROTOCOLS) == {"smtp", "smtps", "https", "postgresql", "ldaps"}


def test_the_name_asked_for_decides_which_certificate_of_a_server_is_compared(server_of, tmp_path):
    first, second = Pair(tmp_path, "a"), Pair(tmp_path, "b")
    server = server_of(first, pairs={"b.example.com": second})
    assert ask(server.endpoint()).served == leaf(first)
    assert ask(server.endpoint(server_name="b.example.com")).served == leaf(second)


def test_the_first_certificate_of_a_file_with_its_chain_and_comments_is_the_leaf(tmp_path):
    first, second = Pair(tmp_path, "a"), Pair(tmp_path, "b")
    assert served.first_leaf(b"# subject: a\r\n" + first.pem.replace(b"\n", b"\r\n") + second.pem) == leaf(first)
    assert served.first_leaf(first.key.read_bytes() + first.pem) == leaf(first)
    assert served.first_leaf(b"nothing") is None
    assert served.first_leaf(b"") is None


@pytest.mark.parametrize("end", [BEGIN + timedelta(days=90), datetime(2126, 1, 2, 3, 4, 5, tzinfo=timezone.utc)])
def test_the_dates_are_read_from_both_kinds_of_time(end, tmp_path):
    found = leaf(Pair(tmp_path, "a", end))
    assert found.not_before == "2026-11-21T10:00:00Z"
    assert found.not_after == end.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("cut", [0, 1, 2, 10, 60, 100])
def test_a_damaged_certificate_has_no_dates_and_is_no_crash(cut, tmp_path):
    assert served.validity(Pair(tmp_path, "a").der[:cut]) == ("", "")


def test_it_is_asked_again_until_the_server_has_taken_the_certificate_over(server_of, tmp_path):
    old, new = Pair(tmp_path, "old"), Pair(tmp_path, "new")
    server = server_of(old)
    asked = []

    def begin(_connection):
        asked.append(1)
        if len(asked) == 3:
            server.pair = new
        return True

    server.begin = begin
    answer = served.serves(server.endpoint(timeout=60.0), leaf(new), once=False)
    assert answer.served == leaf(new)
    assert len(asked) == 3


def test_it_is_asked_a_single_time_where_that_is_requested_or_no_time_is_left(server_of, tmp_path):
    old, new = Pair(tmp_path, "old"), Pair(tmp_path, "new")
    server = server_of(old)
    assert served.serves(server.endpoint(), leaf(new), once=True).served == leaf(old)
    assert server.asked == 1
    assert served.serves(server.endpoint(timeout=0.2), leaf(new), once=False).served in (leaf(old), None)
    assert server.asked == 2


def no_starttls(connection):
    return smtp(connection, extensions=(b"PIPELINING", b"XSTARTTLS"))


def says(text):
    def begin(connection):
        connection.sendall(text)
        connection.recv(64)
        return False

    return begin


@pytest.mark.parametrize(
    ("protocol", "begin", "words"),
    [
        ("smtp", no_starttls, "does not offer STARTTLS"),
        ("smtp", says(b"554 go away\r\n"), "did not greet: 554 go away"),
        ("smtp", says(b"x" * 5000), "a line without an end"),
        ("smtp", says(b"220-again\r\n" * 200), "did not greet within 100 lines"),
        ("smtp", lambda connection: False, "closed the connection"),
        ("postgresql", says(b"N"), "ssl is off"),
        ("postgresql", says(b"E"), "does not answer as PostgreSQL does"),
        ("https", says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "the TLS handshake failed"),
    ],
)
def test_a_server_that_does_not_come_to_tls_is_a_problem_in_words(protocol, begin, words, server_of, tmp_path):
    answer = ask(server_of(Pair(tmp_path, "a"), begin).endpoint(protocol))
    assert answer.served is None
    assert words in answer.problem


def test_a_silent_server_does_not_hold_the_task_up_beyond_its_time(server_of, tmp_path):
    released = threading.Event()
    server = server_of(Pair(tmp_path, "a"), lambda connection: released.wait(60) and False)
    answer = served.serves(server.endpoint("smtp", timeout=0.3), leaf(Pair(tmp_path, "b")), once=False)
    released.set()
    assert (answer.served, answer.problem) == (None, "no answer in time")


def test_a_closed_port_is_a_problem_in_words(server_of, tmp_path):
    server = server_of(Pair(tmp_path, "a"))
    server.close()
    time.sleep(0)
    assert ask(Endpoint("127.0.0.1", 1, "smtp", "", "", SOON)).problem == "Connection refused"
