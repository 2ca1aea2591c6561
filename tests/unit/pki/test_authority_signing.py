# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Only what is asked and allowed is signed; OpenSSL agrees."""

import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address

import pytest
from authorities import ASKED, DESIRED, NOW, issuer_of, request, root
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from plugins.module_utils.pki.authority import issuer, signing
from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.x509 import certificates, constraints, keys, names, requests, selfsigned
from plugins.module_utils.pki.x509 import pem as pems

ROOT = root()
ISSUER = issuer_of(ROOT)
SERVICE = [
    "authorityKeyIdentifier",
    "basicConstraints",
    "extendedKeyUsage",
    "keyUsage",
    "subjectAltName",
    "subjectKeyIdentifier",
]


def signed(pem=None, asked=ASKED, by=ISSUER, now=NOW):
    return certificates.read(signing.sign(pem or request(), asked, by, now))


def crafted(*extensions, key=None, subject="mx1.example.com", algorithm=None):
    """A request with extensions of its own choice."""
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, subject)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    for extension in extensions:
        builder = builder.add_extension(extension, False)
    return requests.to_pem(builder.sign(key or keys.generate(), algorithm or hashes.SHA256()))


NAMES = x509.SubjectAlternativeName([x509.DNSName("mx1.example.com")])
SERVER = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH])
PLAIN = ASKED._replace(names=("DNS:mx1.example.com",))


def test_a_certificate_says_what_was_asked_and_nothing_else():
    leaf = signed()
    assert leaf.names == ASKED.names
    assert leaf.usages == ("server",)
    assert (leaf.common_name, leaf.is_ca, leaf.signature_hash) == ("mx1.example.com", False, "sha256")
    assert leaf.authority_key == ROOT.facts.subject_key != ""
    assert leaf.subject_key
    found = [extension.oid._name for extension in certificates.load(leaf.pem).extensions]
    assert sorted(found) == SERVICE


def test_it_is_backdated_by_five_minutes_and_lasts_as_long_as_asked():
    leaf = signed()
    assert leaf.not_before == NOW - timedelta(minutes=5)
    assert leaf.not_after == NOW + timedelta(days=90)


def test_serial_numbers_are_random_and_have_128_bits():
    serials = [signing.serial() for _turn in range(200)]
    assert len(set(serials)) == 200
    assert max(serials).bit_length() > 120
    assert all(0 < one < 1 << 128 for one in serials)
    assert signed().serial != signed().serial


def test_no_certificate_outlives_its_authority():
    late = ROOT.facts.not_after - timedelta(days=10)
    pem = signing.sign(request(), ASKED, issuer_of(ROOT, late), late)
    assert certificates.read(pem).not_after == ROOT.facts.not_after
    assert signing.is_shortened(pem, 90)
    assert not signing.is_shortened(signing.sign(request(), ASKED, ISSUER, NOW), 90)


def test_none_begins_before_its_authority():
    start = ROOT.facts.not_before + timedelta(seconds=10)
    assert signed(now=start, by=issuer_of(ROOT, start)).not_before == ROOT.facts.not_before


@pytest.mark.parametrize("kind, expected", [("ec-p384", "sha384"), ("rsa-2048", "sha256"), ("ed25519", "")])
def test_the_hash_fits_the_key_of_the_authority(kind, expected):
    by = issuer_of(root(DESIRED._replace(kind=kind)))
    assert signed(by=by).signature_hash == expected


@pytest.mark.parametrize("kind", keys.KINDS[:3] + ("ed25519",))
def test_every_kind_of_key_is_signed(kind):
    leaf = signed(request(key=keys.generate(kind)), ASKED._replace(key_type=kind))
    assert leaf.kind == kind


LIES = {
    "another name": (request(names=("DNS:evil.example.com",), common_name=""), "the name DNS:evil.example.com"),
    "one name more": (request(names=ASKED.names + ("DNS:x.example.com",)), "the name DNS:x.example.com"),
    "one name less": (request(names=ASKED.names[:1]), "does not ask for the name IP:192.0.2.25"),
    "another common name": (request(common_name="evil.example.com"), "common name 'evil.example.com'"),
    "a common name in words": (request(common_name="Your Bank"), "common name 'Your Bank'"),
    "one usage more": (request(usages=("server", "client")), "the usage client"),
}


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_request_that_differs_from_the_task_is_refused(lie):
    pem, words = LIES[lie]
    with pytest.raises(CertificateError) as caught:
        signing.sign(pem, ASKED, ISSUER, NOW)
    assert words in str(caught.value)
    assert str(caught.value).startswith("nothing was signed: ")


def test_a_request_to_be_an_authority_is_refused():
    flag = x509.BasicConstraints(ca=True, path_length=None)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    with pytest.raises(CertificateError) as caught:
        signing.sign(crafted(NAMES, SERVER, flag, usage), PLAIN, ISSUER, NOW)
    assert "an authority (CA)" in str(caught.value)
    assert "key_cert_sign, crl_sign" in str(caught.value)


@pytest.mark.parametrize(
    "extension",
    [
        x509.NameConstraints([x509.DNSName("example.com")], None),
        x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00"),
        x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("2.5.29.32.0"), None)]),
    ],
)
def test_no_extension_passes_unseen(extension):
    with pytest.raises(CertificateError, match="asks for the extension"):
        signing.sign(crafted(NAMES, SERVER, extension), PLAIN, ISSUER, NOW)


def test_further_usages_are_refused():
    purposes = [x509.oid.ExtendedKeyUsageOID.SERVER_AUTH, x509.oid.ExtendedKeyUsageOID.CODE_SIGNING]
    with pytest.raises(CertificateError, match="the usage 1.3.6.1.5.5.7.3.3"):
        signing.sign(crafted(NAMES, x509.ExtendedKeyUsage(purposes)), PLAIN, ISSUER, NOW)


def test_a_subject_with_more_than_a_common_name_is_refused():
    name = x509.Name(
        [
            x509.NameAttribute(x509.oid.NameOID.ORGANIZATION_NAME, "Somebody Else"),
            x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "mx1.example.com"),
        ]
    )
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    for extension in (NAMES, SERVER):
        builder = builder.add_extension(extension, False)
    pem = requests.to_pem(builder.sign(keys.generate(), hashes.SHA256()))
    with pytest.raises(CertificateError, match="Somebody Else.*more than a common name"):
        signing.sign(pem, PLAIN, ISSUER, NOW)


@pytest.mark.parametrize(
    "key, words",
    [
        (rsa.generate_private_key(public_exponent=65537, key_size=1024), "weak"),
        (rsa.generate_private_key(public_exponent=3, key_size=2048), "weak public exponent"),
        (ec.generate_private_key(ec.SECP224R1()), "weak"),
        (ec.generate_private_key(ec.SECP256K1()), "of a kind that is not signed"),
    ],
)
def test_weak_keys_are_refused(key, words):
    with pytest.raises(CertificateError, match=words):
        signing.sign(crafted(NAMES, SERVER, key=key), PLAIN, ISSUER, NOW)


def test_another_kind_of_key_than_asked_is_refused():
    with pytest.raises(CertificateError, match="its key is ec-p256, the task asks for rsa-3072"):
        signing.sign(request(), ASKED._replace(key_type="rsa-3072"), ISSUER, NOW)


def test_a_request_whose_signature_does_not_hold_is_refused():
    from plugins.module_utils.pki.x509 import pem as pems

    der = bytearray(pems.der(request()))
    der[-1] ^= 1
    import base64

    text = base64.encodebytes(bytes(der))
    broken = b"-----BEGIN CERTIFICATE REQUEST-----\n" + text + b"-----END CERTIFICATE REQUEST-----\n"
    with pytest.raises(CertificateError):
        signing.sign(broken, ASKED, ISSUER, NOW)


@pytest.mark.parametrize("text", [b"", b"no request", b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"])
def test_what_is_no_request_is_refused(text):
    with pytest.raises(CertificateError):
        signing.sign(text, ASKED, ISSUER, NOW)


@pytest.mark.parametrize(
    "asked, words",
    [
        (ASKED._replace(names=("DNS:mx1.example.org",)), "may not sign for DNS:mx1.example.org"),
        (ASKED._replace(names=("DNS:badexample.com",)), "may not sign for DNS:badexample.com"),
        (ASKED._replace(names=("IP:192.0.3.1",)), "may not sign for IP:192.0.3.1"),
        (ASKED._replace(names=("IP:2001:db8::1",)), "may not sign for IP:2001:db8::1"),
        (ASKED._replace(common_name="www.example.org"), "may not sign for DNS:www.example.org"),
        (ASKED._replace(names=("email:me@example.com",)), "neither a host name nor an address"),
        (ASKED._replace(names=()), "names are missing"),
        (ASKED._replace(days=399), "1 to 398 days"),
        (ASKED._replace(days=0), "1 to 398 days"),
    ],
)
def test_what_the_authority_may_not_sign_is_known_before_anybody_requests_it(asked, words):
    with pytest.raises(CertificateError) as caught:
        signing.refuse_unsignable(asked, ISSUER)
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["DNS:example.com", "DNS:a.b.example.com", "DNS:*.example.com", "IP:192.0.2.255"])
def test_names_within_the_constraints_are_signed(name):
    signing.refuse_unsignable(ASKED._replace(names=(name,)), ISSUER)


def test_what_leads_to_the_root_follows_the_certificate():
    middle = root(DESIRED._replace(name="Middle"))
    by = ISSUER._replace(chain=middle.facts.pem)
    assert pems.certificates(signing.sign(request(), ASKED, by, NOW))[1:] == [middle.facts.pem]
    assert len(pems.certificates(signing.sign(request(), ASKED, ISSUER, NOW))) == 1


def test_an_encrypted_key_opens_with_its_passphrase_only():
    pem = issuer.to_pem(ISSUER.key, b"open sesame")
    assert issuer.is_protected(pem)
    assert not issuer.is_protected(ROOT.key)
    loaded = issuer.load(pem, ROOT.facts.pem, b"open sesame", NOW, "ca.pem")
    assert keys.public_digest(loaded.key) == ROOT.facts.public_digest
    with pytest.raises(CertificateError, match="the passphrase does not open it"):
        issuer.load(pem, ROOT.facts.pem, b"another", NOW, "ca.pem")
    with pytest.raises(CertificateError, match="none is given"):
        issuer.load(pem, ROOT.facts.pem, None, NOW, "ca.pem")


def test_an_unencrypted_key_is_read_whether_a_passphrase_is_given_or_not():
    assert issuer.load(ROOT.key, ROOT.facts.pem, b"unused", NOW, "ca.pem").chain == b""


def test_authorities_that_cannot_sign_are_refused():
    after = ROOT.facts.not_after + timedelta(days=1)
    with pytest.raises(CertificateError, match="ca.pem: .*expired"):
        issuer_of(ROOT, after)
    with pytest.raises(CertificateError, match="another key"):
        issuer.load(root().key, ROOT.facts.pem, None, NOW, "ca.pem")
    key = keys.generate()
    leaf = selfsigned.build(key, requests.DesiredCertificate("mx1.example.com", ("DNS:mx1.example.com",)), 90, NOW)
    with pytest.raises(CertificateError, match="no certificate of an authority"):
        issuer.load(keys.to_pem(key), requests.to_pem(leaf), None, NOW, "ca.pem")


def test_a_kind_of_name_of_which_nothing_is_permitted_is_excluded():
    only_names = issuer_of(root(DESIRED._replace(permitted=("DNS:example.com",)))).certificate
    assert constraints.outside(["IP:192.0.2.1", "IP:::1", "DNS:example.com"], only_names) == ["IP:192.0.2.1", "IP:::1"]
    only_addresses = issuer_of(root(DESIRED._replace(permitted=("IP:192.0.2.0/24",)))).certificate
    assert constraints.outside(["DNS:example.com", "IP:192.0.2.1", "IP:::1"], only_addresses) == [
        "DNS:example.com",
        "IP:::1",
    ]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("example.com", "DNS:example.com"),
        (".Example.COM", "DNS:example.com"),
        ("dns: example.com", "DNS:example.com"),
        ("192.0.2.1", "IP:192.0.2.1/32"),
        ("IP:192.0.2.0/24", "IP:192.0.2.0/24"),
        ("2001:db8::/32", "IP:2001:db8::/32"),
    ],
)
def test_subtrees_are_written_in_several_ways(text, expected):
    assert constraints.canonical(text) == expected


@pytest.mark.parametrize("text", ["*.example.com", "192.0.2.1/24", "IP:example.com", "exa mple", ""])
def test_what_is_no_subtree_is_refused(text):
    with pytest.raises(CertificateError):
        constraints.canonical(text)


def other_name(number, text):
    """An otherName whose value is a short UTF8String."""
    return x509.OtherName(x509.ObjectIdentifier(number), b"\x0c" + bytes([len(text)]) + text)


HOST = x509.DNSName("mx1.example.com")
PRINCIPAL = other_name("1.3.6.1.4.1.311.20.2.3", b"boss@example.com")
MAILBOX = other_name("1.3.6.1.5.5.7.8.9", b"boss@example.com")  # SmtpUTF8Mailbox, RFC 9598
SERVICE_NAME = other_name("1.3.6.1.5.5.7.8.7", b"_smtp.example.com")
BOSS = x509.DirectoryName(x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "boss")]))
# What somebody who has stolen the key may try: names, and whether OpenSSL and GnuTLS take the certificate.
STOLEN = {
    "a host": ([HOST], True, True),
    "an address": ([x509.IPAddress(ip_address("192.0.2.9"))], True, True),
    "another host": ([x509.DNSName("mx1.example.org")], False, False),
    "another address": ([x509.IPAddress(ip_address("198.51.100.1"))], False, False),
    "an address of the other kind": ([x509.IPAddress(ip_address("2001:db8::1"))], False, False),
    "a mailbox": ([HOST, x509.RFC822Name("boss@example.com")], False, False),
    "a mailbox in other letters": ([HOST, MAILBOX], False, True),
    "a URI": ([HOST, x509.UniformResourceIdentifier("https://example.com/")], False, False),
    "a URI without a host": ([HOST, x509.UniformResourceIdentifier("urn:example:a")], False, False),
    # Constraints on these would have GnuTLS and Go reject all that the authority signs. Its usages are what limits them.
    "a principal": ([HOST, PRINCIPAL], True, True),
    "a service": ([HOST, SERVICE_NAME], True, True),
    "a directory's name": ([HOST, BOSS], True, True),
}


def stolen(names_of_leaf, usages=("serverAuth",), made=ROOT, now=NOW):
    """A certificate that the authority's key signed, whatever this project would have said."""
    by = issuer_of(made, now)
    numbers = {
        "serverAuth": "1.3.6.1.5.5.7.3.1",
        "emailProtection": "1.3.6.1.5.5.7.3.4",
        "logon": "1.3.6.1.4.1.311.20.2.2",
    }
    public = keys.generate().public_key()
    return requests.to_pem(
        x509.CertificateBuilder()
        .subject_name(requests.subject(requests.DesiredCertificate("mx1.example.com", ())))
        .issuer_name(by.certificate.subject)
        .public_key(public)
        .serial_number(signing.serial())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName(names_of_leaf), False)
        .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(numbers[one]) for one in usages]), False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        .add_extension(issuer.identifier(by.certificate), False)
        .sign(by.key, hashes.SHA256())
    )


def accepts(command, directory, leaf, made=ROOT):
    """Whether a program takes a certificate of the authority, and what it says."""
    (directory / "leaf.pem").write_bytes(leaf)
    (directory / "ca.pem").write_bytes(made.facts.pem)
    argv = [word.format(leaf=directory / "leaf.pem", ca=directory / "ca.pem") for word in command]
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=False)
    return done.returncode == 0, done.stdout


OPENSSL = ["openssl", "verify", "-x509_strict", "-attime", str(int(NOW.timestamp())), "-CAfile", "{ca}"]
GNUTLS = ["certtool", "--verify", "--load-ca-certificate", "{ca}", "--infile", "{leaf}"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
@pytest.mark.parametrize("attempt", STOLEN)
def test_openssl_enforces_the_constraints(attempt, tmp_path):
    found, accepted, _gnutls = STOLEN[attempt]
    done, said = accepts(OPENSSL + ["-purpose", "sslserver", "{leaf}"], tmp_path, stolen(found))
    assert done is accepted, said
    named = [names.from_general(one) for one in found]
    judged = [one for one in named if not one.startswith("other:")]
    assert bool(constraints.outside(judged, ISSUER.certificate)) is (not accepted and found != [HOST, MAILBOX])


@pytest.mark.skipif(shutil.which("certtool") is None, reason="needs GnuTLS's certtool")
@pytest.mark.parametrize("attempt", STOLEN)
def test_gnutls_enforces_the_constraints(attempt, tmp_path):
    found, _openssl, accepted = STOLEN[attempt]
    # Not every certtool accepts a time.
    now = datetime.now(timezone.utc).replace(microsecond=0)
    made = root(now=now)
    done, said = accepts(GNUTLS, tmp_path, stolen(found, made=made, now=now), made)
    assert done is accepted, said


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
@pytest.mark.parametrize(
    "usages, purpose", [(["emailProtection"], "smimesign"), (["logon", "serverAuth"], "smimesign")]
)
def test_openssl_takes_the_authority_for_tls_only(usages, purpose, tmp_path):
    done, said = accepts(OPENSSL + ["-purpose", purpose, "{leaf}"], tmp_path, stolen([HOST], usages))
    assert not done, said


@pytest.mark.parametrize("name", ["email:boss@example.com", "URI:https://example.com/"])
def test_the_signing_side_refuses_these_kinds_as_well(name):
    with pytest.raises(CertificateError, match="neither a host name nor an address"):
        signing.refuse_unsignable(ASKED._replace(names=(name,)), ISSUER)
    with pytest.raises(CertificateError, match="which the task does not"):
        signing.refuse_other(request(names=ASKED.names + (name,)), ASKED)


def test_what_x509_has_beyond_them_is_refused_in_a_request():
    for surplus in (PRINCIPAL, SERVICE_NAME, MAILBOX, BOSS, x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))):
        with pytest.raises(CertificateError, match="other:"):
            signing.refuse_other(crafted(x509.SubjectAlternativeName([HOST, surplus]), SERVER), PLAIN)


@pytest.mark.parametrize("number", ["1.3.6.1.4.1.311.2.1.14", "1.2.840.113549.1.9.7"])
def test_attributes_beside_the_extensions_are_refused(number):
    """With any version of cryptography; some authorities take further names from the first."""
    name = requests.subject(requests.DesiredCertificate("mx1.example.com", ()))
    builder = x509.CertificateSigningRequestBuilder().subject_name(name).add_extension(NAMES, False)
    builder = builder.add_extension(SERVER, False).add_attribute(x509.ObjectIdentifier(number), b"planted")
    with pytest.raises(CertificateError, match="attribute"):
        signing.refuse_other(requests.to_pem(builder.sign(keys.generate(), hashes.SHA256())), PLAIN)
