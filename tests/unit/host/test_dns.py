# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Name servers that answer, that answer nonsense, and that have more to say than a datagram takes."""

import random
import socket
import struct
import threading

import pytest

from plugins.module_utils.errors import PlanError
from plugins.module_utils.host import dns
from plugins.module_utils.host.tcp import Deadline

NAME = "s1._domainkey.example.com"
QUERY = dns.question(NAME, 4711)


def record(data, kind=16, name=b"\xc0\x0c"):
    return name + struct.pack("!2HIH", kind, 1, 60, len(data)) + data


def reply(*records, flags=0x8180, count=None, query=QUERY):
    head = query[:2] + struct.pack("!5H", flags, 1, len(records) if count is None else count, 0, 0)
    return head + query[12:] + b"".join(records)


def test_a_question_is_that_of_the_rfc():
    assert QUERY == (
        b"\x12\x67\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02s1\x0a_domainkey\x07example\x03com\x00\x00\x10\x00\x01"
    )


def test_the_strings_of_each_record_are_joined_and_aliases_passed_over():
    alias = record(b"\x01t\xc0\x0c", 5)
    assert dns.texts_of(QUERY, reply(alias, record(b"\x02v=\x03abc", name=b"\x01t\xc0\x0c"), record(b"\x00"))) == [
        b"v=abc",
        b"",
    ]
    assert dns.texts_of(QUERY, reply(flags=0x8183)) == [] == dns.texts_of(QUERY, reply())


def test_no_answer_however_broken_is_more_than_an_error():
    whole, lots = reply(record(b"\x05a b c\x02de")), random.Random(7)
    broken = [whole[:place] for place in range(12, len(whole))]
    for _round in range(300):
        text = bytearray(whole)
        for _byte in range(lots.randrange(1, 4)):
            text[lots.randrange(2, len(text))] = lots.randrange(256)
        broken.append(bytes(text))
    for text in broken:
        try:
            dns.texts_of(QUERY, text)
        except (ValueError, IndexError, struct.error):
            pass
    for text in (reply(flags=0x8182), reply(record(b"\x09a")), reply(count=1)):
        with pytest.raises((ValueError, IndexError, struct.error)):
            dns.texts_of(QUERY, text)


class Server:
    """A name server on both protocols, which answers by what the test makes of the query."""

    def __init__(self, udp, tcp=None):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(1)
        self.address = self.listener.getsockname()
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind(self.address)
        threading.Thread(target=self.serve, args=(udp, tcp), daemon=True).start()

    def serve(self, udp, tcp):
        query, peer = self.datagrams.recvfrom(512)
        for answer in udp(query):
            self.datagrams.sendto(answer, peer)
        if tcp is not None:
            connection = self.listener.accept()[0]
            answer = tcp(connection.recv(600)[2:])
            connection.sendall(struct.pack("!H", len(answer)) + answer)


def ask(*servers):
    return dns.txt(NAME, [one.address for one in servers], Deadline(5.0))


def test_what_does_not_fit_is_asked_for_again_by_tcp():
    server = Server(
        lambda query: [reply(flags=0x8380, query=query)], lambda query: reply(record(b"\x03all"), query=query)
    )
    assert ask(server) == dns.Answer([b"all"])


def test_answers_to_other_questions_are_passed_over():
    other = dns.question("s2._domainkey.example.com", 1)
    server = Server(
        lambda query: [
            b"\x00",
            reply(record(b"\x05wrong"), query=bytes([query[0] ^ 1]) + query[1:]),
            reply(record(b"\x05wrong"), query=query[:2] + other[2:]),
            query,
            reply(record(b"\x05right"), query=query),
        ]
    )
    assert ask(server) == dns.Answer([b"right"])


def test_the_next_server_is_asked_where_one_fails():
    failing = Server(lambda query: [reply(flags=0x8182, query=query)])
    knowing = Server(lambda query: [reply(record(b"\x02ok"), query=query)])
    assert ask(failing, knowing) == dns.Answer([b"ok"])
    answer = ask(Server(lambda query: [reply(flags=0x8182, query=query)]))
    assert answer.texts is None and "its code is 2" in answer.reason
    assert dns.txt(NAME, [], Deadline(1.0)).texts is None
    assert "too long" in dns.txt("a" * 64 + ".example", [("127.0.0.1", 9)], Deadline(1.0)).reason


def test_the_servers_are_those_of_the_node_or_of_the_task(tmp_path):
    path = tmp_path / "resolv.conf"
    path.write_text("search example.com\nnameserver 192.0.2.1 # first\n nameserver\t2001:db8::1\nnameserver\n")
    assert dns.servers((), str(path)) == [("192.0.2.1", 53), ("2001:db8::1", 53)]
    assert dns.servers((), str(tmp_path / "none")) == [("127.0.0.1", 53)]
    assert dns.servers(["192.0.2.2", "192.0.2.2:5353", "2001:db8::2", "[2001:db8::2]:54"]) == [
        ("192.0.2.2", 53),
        ("192.0.2.2", 5353),
        ("2001:db8::2", 53),
        ("2001:db8::2", 54),
    ]
    assert dns.servers(["fe80::1%lo"]) == [("fe80::1%lo", 53)]
    for wrong in (
        "ns.example.com 192.0.2.1:no 192.0.2.1:70000 [::1 192.0.2.1/24 me@192.0.2.1 192.0.2.1:0 53 192.0.2 192.0.2.1?x 192.0.2.1#x".split()
        + [""]
    ):
        with pytest.raises(PlanError, match="resolvers"):
            dns.servers([wrong])
