# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No client ever meets a certificate whose root it does not trust: years of an authority's life, day by day."""

from datetime import timedelta

import pytest
from authorities import ASKED, DESIRED, NOW, issuer_of, request, root
from cryptography import x509

from plugins.module_utils.pki.authority import rollover, signing
from plugins.module_utils.pki.authority import root as authority
from plugins.module_utils.pki.authority.rollover import ANNOUNCED, CREATED, KEPT, SWITCHED, TIDIED, Roots
from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.x509 import certificates, constraints

NONE = Roots(None, None, ())


def step(roots, now, desired=DESIRED, renew=False):
    decision = rollover.decide(roots, desired, now, renew)
    made = rollover.carry_out(roots, decision, lambda generation: root(desired, generation, now), desired, now)
    return decision, made


def names(roots):
    return [one.facts.common_name for one in roots.all()]


def test_a_root_signs_for_its_domains_only_and_has_no_authorities_below_it():
    facts = root().facts
    certificate = certificates.load(facts.pem)
    constraint = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    limits = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert (constraint.critical, constraint.value.ca, constraint.value.path_length) == (True, True, 0)
    assert usage.critical and usage.value.key_cert_sign and not usage.value.digital_signature
    assert limits.critical
    assert facts.usages == ("server", "client")
    assert constraints.permitted_by(certificate) == DESIRED.permitted
    assert facts.self_signed and facts.common_name == "Example Mail CA G1"
    assert facts.not_after - NOW == timedelta(days=3650)


def test_the_first_run_makes_an_authority_and_the_second_none():
    decision, roots = step(NONE, NOW)
    assert (decision.state, names(roots)) == (CREATED, ["Example Mail CA G1"])
    again, same = step(roots, NOW + timedelta(days=1))
    assert again.state == KEPT
    assert same == roots


def test_the_next_root_is_announced_before_it_signs_and_the_old_one_trusted_as_long_as_it_matters():
    short = DESIRED._replace(days=900, leaf_days=100)
    roots, states = NONE, []
    for day in range(0, 900):
        decision, roots = step(roots, NOW + timedelta(days=day), short)
        if decision.state != KEPT:
            states.append((day, decision.state, names(roots)))
    first, second = "Example Mail CA G1", "Example Mail CA G2"
    assert states == [
        (0, CREATED, [first]),
        (600, ANNOUNCED, [first, second]),
        (614, SWITCHED, [second, first]),
        (715, TIDIED, [second]),
    ]


@pytest.mark.parametrize("days, every", [(365, 1), (900, 7), (900, 20), (1200, 45)])
def test_every_certificate_that_is_alive_has_its_root_in_the_bundle(days, every):
    """One is signed at each run with the longest lifetime; a node takes the bundle of the run before."""
    desired = DESIRED._replace(days=days, leaf_days=90)
    roots, alive, earlier = NONE, [], b""
    for day in range(0, 3 * days, every):
        now = NOW + timedelta(days=day)
        _decision, roots = step(roots, now, desired)
        bundle = rollover.bundle(roots)
        leaf = certificates.read(signing.sign(request(), ASKED._replace(days=90), issuer_of(roots.current, now), now))
        alive = [one for one in alive if one.not_after >= now] + [leaf]
        trusted = {one.subject_key for one in certificates.read_all(bundle)}
        assert {one.authority_key for one in alive} <= trusted
        if earlier:
            assert leaf.authority_key in {one.subject_key for one in certificates.read_all(earlier)}
        earlier = bundle
    assert roots.current.facts.common_name.endswith(("G3", "G4", "G5"))


def test_without_an_announcement_the_next_root_signs_at_once():
    at_once = DESIRED._replace(announce_days=0)
    decision, roots = step(step(NONE, NOW)[1], NOW + timedelta(days=3000), at_once)
    assert decision.state == SWITCHED
    assert names(roots) == ["Example Mail CA G2", "Example Mail CA G1"]
    assert roots.previous[0].key == b""


def test_an_expired_root_is_replaced_at_once_and_dropped():
    decision, roots = step(step(NONE, NOW)[1], NOW + timedelta(days=3651))
    assert (decision.state, names(roots)) == (SWITCHED, ["Example Mail CA G2"])


def test_an_announced_root_takes_over_early_when_the_old_one_ends():
    _decision, roots = step(step(NONE, NOW)[1], NOW + timedelta(days=3645))
    assert names(roots) == ["Example Mail CA G1", "Example Mail CA G2"]
    decision, roots = step(roots, NOW + timedelta(days=3651))
    assert (decision.state, names(roots)) == (SWITCHED, ["Example Mail CA G2"])


@pytest.mark.parametrize(
    "changed, reason",
    [
        ({"permitted": ("DNS:example.com", "DNS:example.net")}, "requested is DNS:example.com, DNS:example.net"),
        ({"kind": "ec-p384"}, "the key is ec-p256, ec-p384 is requested"),
    ],
)
def test_other_requests_need_another_root(changed, reason):
    roots = step(NONE, NOW)[1]
    decision, roots = step(roots, NOW, DESIRED._replace(**changed))
    assert decision.state == ANNOUNCED
    assert reason in decision.reason
    assert step(roots, NOW, DESIRED._replace(**changed))[0].state == KEPT


def test_a_root_that_leaves_kinds_of_names_open_is_crossed_over_from_like_any_other(monkeypatch):
    """Roots of earlier versions constrain DNS names and addresses only, and have no usages."""
    whole = constraints.build

    def as_before(permitted):
        trees = whole(permitted).permitted_subtrees
        return x509.NameConstraints([tree for tree in trees if isinstance(tree, (x509.DNSName, x509.IPAddress))], None)

    monkeypatch.setattr(constraints, "build", as_before)
    roots = step(NONE, NOW)[1]
    monkeypatch.setattr(constraints, "build", whole)
    assert constraints.permitted_by(certificates.load(roots.current.facts.pem)) == DESIRED.permitted
    decision, roots = step(roots, NOW)
    assert decision.state == ANNOUNCED
    assert "kinds of names" in decision.reason
    assert step(roots, NOW)[0].state == KEPT


def test_an_announced_root_that_is_not_requested_any_more_is_replaced_by_another():
    roots = step(step(NONE, NOW)[1], NOW, renew=True)[1]
    decision, roots = step(roots, NOW, DESIRED._replace(kind="ec-p384"))
    assert (decision.state, roots.following.facts.kind) == (ANNOUNCED, "ec-p384")
    assert len(roots.all()) == 2


def test_a_forced_renewal_announces_one_root_however_often_it_is_asked_for():
    roots = step(NONE, NOW)[1]
    decision, roots = step(roots, NOW, renew=True)
    assert (decision.state, decision.reason) == (ANNOUNCED, "a new root is forced")
    assert step(roots, NOW, renew=True)[0].state == KEPT


def test_the_file_of_old_roots_is_read_as_it_was_written():
    roots = step(step(NONE, NOW)[1], NOW + timedelta(days=3000), DESIRED._replace(announce_days=0))[1]
    text = rollover.write_previous(roots.previous)
    assert rollover.read_previous(text, "ca.pem.previous") == roots.previous
    assert rollover.write_previous(rollover.read_previous(text, "ca.pem.previous")) == text


def test_an_old_root_of_which_nothing_is_known_is_trusted_until_its_end():
    old = root(generation=1)
    roots = Roots(root(generation=2), None, rollover.read_previous(old.facts.pem, "x"))
    assert step(roots, old.facts.not_after - timedelta(days=1500))[1].previous
    assert not step(roots, old.facts.not_after + timedelta(seconds=1), DESIRED._replace(days=8000))[1].previous


def test_a_damaged_moment_in_the_file_of_old_roots_is_refused():
    with pytest.raises(CertificateError, match="ca.pem.previous: .*no moment"):
        rollover.read_previous(b"# signed until yesterday\n" + root().facts.pem, "ca.pem.previous")


def test_the_files_of_another_authority_are_refused():
    roots = Roots(root(DESIRED._replace(name="Somebody Else CA")), None, ())
    with pytest.raises(CertificateError, match="Somebody Else CA G1.*use other files"):
        rollover.decide(roots, DESIRED, NOW)


@pytest.mark.parametrize(
    "common_name, expected",
    [("Example Mail CA", 0), ("Example Mail CA G12", 12), ("Example Mail CA Gx", None), ("Other G1", None)],
)
def test_generations_are_told_by_the_common_name(common_name, expected):
    assert authority.generation_of(root().facts._replace(common_name=common_name), DESIRED.name) == expected


@pytest.mark.parametrize("name", ["", " ", "x" * 62, "\u00e9" * 31, "a\nb", "a\u202eb", "a\0b"])
def test_names_that_are_no_common_name_are_refused(name):
    with pytest.raises(CertificateError, match="^name: the common name"):
        root(DESIRED._replace(name=name))
    root(DESIRED._replace(name="\u00e9" * 30 + "x"))
