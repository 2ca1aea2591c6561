# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The health gate lets nothing pass that it did not see, and waits no longer than it must."""

import os
import socket
import ssl
import struct
import subprocess
import threading

import pytest

from plugins.module_utils import node_options
from plugins.module_utils.daemon import banner, health
from plugins.module_utils.daemon.console import Console
from plugins.module_utils.daemon.controller import Daemon, Gate
from plugins.module_utils.daemon.health import Expectation, Finding, Probe
from plugins.module_utils.daemon.process import Process, ThreadStatus
from plugins.module_utils.host.service_manager import Manager
from plugins.module_utils.security.capabilities import NONE, CapabilitySets
from plugins.module_utils.security.kernel_identity import Identity
from plugins.module_utils.tls.inbound import Entrance

BIND = frozenset([10])
SETS = CapabilitySets(BIND, BIND, frozenset())
IDENTITY = Identity(900, 901, None, SETS, None)
PROCESS = Process(10, 1000.0, "/opt/msys/ecelerity/sbin/ecelerity", 500)
EMPTY = frozenset()


def thread(tid=10, **changes):
    good = ThreadStatus(tid, (900,) * 4, (901,) * 4, frozenset([901]), BIND, BIND, EMPTY, EMPTY, frozenset(range(41)))
    return good._replace(**changes)


def probe(**changes):
    answers = {
        "unit": lambda: "active",
        "process": lambda: PROCESS,
        "threads": lambda pid: [thread(10), thread(11)],
        "root": lambda pid: "/",
        "console": lambda: (True, "Ecelerity Version: 5.3.0\nmore"),
        "port": lambda port, pid: (True, "220 mail.example.com ESMTP"),
    }
    return Probe(**dict(answers, **changes))


def wrong(findings):
    return [finding.subject for finding in findings if not finding.ok]


def checked(identity=IDENTITY, ports=(25,), replaced=None, **changes):
    return health.check(Expectation(identity, ports, replaced), probe(**changes))


def test_a_healthy_daemon_passes_and_every_proof_is_told():
    findings = checked()
    assert health.is_healthy(findings)
    assert [finding.subject for finding in findings] == [
        "unit",
        "process",
        "uid",
        "gid",
        "permitted capabilities",
        "effective capabilities",
        "inheritable capabilities",
        "ambient capabilities",
        "root directory",
        "console",
        "port 25",
    ]
    assert health.describe(findings) == ""


@pytest.mark.parametrize(
    ("said", "requested", "ok"),
    [
        ("Ecelerity Version: 5.3.1.12345 r(Core:5.3.1.12345)", "5.3.1", True),
        ("Ecelerity Version: 5.3.1", "5.3.1.12345-1", True),
        ("Ecelerity Version: 5.3.0.12345", "5.3.1", False),
        ("Ecelerity Version: 5.3.10", "5.3.1", False),
        ("no number", "5.3.1", False),
    ],
)
def test_the_running_daemon_must_be_of_the_requested_version(said, requested, ok):
    findings = health.check(Expectation(IDENTITY, (), None, requested), probe(console=lambda: (True, said)))
    (found,) = [finding for finding in findings if finding.subject == "running version"]
    assert (found.ok, found.expected) == (ok, requested)
    silent = health.check(Expectation(IDENTITY, (), None, requested), probe(console=lambda: (False, said)))
    assert "running version" in wrong(silent)


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"unit": lambda: "failed"}, "unit"),
        ({"unit": lambda: "activating"}, "unit"),
        ({"process": lambda: None}, "process"),
        ({"threads": lambda pid: []}, "threads"),
        ({"root": lambda pid: "/jail"}, "root directory"),
        ({"console": lambda: (False, "")}, "console"),
        ({"port": lambda port, pid: (False, "nothing listens")}, "port 25"),
    ],
)
def test_each_thing_that_is_not_as_expected_is_found(changes, subject):
    assert wrong(checked(**changes)) == [subject]


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"uids": (900, 900, 900, 0)}, "uid"),
        ({"uids": (0, 900, 900, 900)}, "uid"),
        ({"gids": (901, 0, 901, 901)}, "gid"),
        ({"permitted": frozenset(range(41))}, "permitted capabilities"),
        ({"permitted": EMPTY}, "permitted capabilities"),
        ({"effective": EMPTY}, "effective capabilities"),
        ({"inheritable": BIND}, "inheritable capabilities"),
        ({"ambient": BIND}, "ambient capabilities"),
        ({"uids": None}, "uid"),
        ({"permitted": None}, "permitted capabilities"),
    ],
)
def test_one_thread_among_many_that_differs_or_cannot_be_seen_is_found(changes, subject):
    threads = [thread(number) for number in range(10, 50)] + [thread(77, **changes)]
    findings = checked(threads=lambda pid: threads)
    assert wrong(findings) == [subject]
    assert "thread 77" in health.describe(findings)


def test_many_differing_threads_are_counted_not_listed():
    findings = checked(threads=lambda pid: [thread(number, effective=EMPTY) for number in range(50)])
    assert "and 47 more" in health.describe(findings)
    assert len(health.describe(findings)) < 200


def test_an_old_kernel_without_ambient_capabilities_is_no_failure():
    assert health.is_healthy(checked(threads=lambda pid: [thread(ambient=None)]))


def test_no_declared_capabilities_means_none_and_none_to_judge_means_any():
    assert wrong(checked(IDENTITY._replace(capabilities=NONE))) == ["permitted capabilities", "effective capabilities"]
    every = [thread(permitted=frozenset(range(41)), effective=EMPTY)]
    assert health.is_healthy(checked(IDENTITY._replace(capabilities=None), threads=lambda pid: every))


def test_groups_are_judged_only_where_they_are_declared():
    threads = [thread(groups=frozenset([0, 10]))]
    assert health.is_healthy(checked(threads=lambda pid: threads))
    declared = IDENTITY._replace(groups=frozenset([950]))
    assert wrong(checked(declared, threads=lambda pid: threads)) == ["groups"]
    for held in ([950], [950, 901]):
        assert health.is_healthy(checked(declared, threads=lambda pid, held=held: [thread(groups=frozenset(held))]))


def test_a_declared_chroot_that_cannot_be_seen_is_not_taken_for_well():
    declared = IDENTITY._replace(chroot="/jail/")
    assert health.is_healthy(checked(declared, root=lambda pid: "/jail"))
    assert wrong(checked(declared, root=lambda pid: None)) == ["root directory"]
    assert health.is_healthy(checked(root=lambda pid: None))


def test_a_node_without_a_unit_is_judged_by_everything_else():
    findings = checked(unit=lambda: None)
    assert health.is_healthy(findings)
    assert "unit" not in [finding.subject for finding in findings]


def test_after_a_restart_the_old_process_is_not_good_enough():
    assert wrong(checked(replaced=PROCESS)) == ["process"]
    assert health.is_healthy(checked(replaced=PROCESS._replace(start_ticks=400)))


def test_a_daemon_that_is_replaced_while_it_is_looked_at_does_not_pass():
    seen = iter([PROCESS, PROCESS._replace(pid=12)])
    assert wrong(checked(process=lambda: next(seen))) == ["process"]


class Clock:
    def __init__(self):
        self.now = 100.0
        self.slept = 0

    def sleep(self, seconds):
        self.now += seconds
        self.slept += 1


def wait(timeout=10.0, **changes):
    clock = Clock()
    findings = health.wait(Expectation(IDENTITY, [25]), probe(**changes), timeout, lambda: clock.now, clock.sleep)
    return findings, clock


def test_a_healthy_daemon_is_not_waited_for():
    findings, clock = wait()
    assert health.is_healthy(findings) and clock.slept == 0


def test_a_port_that_is_being_reconfigured_is_asked_again():
    answers = iter([(False, "421 4.3.2 Reconfiguration in progress")] * 3 + [(True, "220 ready")])
    findings, clock = wait(port=lambda port, pid: next(answers))
    assert health.is_healthy(findings) and clock.slept == 3


def test_waiting_ends_with_the_time_and_tells_the_last_round():
    findings, clock = wait(console=lambda: (False, "no such socket"))
    assert wrong(findings) == ["console"]
    assert 109.0 <= clock.now <= 111.0


def test_a_unit_that_systemd_gave_up_is_not_waited_for():
    findings, clock = wait(unit=lambda: "failed", process=lambda: None)
    assert wrong(findings) == ["unit", "process"] and clock.slept == 0
    assert wait(unit=lambda: "activating", process=lambda: None)[1].slept > 0


def test_a_daemon_beside_its_unit_is_told_as_such():
    findings = checked(unit=lambda: "inactive")
    assert wrong(findings) == ["unit"]
    assert "process 10 was started outside of the unit" in health.describe(findings)


def test_findings_are_put_into_words():
    assert health.describe([Finding(True, "a", "b", "b"), Finding(False, "c", "d", "e")]) == "c: expected d, found e"


def test_what_fails_is_named_with_the_option_that_asks_for_it():
    findings = [Finding(False, "port %d" % port, "220", "nothing") for port in (25, 587)] + [
        Finding(True, "console", "x", "x")
    ]
    words = health.remedies(findings)
    assert words.startswith("port 25; port 587: ") and "health.ports (roles: momentum_health_ports" in words
    assert "health.control" not in words
    assert "(roles: momentum_health_tls)" in health.remedies([Finding(False, "TLS at port 25", "a handshake", "none")])
    assert health.remedies([Finding(False, "process", "running", "none")]) == ""


class Server:
    """A listener that says something and hangs up."""

    def __init__(self, words):
        self.socket = socket.create_server(("127.0.0.1", 0)) if hasattr(socket, "create_server") else self._old()
        self.port = self.socket.getsockname()[1]
        self.heard = b""
        self.worker = threading.Thread(target=self._serve, args=(words,), daemon=True)
        self.worker.start()

    @staticmethod
    def _old():
        made = socket.socket()
        made.bind(("127.0.0.1", 0))
        made.listen(5)
        return made

    def _serve(self, words):
        connection, _address = self.socket.accept()
        with connection:
            for part in words:
                connection.sendall(part)
            connection.settimeout(5)
            self.heard = connection.recv(100)

    def close(self):
        self.worker.join(10)
        self.socket.close()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([b"220 mail ESMTP\r\n"], "220 mail ESMTP"),
        ([b"220-mail\r\n220 ESMTP\r\n"], "220-mail"),
        ([b"22", b"0 in parts\r\n"], "220 in parts"),
        ([b"421 4.3.2 Reconfiguration in progress\r\n"], "421 4.3.2 Reconfiguration in progress"),
        ([b"\xff" * 5000], "\ufffd" * 4096),
    ],
)
def test_a_real_listener_is_greeted_and_left_politely(words, expected):
    server = Server(words)
    try:
        assert banner.greeting("127.0.0.1", server.port, 5.0)[:4096] == expected
        server.worker.join(10)
        assert server.heard.startswith(b"QUIT")
        (listener,) = banner.listeners(server.port)
        assert listener.address == "127.0.0.1"
    finally:
        server.close()


class ImplicitTls(Server):
    """A listener that speaks TLS from the first byte, to one client after another."""

    def __init__(self, words, certificate):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        super().__init__(words)

    def _serve(self, words):
        clients = []
        for _client in range(2):
            try:
                connection, _address = self.socket.accept()
            except OSError:
                break  # closed: nobody came a second time
            clients.append(threading.Thread(target=self._talk, args=(connection, words)))
            clients[-1].start()
        for client in clients:
            client.join(20)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)  # nobody comes a second time
        super().close()

    def _talk(self, connection, words):
        connection.settimeout(10)
        try:
            with self.context.wrap_socket(connection, server_side=True) as secured:
                for part in words:
                    secured.sendall(part)
                self.heard = secured.recv(100)
        except OSError:
            connection.close()  # the client that waited for a banner in clear text


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("tls") / "both.pem")
    request = ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=mta", "-keyout", path]
    words = subprocess.check_output(request, stderr=subprocess.DEVNULL)
    with open(path, "ab") as file:
        file.write(words)
    return path


def test_a_listener_with_tls_from_the_first_byte_is_greeted_in_tls(certificate, monkeypatch):
    monkeypatch.setattr(banner, "PATIENCE", 0.2)
    server = ImplicitTls([b"220 mail ESMTP\r\n"], certificate)
    server.socket.listen(5)
    try:
        assert banner.greeting("127.0.0.1", server.port, 10.0) == "220 mail ESMTP"
        server.worker.join(10)
        assert server.heard.startswith(b"QUIT")
    finally:
        server.close()


def daemon_of_this_process(tmp_path, configuration):
    main = tmp_path / "ecelerity.conf"
    main.write_text(configuration)
    parameters = dict.fromkeys(("search_path", "nodename", "subcluster"))
    parameters.update(prefix=str(tmp_path), main=str(main), state_dir=str(tmp_path), validate="never")
    its_node = node_options.from_params(parameters)
    manager = Manager(str(tmp_path), "ecelerity.service", lambda *_arguments: None, str(tmp_path))
    gate = Gate((), "/tmp/2025", tls=[(("ESMTP_Listener", None),)])
    return Daemon(its_node, manager, Console(str(tmp_path), "/tmp/2025"), gate, lambda: node_options.current(its_node))


LISTEN = 'ESMTP_Listener {\n  TLS_Certificate = "/mx.pem"\n  Listen "127.0.0.1:%d" {\n    %s\n  }\n}\n'


def test_a_handshake_is_proven_where_the_configuration_has_implicit_tls(certificate, tmp_path):
    server = ImplicitTls([b"220 mail ESMTP\r\n"], certificate)
    server.socket.listen(5)
    try:
        daemon = daemon_of_this_process(tmp_path, LISTEN % (server.port, "Use_SSL = true"))
        (entrance,) = daemon._tls()
        assert entrance.port == server.port
        begins, words = daemon._tls_begins(entrance, os.getpid())
        assert begins and words.startswith("a certificate valid until 20")
    finally:
        server.close()


def test_what_is_served_must_be_the_certificate_that_the_configuration_names(certificate, tmp_path):
    other = tmp_path / "mx.pem"
    request = ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=mta", "-keyout", os.devnull]
    other.write_bytes(subprocess.check_output(request, stderr=subprocess.DEVNULL))
    for path, fits in ((certificate, True), (str(other), False), (str(tmp_path / "missing.pem"), True)):
        server = ImplicitTls([b"220 mail ESMTP\r\n"], certificate)
        server.socket.listen(5)
        try:
            text = LISTEN.replace("/mx.pem", path) % (server.port, "Use_SSL = true")
            daemon = daemon_of_this_process(tmp_path, text)
            (entrance,) = daemon._tls()
            begins, words = daemon._tls_begins(entrance, os.getpid())
            assert begins is fits, words
            assert fits or "which is not that in %s (valid until 20" % other in words
        finally:
            server.close()


def test_a_listener_that_does_not_keep_its_promise_of_starttls_is_found(tmp_path):
    server = Server([b"220 mail ESMTP\r\n250-mail\r\n250 PIPELINING\r\n"])
    try:
        daemon = daemon_of_this_process(tmp_path, LISTEN % (server.port, 'SMTP_Extensions = ( "STARTTLS" )'))
        (entrance,) = daemon._tls()
        assert daemon._tls_begins(entrance, os.getpid()) == (False, "the server does not offer STARTTLS on 127.0.0.1")
    finally:
        server.close()


def test_ports_without_tls_in_the_configuration_are_not_asked_for_it(tmp_path):
    for text in ("SMTP_Extensions = ( PIPELINING )", 'TLS_Certificate = "none"', "Enable = false\nUse_SSL = true"):
        assert daemon_of_this_process(tmp_path, LISTEN % (25, text))._tls() == []


def test_the_gate_fails_where_no_handshake_succeeds():
    entrance = Entrance((("ESMTP_Listener", None),), 25, "starttls", "", False)
    expectation = Expectation(IDENTITY, (), tls=[entrance])
    assert health.is_healthy(health.check(expectation, probe(tls=lambda _entrance, _pid: (True, "a certificate"))))
    findings = health.check(
        expectation, probe(tls=lambda _entrance, _pid: (False, "the server does not offer STARTTLS"))
    )
    assert "TLS at port 25: expected a handshake (starttls), found the server does not offer" in health.describe(
        findings
    )


class Slow(Server):
    """A listener in clear text that makes its clients wait, as a guard against spam does; TLS it answers as configured."""

    def __init__(self, words, answer):
        self.answer = answer
        super().__init__(words)

    def _serve(self, words):
        connection, _address = self.socket.accept()
        other, _address = self.socket.accept()
        self.answer(other)
        other.close()
        with connection:
            connection.sendall(b"".join(words))
            connection.settimeout(5)
            self.heard = connection.recv(100)


def _reset(connection):
    """Let the close that follows be a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _in_words(connection):
    connection.sendall(b"500 5.5.1 unknown command\r\n")


@pytest.mark.parametrize("answer", [_reset, _in_words, lambda connection: None])
def test_a_slow_listener_in_clear_text_is_waited_for(monkeypatch, answer):
    monkeypatch.setattr(banner, "PATIENCE", 0.2)
    server = Slow([b"220 at last\r\n"], answer)
    try:
        assert banner.greeting("127.0.0.1", server.port, 10.0) == "220 at last"
        server.worker.join(10)
    finally:
        server.close()


def test_a_port_that_nobody_listens_on_cannot_be_reached():
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    assert banner.listeners(port) == []
    with pytest.raises(OSError):
        banner.greeting("127.0.0.1", port, 1.0)
    closed.close()


def test_listeners_are_read_from_the_kernels_tables(tmp_path):
    (tmp_path / "net").mkdir()
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    row = "   0: %s:%s 00000000:0000 %s 00000000:00000000 00:00000000 00000000     0        0 %s 1 0\n"
    (tmp_path / "net" / "tcp").write_text(
        head
        + row % ("0100007F", "0019", "0A", "11")
        + row % ("00000000", "0019", "0A", "12")
        + row % ("0100007F", "0019", "01", "13")
        + row % ("0100007F", "07E9", "0A", "14")
    )
    (tmp_path / "net" / "tcp6").write_text(head + row % ("0" * 32, "0019", "0A", "15"))
    found = banner.listeners(25, str(tmp_path))
    assert found == [("127.0.0.1", "11"), ("0.0.0.0", "12"), ("::", "15")]
    assert banner.is_foreign(found, frozenset(["14"]))
    assert not banner.is_foreign(found, frozenset(["12"]))
    assert not banner.is_foreign([], frozenset())
    assert banner.listeners(25, str(tmp_path / "none")) == []
