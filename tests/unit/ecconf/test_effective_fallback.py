# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fallback orders, one documented step after the other."""

import pytest
from ecconf import fallback
from ecconf.effective import Effective
from ecconf.loader import load
from ecconf.reader import OverlayReader

G, B, D, H = ("Binding_Group", "g"), ("Binding", "b"), ("Domain", "d.test"), ("Host", "mx.d.test")
LISTENER, LISTEN, PEER = ("ESMTP_Listener", None), ("Listen", ":25"), ("Peer", "10.0.0.0/8")
PATHWAY, PATHWAY_GROUP = ("Pathway", "p"), ("Pathway_Group", "pg")

OUTBOUND = [(G, B, D), (B, D), (G, D), (G, B), (B,), (G,), (D,), ()]
OUTBOUND_HOST = [
    (G, B, H), (G, B, D), (B, H), (B, D), (G, H), (G, D), (G, B), (B,), (G,), (H,), (D,), (),
]  # fmt: skip
INBOUND = [(LISTENER, LISTEN, PEER), (LISTENER, PEER), (LISTENER, LISTEN), (LISTENER,), ()]
PATHWAYS = [(PATHWAY_GROUP, PATHWAY), (PATHWAY,), (PATHWAY_GROUP,), ()]


def written(path, text):
    """The text within a scope path, in the language."""
    for name, instance in reversed(path):
        text = "%s %s {\n%s\n}" % (name, '"%s"' % instance if instance else "", text)
    return text + "\n"


def effective(*texts, **parameters):
    reader = OverlayReader({"/main.conf": "\n".join(texts).encode()})
    configuration = load("/main.conf", [], reader=reader, strict=True)
    return Effective(configuration, **parameters)


@pytest.mark.parametrize(
    "path, expected",
    [
        ((G, B, D), OUTBOUND),
        ((G, B, D, H), OUTBOUND_HOST),
        ((B, D), [(B, D), (B,), (D,), ()]),
        ((G, D), [(G, D), (G,), (D,), ()]),
        ((G, B), [(G, B), (B,), (G,), ()]),
        ((G,), [(G,), ()]),
        ((D,), [(D,), ()]),
        ((H,), [(H,), ()]),
        ((), [()]),
    ],
)
def test_the_outbound_order(path, expected):
    assert fallback.places(path, "outbound") == expected


@pytest.mark.parametrize(
    "path, expected",
    [
        ((LISTENER, LISTEN, PEER), INBOUND),
        ((LISTENER, PEER), [(LISTENER, PEER), (LISTENER,), ()]),
        ((LISTENER, LISTEN), [(LISTENER, LISTEN), (LISTENER,), ()]),
        ((LISTENER,), [(LISTENER,), ()]),
    ],
)
def test_the_inbound_order(path, expected):
    assert fallback.places(path, "inbound") == expected


@pytest.mark.parametrize(
    "path, expected",
    [
        ((PATHWAY_GROUP, PATHWAY), PATHWAYS),
        ((PATHWAY,), [(PATHWAY,), ()]),
        ((PATHWAY_GROUP,), [(PATHWAY_GROUP,), ()]),
    ],
)
def test_the_pathway_order(path, expected):
    assert fallback.places(path, "pathway") == expected


@pytest.mark.parametrize(
    "path, expected",
    [
        ((), "outbound"),
        ((("BINDING", "b"), ("domain", "d")), "outbound"),
        ((("HTTP_Listener", None),), "inbound"),
        ((LISTENER, LISTEN, PEER), "inbound"),
        ((PATHWAY_GROUP, PATHWAY), "pathway"),
        ((("Security", None),), None),
        ((B, G), None),
        ((D, B), None),
        ((B, ("adaptive_sweep_rule", "r")), None),
        ((LISTENER, PEER, LISTEN), None),
        ((D, D), None),
    ],
)
def test_the_direction_follows_from_the_scopes(path, expected):
    assert fallback.direction(path) == expected


@pytest.mark.parametrize(
    "path, direction", [((B,), "inbound"), ((LISTENER,), "outbound"), ((B,), "pathway"), ((), "sideways")]
)
def test_a_path_of_another_direction_is_refused(path, direction):
    with pytest.raises(ValueError, match="scope|direction"):
        fallback.places(path, direction)


@pytest.mark.parametrize(
    "path, order",
    [((G, B, D), OUTBOUND), ((G, B, D, H), OUTBOUND_HOST), ((LISTENER, LISTEN, PEER), INBOUND),
     ((PATHWAY_GROUP, PATHWAY), PATHWAYS)],
)  # fmt: skip
def test_every_step_hides_the_next_one_and_is_hidden_by_the_one_before(path, order):
    for first in range(len(order)):
        texts = [written(place, "opt = %d" % number) for number, place in enumerate(order) if number >= first]
        setting = effective(*reversed(texts)).resolve(path, "Opt")
        assert (setting.value, setting.path) == (str(first), order[first])
        assert effective(*texts).resolve(path, "OPT").value == str(first)


def test_nothing_set_anywhere_is_none_for_the_built_in_default():
    assert effective("other = 1").resolve((G, B, D), "opt") is None


def test_candidates_are_everything_that_is_hidden_in_order():
    texts = [written(place, "opt = %d" % number) for number, place in enumerate(OUTBOUND)]
    values = [setting.value for setting in effective(*texts).candidates((G, B, D), "opt")]
    assert values == [str(number) for number in range(len(OUTBOUND))]


def test_scopes_outside_of_the_three_directions_inherit_nothing():
    subject = effective("user = nobody", written((("Security", None),), 'group = "ecuser"'))
    assert subject.resolve((("security", None),), "user") is None
    assert subject.resolve((("security", None),), "Group").value == "ecuser"


def test_a_plain_domain_name_comes_before_all_patterns_and_these_in_load_order():
    subject = effective(
        'domain "/late$/" { opt = 0 }',
        'domain "/\\.test$/" { opt = 1 }',
        "domain /d/ { opt = 2 }",
        "domain d.test { opt = 3 }",
    )
    assert subject.resolve((("domain", "d.test"),), "opt").value == "3"
    assert subject.resolve((("domain", "e.test"),), "opt").value == "1"
    assert subject.resolve((("domain", "edible"),), "opt").value == "2"
    assert subject.resolve((("domain", "other"),), "opt") is None
    assert subject.resolve((("domain", "/d/"),), "opt").value == "2"


def test_patterns_are_tried_within_each_level_of_the_order():
    subject = effective(
        'domain "/test/" { opt = global  other = global }',
        'binding b { domain "/test/" { opt = binding } }',
    )
    assert subject.resolve((B, D), "opt").value == "binding"
    assert subject.resolve((B, D), "other").value == "global"
    assert subject.resolve((B, H), "opt") is None
    assert effective('host "/^mx/" { opt = 1 }').resolve((B, H), "opt").value == "1"


def test_a_domain_that_has_a_scope_does_not_look_at_patterns():
    subject = effective('domain "/test/" { opt = pattern }', "domain d.test { other = 1 }", "opt = global")
    assert subject.resolve((D,), "opt").value == "global"


def test_a_pattern_that_cannot_be_read_never_matches():
    patterns = fallback.Patterns(["/(/", "/a(?R)?b/", "/b/", "plain", "//", "/"])
    assert patterns.match("ab") == "/b/"
    assert patterns.unreadable == ["/(/", "/a(?R)?b/"]


@pytest.mark.parametrize(
    "address, expected",
    [
        ("10.1.2.3", "narrow"),
        ("10.1.0.0/24", "narrow"),
        ("10.1.2.3/24", "narrow"),
        ("10.0.0.0/7", "listener"),
        ("0.0.0.1", "listener"),
        ("10.2.2.3", "wide"),
        ("10.0.0.0/8", "wide"),
        ("0.0.0.0/0", "listener"),
        ("192.0.2.1", "single"),
        ("2001:db8::1", "six"),
        ("[2001:db8::1]", "six"),
        ("198.51.100.1", "listener"),
        ("host.test", "named"),
        ("other.test", "listener"),
    ],
)
def test_the_most_specific_range_around_the_address_is_the_peer(address, expected):
    peers = [("10.0.0.0/8", "wide"), ("10.1.0.0/16", "narrow"), ("192.0.2.1", "single"), ("2001:db8::/32", "six")]
    texts = ['Peer "%s" { opt = %s }' % peer for peer in peers + [("host.test", "named")]]
    subject = effective("ESMTP_Listener { opt = listener Listen ':25' { %s } }" % " ".join(texts))
    assert subject.resolve((LISTENER, LISTEN, ("Peer", address)), "opt").value == expected


def test_a_peer_of_the_listen_comes_before_a_narrower_one_of_the_listener():
    subject = effective(
        'ESMTP_Listener { Peer "10.1.2.3" { opt = listener  other = x } }',
        'ESMTP_Listener { Listen ":25" { Peer "10.0.0.0/8" { opt = listen } } }',
    )
    assert subject.resolve((LISTENER, LISTEN, ("Peer", "10.1.2.3")), "opt").value == "listen"
    assert subject.resolve((LISTENER, LISTEN, ("Peer", "10.1.2.3")), "other").value == "x"


def test_a_pathway_is_asked_after_the_listener_and_before_global():
    order = [(LISTENER, LISTEN), (LISTENER,), (PATHWAY_GROUP, PATHWAY), (PATHWAY,), (PATHWAY_GROUP,), ()]
    skeleton = [written((PATHWAY_GROUP, PATHWAY), ""), written((LISTENER, LISTEN), 'Pathway = "p"')]
    for first in range(len(order)):
        texts = [written(place, "opt = %d" % n) for n, place in enumerate(order) if n >= first]
        setting = effective(*(texts + skeleton)).resolve((LISTENER, LISTEN), "opt")
        assert (setting.value, setting.path) == (str(first), order[first])


def test_the_most_specific_scope_names_the_pathway():
    texts = ["pathway a { opt = a }", "pathway b { opt = b }", written((LISTENER,), "pathway = a")]
    nested = written((LISTENER, LISTEN, PEER), "pathway = b")
    assert effective(*texts).resolve((LISTENER, LISTEN, PEER), "opt").value == "a"
    assert effective(*(texts + [nested])).resolve((LISTENER, LISTEN, ("Peer", "10.9.9.9")), "opt").value == "b"
    assert effective(*(texts + [nested])).resolve((LISTENER, LISTEN), "opt").value == "a"


def test_a_pathway_may_be_named_with_its_group():
    texts = ["pathway_group x { pathway p { opt = x } }", "pathway_group y { pathway p { opt = y } }"]
    listener = written((LISTENER,), 'pathway = "y::p"')
    assert effective(listener, *texts).resolve((LISTENER,), "opt").value == "y"
    assert effective(written((LISTENER,), "pathway = p"), *texts).resolve((LISTENER,), "opt").value == "x"


def test_a_pathway_that_does_not_exist_changes_nothing():
    subject = effective("opt = global", written((LISTENER,), "pathway = nowhere"))
    assert subject.resolve((LISTENER,), "opt").value == "global"


def test_what_momentum_ignores_is_passed_over_but_stays_visible():
    asked = []

    def recognised(option, scope):
        asked.append((option, scope.lower()))
        return scope.lower() != "pathway_group"

    texts = [written((PATHWAY_GROUP, PATHWAY), ""), written((PATHWAY_GROUP,), "opt = 1"), "opt = 2"]
    subject = effective(*texts, recognised=recognised)
    assert subject.resolve((PATHWAY_GROUP, PATHWAY), "Opt").value == "2"
    assert subject.get((PATHWAY_GROUP,), "opt").value == "1"
    assert ("opt", "pathway_group") in asked and ("opt", "global") in asked
