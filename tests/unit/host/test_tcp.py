# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that say too little, too much or too slowly. Work is counted, not timed; one slow server is real."""

import contextlib
import socket
import ssl
import threading

import pytest

from plugins.module_utils.daemon import banner, controller
from plugins.module_utils.host import tcp
from plugins.module_utils.host.tcp import Closed, Conversation, Deadline, TooLong
from plugins.module_utils.pki import served
from plugins.module_utils.pki.served import Endpoint


class Clock:
    """Seconds that pass only when somebody waits."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Peer:
    """A scripted server: `script` yields seconds of silence and the octet after them. Every call is counted."""

    def __init__(self, clock, script=(), cost=0.0):
        self.clock, self.script, self.cost = clock, iter(script), cost
        self.timeout = None
        self.reads, self.timeouts, self.sent, self.closed = 0, [], b"", False
        self._next = None

    def settimeout(self, seconds):
        assert seconds is not None and seconds > 0
        self.timeout = seconds
        self.timeouts.append(seconds)

    def recv(self, size):
        self.reads += 1
        if self._next is None:
            silence, octet = next(self.script, (0.0, b""))
            self._next = (self.clock.now + silence, octet)
        moment, octet = self._next
        if moment - self.clock.now > self.timeout:
            self.clock.now += self.timeout
            raise socket.timeout("timed out")
        self._next = None
        self.clock.now = max(self.clock.now, moment)
        return octet

    def sendall(self, words):
        if self.cost > self.timeout:
            self.clock.now += self.timeout
            raise socket.timeout("timed out")
        self.clock.now += self.cost
        self.sent += words

    def close(self):
        self.closed = True


def said(text, silence=0.0):
    return [(silence, text[at : at + 1]) for at in range(len(text))]


@pytest.fixture
def clock():
    return Clock()


def conversation_with(clock, script, seconds=10.0, **more):
    peer = Peer(clock, script)
    return peer, Conversation(peer, Deadline(seconds, clock), **more)


def test_an_octet_per_second_and_a_half_is_over_at_the_deadline(clock):
    peer, talk = conversation_with(clock, iter(lambda: (1.5, b"x"), None))
    with pytest.raises(socket.timeout):
        talk.line()
    assert peer.reads == 7 and clock.now == 1010.0
    assert peer.timeouts == [10.0, 8.5, 7.0, 5.5, 4.0, 2.5, 1.0]
    with pytest.raises(socket.timeout):
        talk.send(b"QUIT\r\n")
    assert peer.sent == b""


def test_a_line_without_an_end_is_cut_off_and_no_more_is_read(clock):
    peer, talk = conversation_with(clock, iter(lambda: (0.0, b"x"), None))
    with pytest.raises(TooLong, match="a line without an end") as caught:
        talk.line(100)
    assert (len(caught.value.said), peer.reads) == (100, 100)


def test_all_lines_together_have_a_limit(clock):
    peer, talk = conversation_with(clock, iter(said(b"250-x\r\n" * 1000)), limit=50)
    with pytest.raises(TooLong, match="more than 50 octets"):
        while True:
            assert talk.line() == b"250-x\r\n"
    assert peer.reads == talk.seen == 50


def test_nothing_is_read_ahead(clock):
    peer, talk = conversation_with(clock, iter(said(b"220 go ahead\r\n\x16\x03")))
    assert talk.line() == b"220 go ahead\r\n"
    assert peer.reads == 14
    assert talk.octet() == b"\x16"


def test_what_a_server_said_before_it_closed_is_kept(clock):
    _peer, talk = conversation_with(clock, iter(said(b"421 no")))
    with pytest.raises(Closed) as caught:
        talk.line()
    assert caught.value.said == b"421 no"
    with pytest.raises(Closed):
        talk.octet()


def test_the_rest_of_a_line_follows_after_a_timeout(clock):
    whole = Deadline(10.0, clock)
    peer = Peer(clock, said(b"22") + [(3.0, b"0")] + said(b" x\n"))
    with Conversation(peer, whole.within(2.0)) as talk:
        with pytest.raises(socket.timeout):
            talk.line()
        talk.deadline = whole
        assert talk.line() == b"220 x\n"
    assert peer.closed


def test_a_deadline_within_another_ends_with_it(clock):
    whole = Deadline(10.0, clock)
    clock.now += 7.0
    assert whole.within(60.0).left() == 3.0 and whole.within(1.0).left() == 1.0
    clock.now += 3.0
    for ask in (whole.left, lambda: whole.within(5.0)):
        with pytest.raises(socket.timeout):
            ask()


def test_the_handshake_has_what_is_left(clock):
    peer, talk = conversation_with(clock, said(b"220 x\r\n", 1.0))
    talk.line()
    left = []

    class Context:
        @staticmethod
        def wrap_socket(plain, server_hostname):
            left.append((plain.timeout, server_hostname))
            return plain

    talk.begin_tls(Context, "mx.example.com")
    assert left == [(3.0, "mx.example.com")]


def test_every_address_of_a_name_shares_one_deadline(clock, monkeypatch):
    made = []

    class Silent:
        def __init__(self, *_):
            made.append(self)
            self.closed = False

        def settimeout(self, seconds):
            self.timeout = seconds

        def connect(self, _address):
            clock.now += min(self.timeout, 4.0)
            raise socket.timeout("timed out")

        def close(self):
            self.closed = True

    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.%d" % number, 25)) for number in range(50)]
    monkeypatch.setattr(tcp, "_looked_up", lambda *_: addresses)
    monkeypatch.setattr(socket, "socket", Silent)
    with pytest.raises(socket.timeout):
        tcp.connect("mx.example.com", 25, Deadline(10.0, clock))
    assert clock.now == 1010.0
    assert len([one for one in made if hasattr(one, "timeout")]) == 3 and all(one.closed for one in made)


def test_a_resolver_that_does_not_answer_is_left_behind(monkeypatch):
    released, real = threading.Event(), socket.getaddrinfo

    def slow(host, port, family=0, kind=0, proto=0, flags=0):
        if flags & socket.AI_NUMERICHOST:
            return real(host, port, family, kind, proto, flags)
        released.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    try:
        with pytest.raises(socket.timeout):
            tcp.connect("mx.example.com", 25, Deadline(0.1))
    finally:
        released.set()


def test_a_name_that_does_not_exist_is_an_error_in_words(monkeypatch):
    answer = served.ask(Endpoint("does-not-exist.invalid", 25, "smtp", "", "", 5.0), 5.0)
    assert answer.served is None and answer.problem


def greeted(clock, monkeypatch, scripts, timeout=10.0):
    """Greet a scripted listener; one script for each connection."""
    peers = [Peer(clock, script) for script in scripts]
    waiting = iter(peers)

    def connect(_address, _port, deadline):
        return Conversation(next(waiting), deadline)

    monkeypatch.setattr(banner, "connect", connect)
    monkeypatch.setattr(banner, "Deadline", lambda seconds: Deadline(seconds, clock))
    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", lambda self, plain, server_hostname=None: fail_handshake(plain))
    return peers, lambda: banner.greeting("127.0.0.1", 25, timeout)


def fail_handshake(plain):
    plain.clock.now += plain.timeout
    raise socket.timeout("timed out")


def test_a_banner_of_one_octet_per_second_and_a_half_does_not_hold_the_gate(clock, monkeypatch):
    peers, greet = greeted(clock, monkeypatch, [iter(lambda: (1.5, b"2"), None), ()])
    with pytest.raises(socket.timeout):
        greet()
    assert clock.now == 1010.0 and peers[0].reads <= 8 and peers[1].reads == 0


def test_a_listener_that_waits_before_its_banner_still_has_time_after_tls_was_tried(clock, monkeypatch):
    peers, greet = greeted(clock, monkeypatch, [[(7.5, b"2")] + said(b"20 x\r\n"), ()])
    assert greet() == "220 x"
    assert clock.now == 1007.5 and peers[0].sent == b"QUIT\r\n" and peers[1].closed


def test_a_banner_without_an_end_says_that_it_is_cut_off(clock, monkeypatch):
    peers, greet = greeted(clock, monkeypatch, [iter(lambda: (0.0, b"x"), None)])
    assert greet() == "x" * tcp.LONGEST_LINE + " [cut off]"
    assert peers[0].reads == tcp.LONGEST_LINE


@contextlib.contextmanager
def trickle():
    """A real listener that says one octet after the other and never ends the line; how many it said is counted."""
    listener, released, count = socket.socket(), threading.Event(), []
    listener.bind(("127.0.0.1", 0))
    listener.listen(5)
    listener.settimeout(30)

    def serve():
        try:
            peer = listener.accept()[0]
            while not released.wait(0.02):
                peer.sendall(b"2")
                count.append(1)
        except OSError:
            pass

    worker = threading.Thread(target=serve, daemon=True)
    worker.start()
    try:
        yield listener.getsockname()[1], count
    finally:
        released.set()
        worker.join(30)
        listener.close()


def test_a_real_slow_listener_is_given_up():
    with trickle() as (port, count):
        with pytest.raises(socket.timeout):
            banner.greeting("127.0.0.1", port, 0.5)
        # Far from the octets of a line: it was the deadline that ended it.
        assert len(count) < tcp.LONGEST_LINE // 2


@pytest.mark.parametrize("protocol", ["smtp", "https"])
def test_a_real_slow_server_is_given_up(protocol):
    with trickle() as (port, count):
        answer = served.ask(Endpoint("127.0.0.1", port, protocol, "", "", 0.5), 0.5)
        assert answer.served is None and answer.problem
        assert len(count) < tcp.LONGEST_LINE // 2


def test_the_gates_own_timeout_is_shared_by_all_that_is_asked(clock):
    one = object.__new__(controller.Daemon)
    one._gate = None
    assert one._left(10.0) == 10.0
    one._gate = Deadline(30.0, clock)
    assert one._left(10.0) == 10.0 and one._left(60.0) == 30.0
    clock.now += 29.5
    assert one._left(10.0) == 1.0
    clock.now += 60.0
    assert one._left(10.0) == 1.0
