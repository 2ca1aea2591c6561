# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from certificate_samples import (
    DAY,
    NOW,
    certificate,
    key_of,
    key_text,
    name_of,
    pair_files,
    planned,
    vendor_made,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.x509 import keys, requests
from plugins.module_utils.pki.x509.requests import DesiredCertificate

AUTHORITY = ("Authority", key_of("ec-p384", 3))


def refused(*arguments, **options):
    with pytest.raises(CertificateError) as caught:
        planned(*arguments, **options)
    assert str(caught.value).startswith("certificate smtp: ")
    return str(caught.value)


def test_a_first_pair_bears_the_name_of_the_node():
    made = planned()
    assert (made.state, made.reason, made.kind) == ("created", "there is no certificate yet", "ec-p256")
    assert made.desired == DesiredCertificate("node1.example.com", ("DNS:node1.example.com",), ("server",))


def test_the_names_that_are_declared_count():
    made = planned(names=["MX1.example.com", "192.0.2.1"], usages=["server", "client"], common_name="mx.example.com")
    assert made.desired == DesiredCertificate(
        "mx.example.com", ("DNS:mx1.example.com", "IP:192.0.2.1"), ("server", "client")
    )


@pytest.mark.parametrize("days", [365, 1825])
def test_a_vendor_made_pair_is_kept_until_due_and_then_renewed_with_its_name_and_kind_of_key(days):
    young = planned(pair_files(vendor_made(days, age=days // 2), "rsa-2048"))
    assert young.state == "kept"
    old = planned(pair_files(vendor_made(days, age=days - days // 4), "rsa-2048"))
    assert (old.state, old.kind) == ("renewed", "rsa-2048")
    assert old.desired == DesiredCertificate("momentum.example.com", ("DNS:momentum.example.com",), ("server",))
    assert old.key_text == b"", "a new key is made"


def test_a_vendor_made_pair_with_a_weak_key_is_not_kept():
    found = planned(pair_files(vendor_made(kind="rsa-1024"), "rsa-1024"))
    assert (found.state, found.kind) == ("replaced", "rsa-2048")
    assert "weak key" in found.reason and "the new key is rsa-2048" in found.reason and "key_type" in found.reason


@pytest.mark.parametrize("days", [47, 365])
def test_day_by_day_a_certificate_is_kept_until_a_third_is_left(days):
    states = [planned(pair_files(certificate(days=days)), now=NOW + age * DAY).state for age in range(days + 5)]
    first = states.index("renewed")
    assert states[:first] == ["kept"] * first
    assert states[first:] == ["renewed"] * (days + 5 - first)
    assert days * 2 / 3 <= first < days * 2 / 3 + 1


@pytest.mark.parametrize(
    "options, state, words",
    [
        ({"rekey": True}, "renewed", "forced"),
        ({"key_type": "rsa-2048"}, "replaced", "the key is ec-p256, rsa-2048 is requested"),
        ({"names": ["mx1.example.com", "mx2.example.com"]}, "replaced", "does not name DNS:mx2.example.com"),
        ({"names": ["*.example.com"]}, "replaced", "does not name DNS:*.example.com"),
        ({"common_name": "Mail relay"}, "replaced", "common name is 'mx1.example.com', 'Mail relay' is requested"),
        ({"usages": ["client"]}, "replaced", "lacks the extended key usage clientAuth"),
        ({"renew_at": "0.95"}, "renewed", "80 of 90 days are left"),
    ],
)
def test_every_difference_has_its_reason(options, state, words):
    files = pair_files(certificate(age=10, usages=("server",)))
    assert planned(files).state == "kept"
    found = planned(files, **options)
    assert found.state == state and words in found.reason


def test_surplus_names_are_taken_away_but_not_from_what_an_authority_elsewhere_made():
    wide = certificate(names=("DNS:mx1.example.com", "DNS:old.example.com"), issuer=AUTHORITY)
    options = {"names": ["mx1.example.com"]}
    assert planned(pair_files(wide), source="external", **options).state == "kept"
    assert (
        planned(pair_files(wide), source="authority", **options).reason
        == "it names DNS:old.example.com, which is not requested"
    )


def test_a_key_that_does_not_fit_is_replaced_with_the_certificate():
    found = planned(pair_files(certificate(), which=1))
    assert (found.state, found.reason) == ("replaced", "key and certificate do not belong together")


def test_the_key_stays_where_that_is_requested_and_it_is_good():
    files = pair_files(certificate(age=80))
    assert planned(files, new_key=False).key_text == key_text()
    assert planned(files, new_key=False, rekey=True).key_text == b""
    assert planned(files, new_key=False, key_type="ec-p384").key_text == b""


def test_a_certificate_of_an_authority_is_not_replaced_by_a_self_signed_one_by_accident():
    files = pair_files(certificate(age=80, issuer=AUTHORITY))
    assert "was signed by CN=Authority, and source is self_signed" in refused(files)
    assert planned(files, rekey=True).state == "renewed"
    assert planned(pair_files(certificate(issuer=AUTHORITY))).state == "kept", "not due yet"


@pytest.mark.parametrize("source", ["authority", "external"])
def test_a_self_signed_certificate_is_replaced_where_an_authority_is_requested(source):
    found = planned(pair_files(certificate()), source=source)
    assert (found.state, found.reason) == ("requested", "it is self-signed, one of an authority is requested")


def waiting(desired, which=7):
    return {
        "/state/pending/smtp/key.pem": key_text(which=which),
        "/state/pending/smtp/request.pem": requests.to_pem(requests.build(key_of(which=which), desired)),
    }


DESIRED = DesiredCertificate("mx1.example.com", ("DNS:mx1.example.com",), ("server",))
EXTERNAL = {"source": "external", "names": ["mx1.example.com"]}


def test_a_request_waits_and_is_not_made_anew():
    files = waiting(DESIRED)
    found = planned(files, **EXTERNAL)
    assert found.state == "requested" and found.request == files["/state/pending/smtp/request.pem"]


def test_another_request_makes_another_signing_request_with_the_key_that_waits():
    found = planned(waiting(DESIRED), source="external", names=["mx2.example.com"])
    assert found.request == b"" and found.key_text == key_text(which=7)
    assert planned(waiting(DESIRED), key_type="rsa-2048", **EXTERNAL).key_text == b"", "another kind of key"


def test_the_certificate_handed_back_is_taken_with_the_key_that_waits():
    signed = certificate(key=key_of(which=7), issuer=AUTHORITY)
    authority = certificate("Authority", (), key=AUTHORITY[1], ca=True)
    found = planned(waiting(DESIRED), signed=(signed + authority).decode(), **EXTERNAL)
    assert found.state == "created"
    assert found.pair.key_text == key_text(which=7) and [link.subject for link in found.pair.chain] == ["CN=Authority"]


def test_what_was_handed_back_before_is_kept_and_asked_for_again_when_due():
    signed = certificate(issuer=AUTHORITY)
    handed = dict(EXTERNAL, signed=signed.decode())
    assert planned(pair_files(signed), **handed).state == "kept"
    later = planned(pair_files(signed), now=NOW + 80 * DAY, **handed)
    assert (later.state, later.key_text) == ("requested", b"")


@pytest.mark.parametrize(
    "options, words",
    [
        ({"key": key_of(which=8)}, "for another key than the one that was asked with"),
        ({"key": key_of(which=7), "age": 100}, "expired on"),
        ({"key": key_of(which=7), "age": -1}, "not yet valid"),
        ({"key": key_of(which=7), "names": ("DNS:x.example.com",)}, "does not name DNS:mx1.example.com"),
    ],
)
def test_a_bad_certificate_that_is_handed_back_is_refused(options, words):
    assert words in refused(waiting(DESIRED), signed=certificate(issuer=AUTHORITY, **options).decode(), **EXTERNAL)


def test_a_certificate_of_another_key_of_the_authority_is_replaced():
    signed = certificate(issuer=AUTHORITY)
    found = planned(pair_files(signed), issuer_key="AB:CD", **EXTERNAL)
    assert (found.state, found.reason) == ("requested", "it was signed by another key of the authority")


def provided(certificate_text, kind="ec-p256", which=0, **options):
    found = {
        "source": "provided",
        "provided_key": key_text(kind, which).decode(),
        "provided_certificate": certificate_text.decode(),
    }
    found.update(options)
    return found


def test_what_is_provided_is_put_in_place_and_kept_by_meaning():
    text = certificate()
    assert planned(**provided(text)).state == "created"
    same = b"# words\n" + text.replace(b"\n", b"\r\n")
    assert planned(pair_files(same), **provided(text)).state == "kept"
    assert planned(pair_files(certificate()), **provided(text)).reason == "another certificate is provided"
    assert planned(pair_files(text), **provided(text, provided_key=None)).state == "kept"


def test_what_is_provided_replaces_what_cannot_be_read():
    assert (
        planned({"/certs/server.key": b"nonsense", "/certs/server.crt": b"too"}, **provided(certificate())).state
        == "replaced"
    )


@pytest.mark.parametrize(
    "options, words",
    [
        (provided(certificate(age=100)), "expired on"),
        (provided(certificate(age=-1)), "not yet valid"),
        (provided(certificate(), which=1), "for another key"),
        (provided(certificate(key=key_of("rsa-1024")), "rsa-1024"), "weak key"),
        (provided(certificate(), names=["mx9.example.com"]), "does not name DNS:mx9.example.com"),
        (provided(certificate(usages=("server",)), usages=["server", "client"]), "clientAuth"),
        (provided(certificate(), key_type="rsa-2048"), "the provided key is ec-p256"),
        (provided(certificate(), provided_key=None), "neither provided_key is given nor does /certs/server.key exist"),
        (provided(certificate(), provided_chain=certificate("X", ()).decode()), "chain is out of order"),
        (provided(b"words"), "holds no certificate"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(options, words):
    assert words in refused(**options)


@pytest.mark.parametrize(
    "options, words",
    [
        ({"name": "../x"}, "a name consists of"),
        ({"usages": []}, "usages is empty"),
        ({"key_mode": "0644"}, "key_mode 0644"),
        ({"key_mode": "rw"}, "is not an octal number"),
        ({"common_name": "x" * 65}, "has 65 bytes in UTF-8, more than 64"),
        ({"chain": "/certs//server.key"}, "the same path"),
        ({"source": "provided"}, "provided_certificate is missing"),
        ({"renew_at": "2"}, "no share between"),
        ({"names": ["a b"]}, "neither a host name"),
    ],
)
def test_a_task_that_cannot_be_meant_is_refused(options, words):
    with pytest.raises(CertificateError) as caught:
        planned(**options)
    assert words in str(caught.value)


def test_planning_makes_no_key(monkeypatch):
    monkeypatch.setattr(keys, "generate", lambda kind: pytest.fail("a key was made"))
    assert planned().state == "created"
    assert planned(**EXTERNAL).state == "requested"


@pytest.mark.parametrize("source", ["external", "authority"])
def test_a_request_asks_for_nothing_of_the_present_certificate_that_is_refused_on_the_controller(source):
    """A common name that is no host, and kinds of names that no task listed: check mode would not tell of that refusal."""
    names = ("DNS:mx1.example.com", "email:who@example.com", "URI:https://mx1.example.com/")
    present = pair_files(certificate("Momentum of Example", names, age=80))
    asked = planned(present, source=source, names=["mx1.example.com"] if source == "authority" else [])
    assert asked.desired == DesiredCertificate("mx1.example.com", ("DNS:mx1.example.com",), ("server",))
    listed = planned(present, source=source, names=list(names), common_name="Momentum of Example")
    assert listed.desired == DesiredCertificate("Momentum of Example", names, ("server",))
    assert planned(present).desired == DesiredCertificate("Momentum of Example", names, ("server",))


def test_a_name_of_another_tool_that_no_certificate_of_ours_can_have_is_refused_when_it_is_to_be_renewed():
    names = x509.SubjectAlternativeName([x509.DNSName("*.com"), x509.DNSName("mx1.example.com")])
    key = key_of()
    builder = x509.CertificateBuilder().subject_name(name_of("mx1")).issuer_name(name_of("mx1")).serial_number(5)
    builder = builder.public_key(key.public_key()).add_extension(names, False)
    made = builder.not_valid_before(NOW - 80 * DAY).not_valid_after(NOW + 10 * DAY).sign(key, hashes.SHA256())
    present = pair_files(requests.to_pem(made))
    with pytest.raises(CertificateError) as caught:
        planned(present)
    assert "a name of the present certificate cannot be kept: '*.com'" in str(caught.value)
    assert "list the requested ones in names" in str(caught.value)
    assert planned(present, now=NOW - 70 * DAY).state == "kept"
    assert planned(present, names=["mx1.example.com"]).state == "replaced"


@pytest.mark.parametrize("days, share", [(1, "0.97"), (90, "0.9999")])
def test_a_certificate_that_would_be_due_at_once_is_refused(days, share):
    assert "due as soon as it is made" in refused(days=days, renew_at=share)
    planned(days=days, renew_at="0.9")
