# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS of sent mail: what a declaration writes, what it leaves, and what it cannot have."""

import socket
import struct
import threading
from pathlib import Path

import pytest
from tls_node import VALIDATING, Node, declared, old_library

from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.host import dns
from plugins.module_utils.host.tcp import Deadline
from plugins.module_utils.tls import dnssec
from plugins.module_utils.tls.complaints import Refused
from plugins.module_utils.tls.dnssec import NameServer, Resolver

FLOOR = 'TLS_Protocols = "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1"\n'
CA = 'TLS_CA = "%s"\n' % (Path(__file__).parent / "authority.pem")


def after(main="", version="5.3", targets=(), **entry):
    return Node(main, version).after(*targets, outbound=declared(**entry))


def refused(main="", version="5.3", targets=(), resolver=VALIDATING, library=None, **entry):
    with pytest.raises(Refused) as caught:
        Node(main, version, library).resolve(*targets, outbound=declared(resolver, **entry))
    return caught.value.complaints


def test_nothing_but_the_word_is_opportunistic_with_a_floor():
    assert sorted(after().splitlines()) == sorted((FLOOR + 'TLS = "ifavailable"').splitlines())


@pytest.mark.parametrize("policy, word", [("none", "no"), ("opportunistic", "ifavailable"), ("required", "required")])
def test_a_policy_is_a_word_of_the_manual(policy, word):
    assert "TLS = %s" % word in after(policy=policy).replace('"', "")


def test_where_nothing_is_sent_over_tls_no_protocols_are_set():
    assert "Protocols" not in after(policy="none")
    assert "Protocols" in after(CA, policy="none", domains=[{"domain": "partner.example"}])


@pytest.mark.parametrize(
    "there, policy, kept",
    [("required", "opportunistic", "required"), ("no", "opportunistic", "ifavailable"), ("IfAvailable", "none", "ifavailable"),
     ("ifavailable", "required", "required"), ("nonsense", "opportunistic", "ifavailable")],
)  # fmt: skip
def test_a_policy_that_is_stricter_stays_where_that_is_asked_for(there, policy, kept):
    text = after("TLS = %s\n" % there, policy=policy, keep_stricter=True, minimum="unmanaged")
    assert text.replace('"', "").lower() == "tls = %s\n" % kept


def test_what_a_target_allows_of_the_global_scope_holds_for_sent_mail_too():
    modern = {"protocols": "+TLSv1.3"}
    assert refused(targets=[modern], minimum="unmanaged")
    assert "ifavailable" in after(targets=[dict(modern, allow=["plaintext_downgrade"])], minimum="unmanaged")


def test_stricter_protocols_stay():
    strict = 'TLS_Protocols = "+TLSv1.3"\n'
    assert after(strict, fallback=False).startswith(strict)


def test_a_profile_of_the_same_task_sets_the_protocols():
    assert after(targets=[{"profile": "mozilla-intermediate"}]).count("TLS_Protocols") == 1
    (one,) = refused(targets=[{"protocols": "+ALL:-SSLv3"}])
    assert one.option == "outbound.minimum" and "TLSv1.0" in one.reason and one.remedy


def test_a_domain_is_required_and_verified_unless_it_says_otherwise():
    text = after(CA, domains=[{"domain": "partner.example"}, {"domain": "open.example", "policy": "none"}])
    partner, other = text.split('Domain "')[1:]
    assert partner.startswith("partner.example") and 'TLS = "required"' in partner and 'TLS_Verify = "host"' in partner
    assert other.startswith("open.example") and "TLS = no" in other and "Verify" not in other


def test_what_is_checked_needs_authorities():
    (one,) = refused(domains=[{"domain": "partner.example"}])
    assert one.scope == 'Domain "partner.example"' and "momentum_outbound_tls.ca" in one.remedy
    assert [each.scope for each in refused(mta_sts=True)] == ["global"]
    assert [each.option for each in refused(verify="optional")] == ["TLS_CA"]


@pytest.mark.parametrize("file", ["", "none"])
def test_no_file_has_no_authorities(file):
    assert [each.option for each in refused('TLS_CA = "%s"\n' % file, verify="host")] == ["TLS_CA"]


def test_a_file_of_authorities_that_is_in_force_already_is_judged(tmp_path):
    (one,) = refused('TLS_CA = "%s/ca.pem"\n' % tmp_path, domains=[{"domain": "p.example"}])
    assert one.option == "TLS_CA" and "No such file" in one.reason


def test_a_domain_that_is_there_twice_is_refused():
    (one,) = refused(CA, domains=[{"domain": "p.example"}, {"domain": "P.example"}])
    assert "twice" in one.reason


@pytest.mark.parametrize(
    "name",
    [
        " ",
        "münchen.example",
        "p.example.",
        "*.p.example",
        "@p.example",
        " p.example",
        "p.example,q.example",
        "p..example",
        "//",
    ],
)
def test_what_no_recipient_is_at_is_no_domain(name):
    # With no authorities for them either, of which nothing is reported.
    for text in (CA, ""):
        (one,) = refused(text, domains=[{"domain": name}])
        assert one.reason == "is no domain" and "xn--" in one.remedy
    target = {"bindings": ["b"], "domain": name, "tls": "required"}
    assert [each.reason for each in refused('Binding "b" { }\n', targets=[target])] == ["is no domain"]


def test_an_empty_domain_is_refused_by_its_name_as_well():
    (one,) = refused(domains=[{"domain": ""}])
    assert (one.option, one.reason) == ("outbound.domains", "is no domain")


@pytest.mark.parametrize("purge", [False, True])
def test_an_exception_that_is_declared_is_named_and_not_said_to_go_with_a_purge(purge):
    domain = {"domain": "old.example", "policy": "none"}
    (one,) = Node("", "5.3").resolve(outbound=declared(domains=[domain]), purge=purge).weaker
    assert (one["option"], one["value"], one["removed"]) == ("TLS", "no", False)
    assert one["remedy"].startswith("purge leaves it, because the task asks for something in this very scope")


@pytest.mark.parametrize(
    "name", ["/(?:^|[.])p[.]example$/", "192.0.2.1", "[IPv6:2001:db8::1]", "xn--mnchen-3ya.example", "_a.example"]
)
def test_what_the_manual_has_as_a_domain_is_one(name):
    assert 'Domain "%s"' % name in after(domains=[{"domain": name, "verify": "no"}])


def test_a_domain_is_the_one_that_is_there_whatever_its_letters():
    there = 'Domain "P.example" {\n}\nBinding "b" {\n  Domain "p.EXAMPLE" {\n    TLS = "ifavailable"\n  }\n}\n'
    text = after(
        there,
        domains=[{"domain": "p.example", "verify": "no"}],
        targets=[{"bindings": ["b"], "domain": "P.example", "tls": "required"}],
    )
    assert text.count("omain") == 2 and text.count('TLS = "required"') == 2
    resolution = Node(there).resolve(outbound=declared(domains=[{"domain": "p.example", "verify": "no"}]))
    assert [one["because"] for one in resolution.weaker] == ['it is ifavailable, unlike scope Domain "P.example"']


def test_dane_is_the_module_and_both_options():
    lines = after(dane=True).splitlines()
    assert "dane {" in lines or "dane {}" in lines
    assert "Use_DANE = true" in lines and "Enable_DANE = true" in lines
    only = after(CA, domains=[{"domain": "p.example", "dane": True}])
    assert "dane {" in only and only.index("Use_DANE") > only.index("Domain")


def test_the_module_that_is_there_stays():
    assert after("dane {}\n" + FLOOR, dane=True).count("dane {") == 1


def test_mta_sts_is_both_options():
    text = after(CA, mta_sts=True)
    assert "Use_MTA_STS = true" in text and "Enable_MTA_STS = true" in text and "dane" not in text


@pytest.mark.parametrize("entry", [{"dane": True}, {"mta_sts": True}])
def test_versions_before_4_8_have_neither(entry):
    complaints = refused(CA, "4.6", **entry)
    assert complaints and all("4.6" in one.reason and "4.8" in one.remedy for one in complaints)


def test_versions_that_cannot_limit_protocols_and_gnutls_need_a_word():
    (one,) = refused(version="4.0", library=old_library())
    assert one.option == "TLS_Protocols" and "leave it out" in one.remedy
    (one,) = refused('TLS_Engine = "gnutls"\n')
    assert one.option == "outbound.minimum" and "unmanaged" in one.remedy
    assert "Protocols" not in after('TLS_Engine = "gnutls"\n', minimum="unmanaged")


def test_tls_1_3_alone_is_no_floor_of_what_falls_back():
    assert refused(minimum="TLSv1.3")
    assert 'TLS = "ifavailable"' in after(minimum="TLSv1.3", fallback=False)


@pytest.mark.parametrize(
    "resolver, words",
    [
        (Resolver("/r", [NameServer("127.0.0.1", ""), NameServer("192.0.2.1", "no bit AD")]), "192.0.2.1"),
        (Resolver("/r", missing=True, because="it does not exist"), "does not exist"),
    ],
)
def test_dane_needs_name_servers_that_validate(resolver, words):
    (one,) = refused(dane=True, resolver=resolver)
    assert one.file == "/r" and words in one.reason and "resolv_conf" in one.remedy
    assert after(resolver=resolver)


def test_a_file_of_name_servers_that_an_earlier_task_makes_is_not_judged():
    resolver = Resolver("/r/resolv.conf", missing=True, because="it does not exist")
    outcome = Node().resolve(outbound=declared(resolver, dane=True), expected=["/r"])
    assert outcome.not_judged == ["/r/resolv.conf"]


BINDINGS = """
Binding "b" {
  TLS = "no"
  Enable_DANE = false
}
Domain "old.example" {
  Use_DANE = false
}
"""


def test_what_undoes_it_in_narrower_scopes_is_found_and_purged():
    outcome = Node(BINDINGS).resolve(outbound=declared(dane=True))
    assert {(one["option"], one["value"]) for one in outcome.weaker} == {
        ("TLS", "no"),
        ("Enable_DANE", "false"),
        ("Use_DANE", "false"),
    }
    text = Node(BINDINGS).after(purge=True, outbound=declared(dane=True))
    assert '"no"' not in text and "false" not in text


def test_a_binding_that_overrides_a_required_domain_is_found():
    main = CA + 'Binding "b" {\n  TLS = "ifavailable"\n}\n'
    outcome = Node(main).resolve(outbound=declared(domains=[{"domain": "partner.example"}]))
    assert [(one["scope"], one["option"]) for one in outcome.weaker] == [('Binding "b"', "TLS")]


# the question to a name server


class Server:
    """A name server of one thread. answer: from a question and its flags to flags and code, or None for silence."""

    def __init__(self, answer):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.answer = answer
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            packet, peer = self.socket.recvfrom(4096)
            number, flags = struct.unpack("!HH", packet[:4])
            for told in self.answer(number, flags, packet):
                self.socket.sendto(told, peer)

    def ask(self, name=".", seconds=1.0):
        return dns.validation("127.0.0.1", name, dns.SOA, Deadline(seconds), self.port)


def reply(number, packet, flags):
    return struct.pack("!HH", number, flags) + packet[4:]


@pytest.mark.parametrize(
    "flags, expected",
    [
        (0x81A0, ("NOERROR", True)),
        (0x8180, ("NOERROR", False)),
        (0x8182, ("SERVFAIL", False)),
        (0x818F, ("code 15", False)),
    ],
)
def test_the_code_and_the_bit_ad_are_read(flags, expected):
    assert Server(lambda number, _flags, packet: [reply(number, packet, flags)]).ask() == expected


def test_a_forwarder_that_passes_bits_on_has_not_validated():
    assert (
        not Server(lambda number, flags, packet: [reply(number, packet, flags | 0x8000)]).ask("example.org").authentic
    )


def test_what_answers_another_question_is_no_answer():
    def strange(number, _flags, packet):
        other = packet[:12] + b"\x01x" + packet[12:]
        return [
            b"",
            b"\xff" * 4,
            reply(number ^ 1, packet, 0x81A0),
            reply(number, other, 0x81A0),
            reply(number, packet, 0x8180),
        ]

    assert Server(strange).ask() == ("NOERROR", False)


def test_silence_ends_with_the_deadline():
    with pytest.raises(socket.timeout):
        Server(lambda *_: []).ask(seconds=0.2)


@pytest.mark.parametrize("name", ["a..b", "x" * 64, ".".join(["x" * 60] * 5), "ä.example"])
def test_names_that_are_none(name):
    with pytest.raises(ValueError):
        dns.encoded(name)


def test_every_server_of_the_file_is_asked(tmp_path):
    file = tmp_path / "resolv.conf"
    file.write_text(
        "# nameserver 192.0.2.9\nnameserver 192.0.2.1\nsearch example\nnameserver 192.0.2.2\nnameserver 192.0.2.1\n"
    )
    answers = {"192.0.2.1": dns.Validation("NOERROR", True), "192.0.2.2": dns.Validation("NOERROR", False)}
    node = Node('resolv_conf = "%s"\n' % file)
    found = dnssec.current(node.effective(), ".", lambda server, *_: answers[server])
    assert [(one.address, bool(one.because)) for one in found.servers] == [("192.0.2.1", False), ("192.0.2.2", True)]
    assert found.file == str(file)


def test_a_server_that_cannot_be_asked_does_not_validate(tmp_path):
    def silent(*_):
        raise socket.timeout("timed out")

    (tmp_path / "r").write_text("")
    effective = Effective(Node('resolv_conf = "%s"\n' % (tmp_path / "r")).load({}))
    (one,) = dnssec.current(effective, ".", silent).servers
    assert one.address == "127.0.0.1" and "timed out" in one.because and not one.as_data()["validates"]
    missing = dnssec.current(Effective(Node('resolv_conf = "/nowhere/r"\n').load({})), ".", silent)
    assert missing.missing and missing.servers == ()
