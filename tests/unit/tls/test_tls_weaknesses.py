# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A weak setting must not hide in a narrow scope, and nothing but weak settings may be called weak."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tls_node import WEAK, FakeLibrary, Node, path, weaker

from plugins.module_utils.ecconf import fallback
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.tls.checks.precedence import Precedence
from plugins.module_utils.tls.values import protocols

LIMITED = {"protocols": "+ALL:-SSLv2:-SSLv3:-TLSv1.0:-TLSv1.1"}

OUTBOUND = """
Binding_Group "g" {
  Binding "b1" {
    Domain "old.example" {
      TLS_Protocols = "+ALL"
    }
    Domain "new.example" {
      TLS_Protocols = "+ALL:-ALL:+TLSv1.2"
    }
  }
  Binding "b2" {
  }
}
"""


def test_one_domain_of_one_binding_does_not_hide_from_the_global_scope():
    outcome = Node(OUTBOUND, "4.2").resolve(LIMITED)
    (one,) = outcome.weaker
    assert one["scope"] == 'Binding_Group "g" > Binding "b1" > Domain "old.example"'
    assert (one["option"], one["value"], one["line"], one["removed"]) == ("TLS_Protocols", "+ALL", 5, False)
    assert one["file"] == "/conf/default/ecelerity.conf"
    assert "TLSv1.0" in one["because"] and "global" in one["because"]


PROTOCOLS_OF_LISTENS = """
ESMTP_Listener {
  Listen ":25" {
    TLS_Protocols = "+TLSv1.0:+TLSv1.2"
  }
  Listen ":465" {
    TLS_Protocols = "+ALL:-SSLv3:-TLSv1.0:-TLSv1.1"
  }
}
"""


def test_tls_1_0_in_a_listen_is_weaker_on_5_3_as_well_and_purged():
    profile = {"profile": "mozilla-intermediate"}
    (one,) = Node(PROTOCOLS_OF_LISTENS, "5.3").resolve(profile).weaker
    assert (one["scope"], one["line"]) == ('ESMTP_Listener > Listen ":25"', 4)
    assert one["because"] == "it also speaks TLSv1.0, unlike scope global"
    assert "+TLSv1.0" not in Node(PROTOCOLS_OF_LISTENS, "5.3").after(profile, purge=True)


def test_what_the_configuration_of_openssl_forbids_today_is_weaker_and_said_so():
    library = FakeLibrary()
    library.forbidden = frozenset(["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"])
    (one,) = Node(PROTOCOLS_OF_LISTENS, "5.3", library).resolve({"profile": "mozilla-intermediate"}, purge=True).weaker
    assert one["removed"]
    assert one["because"] == (
        "it also permits TLSv1.0, which only the configuration of this node's OpenSSL forbids, unlike scope global"
    )


CIPHERS = "ECDHE-RSA-AES128-GCM-SHA256"


@pytest.mark.parametrize(
    "requested, narrow, because",
    [
        (CIPHERS, CIPHERS + ":@SECLEVEL=0", "it lowers the security level to 0, unlike scope global"),
        (CIPHERS, CIPHERS + "@SECLEVEL=1", "it lowers the security level to 1, unlike scope global"),
        (CIPHERS, "@SECLEVEL=0:%s:@SECLEVEL=2" % CIPHERS, ""),
        (CIPHERS + ":@SECLEVEL=3", CIPHERS, "it lowers the security level to that of the library, unlike scope global"),
        (CIPHERS + ":@SECLEVEL=1", CIPHERS + ":@SECLEVEL=1", ""),
        (CIPHERS + ":@SECLEVEL=1", CIPHERS, ""),
    ],
)
def test_a_list_of_the_same_ciphers_with_a_lower_security_level_is_weaker(requested, narrow, because):
    node = Node('Domain "d" {\n  TLS_Ciphers = "%s"\n}\n' % narrow, "5.3")
    assert "".join(one["because"] for one in node.resolve({"ciphers": requested}).weaker) == because


class Restricted(FakeLibrary):
    """A policy of the system, such as its security level, forbids what is weak."""

    def ciphers(self, text):
        return tuple(name for name in super().ciphers(text) if name not in WEAK)


def test_what_a_policy_forbids_today_is_weaker_and_a_change():
    node = Node(
        'TLS_Ciphers = "{0}:{1}"\nDomain "d" {{\n  TLS_Ciphers = "{0}:{1}"\n}}\n'.format(CIPHERS, WEAK[0]),
        "5.3",
        Restricted(),
    )
    outcome = node.resolve({"ciphers": CIPHERS})
    assert [change.subject for change in outcome.plan.changes] == ["TLS_Ciphers"]
    assert [one["because"] for one in outcome.weaker] == ["it also offers %s, unlike scope global" % WEAK[0]]
    assert outcome.effective[0]["ciphers"] == [CIPHERS]


@pytest.mark.parametrize("level", [":@SECLEVEL=0", "@SECLEVEL=0"])
def test_a_security_level_that_nobody_asked_for_is_a_change(level):
    text = Node('TLS_Ciphers = "%s"\n' % (CIPHERS + level), "5.3").after({"ciphers": CIPHERS})
    assert text == 'TLS_Ciphers = "%s"\n' % CIPHERS


def test_purge_removes_it_and_leaves_the_stronger_one():
    node = Node(OUTBOUND, "4.2")
    outcome = node.resolve(LIMITED, purge=True)
    assert [(one["removed"], one["remedy"]) for one in outcome.weaker] == [
        (True, "purge (roles: momentum_tls_purge) removes it")
    ]
    text = node.after(LIMITED, purge=True)
    assert '"+ALL"\n' not in text and "+ALL:-ALL:+TLSv1.2" in text


def test_purge_takes_every_assignment_in_every_file():
    node = Node(
        'Domain "d" {\n  TLS_Protocols = "+ALL:-TLSv1.0"\n}\ninclude "more.conf"\n',
        "4.2",
        more='Domain "d" {\n  TLS_Protocols = "+ALL"\n}\n',
    )
    outcome = node.resolve(LIMITED, purge=True)
    assert all(b'-TLSv1.0"' not in edit.after and b'"+ALL"' not in edit.after for edit in outcome.plan.edits)
    assert len(outcome.plan.edits) == 2


def test_without_anything_weaker_nothing_is_reported():
    assert Node('Domain "d" {\n  TLS_Protocols = "+ALL:-ALL:+TLSv1.2"\n}\n', "4.2").resolve(LIMITED).weaker == []


def test_a_scope_that_the_task_names_is_reported_but_not_purged():
    mild = {"bindings": ["b1"], "domain": "old.example", "protocols": "+ALL:-SSLv3"}
    outcome = Node(OUTBOUND, "4.2").resolve(LIMITED, mild, purge=True)
    assert weaker(outcome) == [('Binding_Group "g" > Binding "b1" > Domain "old.example"', "TLS_Protocols", False)]


INBOUND = """
TLS_Verify = "no"
ESMTP_Listener {
  TLS_Ciphers = "HIGH"
  Listen ":25" {
    Pathway = "inside"
    Peer "10.1.0.0/16" {
      TLS_Allow_Renegotiation = "true"
      Starttls_Injection_Policy = "ignore"
    }
  }
  Peer "10.0.0.0/8" {
    TLSv13_Ciphersuites = "TLS_AES_128_CCM_8_SHA256:TLS_AES_128_GCM_SHA256"
  }
}
Pathway "inside" {
  TLS_Allow_Renegotiation = true
  TLS_Ciphers = "DEFAULT"
}
Pathway_Group "x" {
  TLS_Ciphers = "DEFAULT"
}
"""


@pytest.mark.parametrize(
    "target, found",
    [
        (
            {"ciphers": "ECDHE-RSA-AES128-GCM-SHA256"},
            [("ESMTP_Listener", "TLS_Ciphers"), ('Pathway "inside"', "TLS_Ciphers")],
        ),
        (
            {"scope": ["ESMTP_Listener"], "renegotiation": False, "starttls_injection": "reject"},
            [
                ('ESMTP_Listener > Listen ":25" > Peer "10.1.0.0/16"', "TLS_Allow_Renegotiation"),
                ('ESMTP_Listener > Listen ":25" > Peer "10.1.0.0/16"', "Starttls_Injection_Policy"),
            ],
        ),
        (
            {"scope": ["ESMTP_Listener", 'Listen ":25"'], "ciphersuites": "TLS_AES_128_GCM_SHA256"},
            [('ESMTP_Listener > Peer "10.0.0.0/8"', "TLSv13_Ciphersuites")],
        ),
        (
            {"scope": ['Pathway "inside"'], "renegotiation": False},
            [('ESMTP_Listener > Listen ":25" > Peer "10.1.0.0/16"', "TLS_Allow_Renegotiation")],
        ),
        ({"scope": ["HTTP_Listener"], "renegotiation": False}, []),
    ],
)
def test_inbound_scopes_are_compared_in_the_order_in_which_momentum_asks_them(target, found):
    outcome = Node(INBOUND).resolve(target)
    assert [(one["scope"], one["option"]) for one in outcome.weaker] == found


@pytest.mark.parametrize(
    "target, setting",
    [
        ({"verify": "host"}, 'TLS_Verify = "ca"'),
        ({"tls": "required"}, 'TLS = "ifavailable"'),
        ({"tls": "ifavailable", "ifavailable_fallback": False}, "TLS_Ifavailable_Fallback = yes"),
    ],
)
def test_words_and_switches_have_an_order(target, setting):
    option = setting.split(" ")[0]
    assert [one["option"] for one in Node('Domain "d" {\n  %s\n}\n' % setting).resolve(target).weaker] == [option]


@pytest.mark.parametrize("setting", ['TLS_Verify = "host"', 'TLS = "required"', "TLS_Ifavailable_Fallback = no"])
def test_a_stronger_or_equal_word_is_not_weaker(setting):
    target = {"verify": "host", "tls": "required", "ifavailable_fallback": False}
    assert Node('Domain "d" {\n  %s\n}\n' % setting).resolve(target).weaker == []


def test_what_cannot_be_read_is_reported_but_never_purged():
    node = Node('Domain "d" {\n  TLS_Protocols = "+NONSENSE"\n}\n')
    (one,) = node.resolve(LIMITED, purge=True).weaker
    assert one["removed"] is False and "cannot be read" in one["because"]


def test_a_binding_wins_over_a_global_domain():
    node = Node('Domain "d" {\n}\nBinding "b" {\n  TLS_Protocols = "+ALL"\n}\n', "4.2")
    assert weaker(node.resolve(dict(LIMITED, scope=['Domain "d"']))) == [('Binding "b"', "TLS_Protocols", False)]
    assert weaker(node.resolve(dict(LIMITED, bindings=["b"], domain="d"))) == []


def test_a_plain_domain_replaces_a_pattern_that_holds_for_it_and_no_other():
    node = Node('Domain "a.example" {\n  TLS = "no"\n}\nDomain "b.test" {\n  TLS = "no"\n}\n')
    outcome = node.resolve({"scope": [r'Domain "/[.]example$/"'], "tls": "required"})
    assert weaker(outcome) == [('Domain "a.example"', "TLS", False)]


def test_a_narrower_range_replaces_a_wider_one():
    node = Node('ESMTP_Listener {\n  Peer "10.1.0.0/16" {\n    TLS_Verify_Mode = "none"\n  }\n}\n')
    wide = {"scope": ["ESMTP_Listener", 'Peer "10.0.0.0/8"'], "verify_mode": "require"}
    other = {"scope": ["ESMTP_Listener", 'Peer "192.0.2.0/24"'], "verify_mode": "require"}
    assert weaker(node.resolve(wide)) == [('ESMTP_Listener > Peer "10.1.0.0/16"', "TLS_Verify_Mode", False)]
    assert weaker(node.resolve(other)) == []


def test_priority_strings_are_compared_by_their_protocols():
    node = Node('TLS_Engine = "gnutls"\nDomain "d" {\n  TLS_Ciphers = "NORMAL"\n}\n')
    outcome = node.resolve({"ciphers": "NORMAL:-VERS-ALL:+VERS-TLS1.2"})
    assert weaker(outcome) == [('Domain "d"', "TLS_Ciphers", False)]


NAMES = {"binding_group": ("g1", "g2"), "binding": ("b1", "b2"), "domain": ("d1", "d2")}
SCOPES = [
    tuple((name, instance) for name, instance in zip(NAMES, chosen) if instance)
    for chosen in itertools.product(*[(None,) + instances for instances in NAMES.values()])
]


def text_of(scopes):
    return "\n".join(
        " ".join('%s "%s" {' % element for element in scope) + "\n  Max_Retries = 1\n" + "}" * len(scope)
        for scope in scopes
    )


@given(st.lists(st.sampled_from(SCOPES[1:]), min_size=1, max_size=12, unique=True))
def test_precedence_is_that_of_the_documented_places_for_every_lookup(scopes):
    effective = Effective(Node(text_of(scopes)).load({}))
    members = {(one[0][1], one[1][1]) for one in effective.scopes("binding") if len(one) == 2}
    lookups = [one for one in SCOPES if len(one) < 2 or one[1][0] != "binding" or (one[0][1], one[1][1]) in members]
    orders = [fallback.places(lookup, fallback.OUTBOUND) for lookup in lookups]
    precedence = Precedence(effective)
    for narrow, wide in itertools.product(scopes, [()] + scopes):
        asked_first = any(
            narrow in order and wide in order and order.index(narrow) < order.index(wide) for order in orders
        )
        assert precedence.beats(narrow, wide) is asked_first, (narrow, wide)


def test_scopes_that_inherit_nothing_win_over_nothing():
    effective = Node("Security {\n}\n").effective()
    assert not Precedence(effective).beats(path("Security"), ())
    assert not Precedence(effective).beats((), path("ESMTP_Listener"))


def test_a_scope_without_settings_that_keeps_a_wider_one_away_does_not_hide():
    node = Node('ESMTP_Listener {\n  Peer "10.1.0.0/16" {\n    Enable = true\n  }\n}\n', "4.2")
    wide = dict(LIMITED, scope=["ESMTP_Listener", 'Peer "10.0.0.0/8"'])
    (one,) = node.resolve(wide, purge=True).weaker
    assert (one["scope"], one["value"], one["line"]) == ('ESMTP_Listener > Peer "10.1.0.0/16"', "+ALL", 2)
    assert one["removed"] is False and "sets nothing itself" in one["because"]
    assert "a target of its own" in one["remedy"]
    assert node.resolve(wide, dict(LIMITED, scope=["ESMTP_Listener"])).weaker == []


LISTENER, LISTEN = ("ESMTP_Listener", None), ("Listen", ":25")
INBOUND_SCOPES = [
    (LISTENER,),
    (LISTENER, LISTEN),
    (LISTENER, LISTEN, ("Peer", "10.0.0.0/8")),
    (LISTENER, LISTEN, ("Peer", "10.1.0.0/16")),
    (LISTENER, ("Peer", "10.1.0.0/16")),
    (("Pathway", "p"),),
    (("Pathway_Group", "g"), ("Pathway", "p")),
]
PEERS = [(LISTENER, LISTEN, ("Peer", address)) for address in ("10.1.2.3", "10.2.3.4", "192.0.2.1")]
VALUES = ["+ALL", "+ALL:-SSLv3:-TLSv1.0", "+ALL:-ALL:+TLSv1.2", None]
ONLY_1_2 = frozenset(["TLSv1.2"])


def configuration(settings, pathway):
    """A configuration in which scopes have a value of TLS_Protocols, or none."""
    lines = ["ESMTP_Listener {\n  %s\n}" % ('Pathway = "p"' if pathway else "Enable = true")]
    for scope, value in settings:
        heads = " ".join(name if instance is None else '%s "%s"' % (name, instance) for name, instance in scope[:1])
        for name, instance in scope[1:]:
            heads += ' {\n %s "%s"' % (name, instance)
        body = "Enable = true" if value is None else 'TLS_Protocols = "%s"' % value
        lines.append("%s {\n  %s\n%s" % (heads, body, "}\n" * len(scope)))
    return "\n".join(lines)


def spoken(node, lookup):
    setting = node.effective().resolve(lookup, "TLS_Protocols")
    return protocols.resolve("" if setting is None else str(setting.value), node.version)


@given(
    st.lists(st.tuples(st.sampled_from(INBOUND_SCOPES + SCOPES[1:]), st.sampled_from(VALUES)), max_size=10),
    st.booleans(),
)
def test_after_a_purge_nothing_is_weaker_for_any_peer_binding_or_domain(settings, pathway):
    node = Node(configuration(settings, pathway), "4.2")
    node.after(LIMITED, purge=True)
    for lookup in PEERS + SCOPES:
        assert spoken(node, lookup) <= ONLY_1_2, lookup


@given(
    st.lists(st.tuples(st.sampled_from(INBOUND_SCOPES), st.sampled_from(VALUES)), max_size=8),
    st.booleans(),
    st.sampled_from([(LISTENER,), (LISTENER, LISTEN), (LISTENER, LISTEN, ("Peer", "10.0.0.0/8"))]),
)
def test_after_a_purge_around_one_scope_only_what_is_reported_is_weaker(settings, pathway, scope):
    node = Node(configuration(settings, pathway), "4.2")
    names = [name if instance is None else '%s "%s"' % (name, instance) for name, instance in scope]
    target = dict(LIMITED, scope=names)
    node.after(target, purge=True)
    reported = [one["scope"] for one in node.resolve(target, purge=True).weaker]
    for lookup in PEERS:
        if scope[-1][0] == "Peer" and lookup[-1][1] == "192.0.2.1":
            continue
        assert spoken(node, lookup) <= ONLY_1_2 or any('Peer "10.1.0.0/16"' in name for name in reported), lookup
