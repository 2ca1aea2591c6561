# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the stand-in sends, over what, and what it does not: one daemon and many servers of others, in one process."""

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest
import standin_node

STANDIN = Path(__file__).resolve().parents[2] / "standin"
sys.path[:0] = [str(STANDIN.parent / "peers"), str(STANDIN.parent / "unit" / "tls")]

import peers  # noqa: E402
import tls_node  # noqa: E402
from momentum_standin import dane, delivery, sts, tree  # noqa: E402
from outcomes import EXPECTED, PARTNERS, send  # noqa: E402

CONFIGURATION = """
resolv_conf = "{directory}/resolv.conf"
mta_sts_policy_store = "{directory}/policies"
"""


def policy(directory):
    """The declaration of the scenario `sending`, as the collection writes it."""
    domains = [{"domain": name} for name in PARTNERS]
    entry = {"dane": True, "mta_sts": True, "ca": "%s/ca.crt" % directory, "domains": domains}
    return tls_node.Node().after(outbound=tls_node.declared(**entry))


@pytest.fixture(scope="module")
def sent():
    """One daemon that has sent to everybody: its log, and what arrived."""
    directory = Path(
        tempfile.mkdtemp(prefix="peers-")
    )  # the daemon's user reaches it, as it does not what pytest makes
    directory.chmod(0o755)
    peers.make(str(directory))
    ports = [standin_node.free_port() for _number in range(3)]
    peers.start(str(directory), *ports)
    (directory / "resolv.conf").write_text("nameserver %s\n" % peers.DNS_ADDRESS)
    (directory / "policies").mkdir(mode=0o777)
    (directory / "policies").chmod(0o777)
    node = standin_node.Node(str(STANDIN))
    try:
        os.makedirs(node.root + "/etc")
        node.write(node.root + "/etc/momentum-standin-delivery", json.dumps(dict(zip(("smtp", "https", "dns"), ports))))
        node.add(CONFIGURATION.format(directory=directory) + policy(directory))
        node.start()
        send("127.0.0.1", node.port)
        found = outcomes(node)
        assert len(found) == len(EXPECTED), node.read(node.root + "/stderr")
        yield found, received(directory)
    finally:
        node.remove()
        shutil.rmtree(directory)


def outcomes(node):
    """The line of each domain in mainlog, once all are there."""
    deadline = time.monotonic() + 20
    while True:
        lines = [line.split("@", 8) for line in node.read(node.root + "/var/log/ecelerity/mainlog.ec").splitlines()]
        found = {line[4].strip(">"): (line[2], line[-1]) for line in lines if line[2] in "DTP"}
        if len(found) == len(EXPECTED) or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def received(directory):
    lines = [json.loads(line) for line in (directory / "received").read_text().splitlines()]
    return {line["peer"]: line["tls"] for line in lines}


@pytest.mark.parametrize("domain", sorted(EXPECTED))
def test_what_becomes_of_mail(domain, sent):
    log, arrived = sent
    expected = EXPECTED[domain]
    kind, words = log[domain]
    assert kind == expected.kind and expected.words in words, words
    assert (domain in arrived) is (kind == "D") and arrived.get(domain) == expected.tls


def scope(text, domain="d.test"):
    found = tree.Scope("Global")
    for path in text:
        inner = found
        for name, instance in path[:-2]:
            inner = inner.open(name, instance)
        inner.options[path[-2].lower()] = tree.Setting(path[-2], path[-1], "f", 1)
    return delivery.scope_of(found, domain).text("TLS")


def test_the_order_in_which_scopes_are_asked():
    group, binding, domain = ("Binding_Group", "g"), ("Binding", "default"), ("Domain", "D.test")
    orders = [
        (group, binding, domain, "TLS", "1"),
        (binding, domain, "TLS", "2"),
        (group, domain, "TLS", "3"),
        (group, binding, "TLS", "4"),
        (binding, "TLS", "5"),
        (group, "TLS", "6"),
        (domain, "TLS", "7"),
        ("TLS", "8"),
    ]
    opened = [(group, binding, "x", "x")]
    assert [scope(orders[at:] + opened) for at in range(len(orders))] == list("12345678")


@pytest.mark.parametrize(
    ("record", "is_usable"),
    [
        ((3, 1, 1, b"x"), True),
        ((2, 0, 2, b"x"), True),
        ((1, 1, 1, b"x"), False),
        ((3, 1, 9, b"x"), False),
        ((3, 1, 1, b""), False),
    ],
)
def test_records_that_count(record, is_usable):
    assert bool(dane.usable([record])) is is_usable


def test_an_authority_in_a_record_matches_nothing_here():
    with pytest.raises(dane.Mismatch):
        dane.verify([(2, 0, 0, b"x")], b"x")
    dane.verify([(3, 0, 0, b"x")], b"x")


@pytest.mark.parametrize("name", ["a.example", "b.example", "x.a.example", "example"])
def test_a_star_is_one_label(name):
    assert sts.Policy("enforce", ["*.example"]).admits(name) is (name.count(".") == 1)


@pytest.mark.parametrize(
    "text", ["", "version: STSv1\nmode: enforce\nmax_age: 1", "version: STSv1\nmode: all\nmx: a\nmax_age: 1"]
)
def test_a_policy_that_cannot_be_read_is_none(text):
    with pytest.raises(ValueError):
        sts._parsed(text)


def test_nothing_is_sent_where_no_test_declares_it(node):
    node.start()
    send("127.0.0.1", node.port)
    assert "@D@" not in node.read(node.root + "/var/log/ecelerity/mainlog.ec")
