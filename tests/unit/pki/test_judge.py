# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from certificate_samples import DAY, NOW, certificate, key_of, vendor_made

from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.x509 import certificates, chain, judge, lifetime
from plugins.module_utils.pki.x509.requests import DesiredCertificate

DESIRED = DesiredCertificate("mx1.example.com", ("DNS:mx1.example.com",), ("server",))
ROOT, MIDDLE = key_of("rsa-2048"), key_of("ec-p384")


def facts(*arguments, **options):
    return certificates.read(certificate(*arguments, **options))


def issued(**options):
    """A leaf below an intermediate authority below a root."""
    root = facts("Root", (), 3650, key=ROOT, ca=True)
    middle = facts("Middle", (), 1000, key=MIDDLE, issuer=("Root", ROOT), ca=True)
    return facts(issuer=("Middle", MIDDLE), **options), middle, root


def problems(leaf, links=(), key=None, desired=DESIRED, now=NOW):
    return judge.problems(leaf, key or key_of(), list(links), desired, now)


def test_nothing_is_wrong_with_a_good_certificate():
    leaf, middle, root = issued()
    assert problems(leaf, [middle, root]) == problems(leaf, [middle]) == problems(leaf) == problems(facts()) == []


@pytest.mark.parametrize(
    "options, words",
    [
        ({"age": 91}, "expired on"),
        ({"age": -1}, "not yet valid"),
        ({"key": key_of("ec-p256", 1)}, "for another key"),
        ({"names": ("DNS:mx2.example.com",)}, "does not name DNS:mx1.example.com"),
        ({"usages": ("client",)}, "lacks the extended key usage serverAuth"),
    ],
)
def test_one_sentence_says_what_is_wrong(options, words):
    (found,) = problems(facts(**options))
    assert words in found


def test_a_client_needs_the_usage_unless_nothing_is_restricted():
    desired = DESIRED._replace(usages=("client",))
    (found,) = problems(facts(usages=("server",)), desired=desired)
    assert "clientAuth" in found
    assert problems(facts(), desired=desired) == problems(facts(usages=("server", "client")), desired=desired) == []


def test_short_rsa_keys_are_weak():
    key = key_of("rsa-1024")
    (found,) = problems(facts(key=key), key=key)
    assert "weak key (rsa-1024)" in found


# Of an authority, with SHA-1, valid until 2126: libraries of today read such signatures and do not make them.
SHA1 = b"""-----BEGIN CERTIFICATE-----
MIIBKDCB0AIUGwJMdfCIoFA4wCNPAXWfgQ9IcuYwCQYHKoZIzj0EATAUMRIwEAYD
VQQDDAlBdXRob3JpdHkwIBcNMjYxMTIxMDkyODU5WhgPMjEyNjEwMjgwOTI4NTla
MBoxGDAWBgNVBAMMD214MS5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49
AwEHA0IABEPTR2JO4b5EdmaXtHXfDtcTCtGKlaZ1HQWuQDNNCHfCrEwf8/AF2CCu
tzFTfRseKmrCnMslEnUgzp4J0/aW2QUwCQYHKoZIzj0EAQNIADBFAiBDQSTvD3tn
rZWO7g7k+NOFdC2LabfQHX4yAO4+9Wk62gIhAPuLj5HGR1giDlqFQ9f5NoDwYBmi
ylOYykVD4r3V55Tr
-----END CERTIFICATE-----
"""


def test_weak_signatures_are_refused():
    old = certificates.read(SHA1)
    assert old.signature_hash == "sha1"
    (found,) = judge.weaknesses(old)
    assert "weak signature (sha1)" in found
    for name in ("md5", "sha224"):
        assert name in judge.weaknesses(old._replace(signature_hash=name))[0]
    assert judge.weaknesses(old._replace(signature_hash="sha256")) == []


def test_the_signature_of_a_self_signed_certificate_proves_nothing_and_is_not_judged():
    assert judge.weaknesses(certificates.read(SHA1)._replace(self_signed=True)) == []


def test_the_chain_has_to_be_in_order_and_of_authorities():
    leaf, middle, root = issued()
    assert "out of order" in problems(leaf, [root, middle])[0]
    assert "out of order" in problems(leaf, [root])[0]
    other = facts("Middle", (), 1000, key=key_of("ec-p384", 1), issuer=("Root", ROOT), ca=True)
    assert "out of order" in problems(leaf, [other])[0], "the name alone is not enough"
    no_authority = facts("Middle", (), 1000, key=MIDDLE, issuer=("Root", ROOT))
    assert "no authority" in problems(leaf, [no_authority])[0]


def test_an_expired_link_of_the_chain_is_told():
    leaf, middle, _root = issued(days=2000)
    assert "in the chain: the certificate CN=Middle expired" in problems(leaf, [middle], now=NOW + 1001 * DAY)[0]


@pytest.mark.parametrize("kind", ["ec-p256", "ec-p384", "rsa-2048", "ed25519"])
def test_signatures_of_every_kind_of_authority_are_verified(kind):
    issuer = key_of(kind, 5)
    leaf = certificates.load(certificate(issuer=("Root", issuer)))
    root = certificates.load(certificate("Root", (), key=issuer, ca=True))
    impostor = certificates.load(certificate("Root", (), key=key_of(kind, 6), ca=True))
    assert chain.is_signed_by(leaf, root) and not chain.is_signed_by(leaf, impostor)


def test_facts_of_a_pair_as_create_ssl_cert_makes_it():
    found = certificates.read(b"words\n" + vendor_made(1825, 10))
    assert found.self_signed and found.names == ("DNS:momentum.example.com",) and found.kind == "rsa-2048"
    assert (found.days, found.days_left(NOW), found.usages) == (1825, 1815, ())
    assert found.serves("client") and len(found.fingerprint) == 64


def test_what_is_no_certificate_is_refused_with_its_file():
    damaged = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    for text in (b"", b"x", damaged):
        with pytest.raises(CertificateError) as caught:
            certificates.read(text, "/certs/server.crt")
        assert "/certs/server.crt holds" in str(caught.value)


@pytest.mark.parametrize("days", [47, 365, 1825])
def test_a_certificate_is_due_from_the_last_third_on_to_the_second(days):
    leaf = facts(days=days)
    limit = leaf.not_after - (leaf.not_after - leaf.not_before) / 3
    second = DAY / 86400
    assert leaf.renewal_reason(limit - second) is None
    assert leaf.renewal_reason(limit + second) == "%d of %d days are left" % (
        days // 3 if days % 3 else days // 3 - 1,
        days,
    )
    assert leaf.renewal_reason(leaf.not_after + second) == "expired on " + leaf.not_after.strftime("%Y-%m-%d")
    assert leaf.renewal_reason(NOW, 0.999) is None


@pytest.mark.parametrize("text, share", [("1/3", 1 / 3), ("0.25", 0.25), (0.5, 0.5), ("20%", 0.2)])
def test_a_share_is_written_in_three_ways(text, share):
    assert abs(lifetime.share_of(text) - share) < 1e-9


@pytest.mark.parametrize("text", ["0", "1", "-1/3", "x", "1/0", "", "nan", "120%"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(CertificateError):
        lifetime.share_of(text)
