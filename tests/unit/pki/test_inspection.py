# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in a certificate file, whether its key fits, and how urgent it is; the files are a dictionary."""

import base64
import json
import random
from datetime import datetime, timedelta, timezone

import pytest

pytest.importorskip("cryptography", reason="certificates are read with the Python library cryptography")

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from plugins.module_utils.pki.authority import signing
from plugins.module_utils.pki.authority.issuer import Issuer
from plugins.module_utils.pki.authority.signing import Asked
from plugins.module_utils.pki.inspection import File, inspect
from plugins.module_utils.pki.inventory import CertificateFile
from plugins.module_utils.pki.x509 import certificates, keys, requests, selfsigned

NOW = datetime(2026, 11, 21, tzinfo=timezone.utc)
PATH, KEY = "/c/server.crt", "/c/server.key"
PLACE = CertificateFile(PATH, KEY, ("SMTP",), ("ESMTP_Listener",))


@pytest.fixture(scope="module")
def key():
    return keys.generate()


def certificate(key, age=10, days=90, name="mx1.example.com", usages=("server",)):
    desired = requests.DesiredCertificate(name, ("DNS:" + name,), usages)
    return requests.to_pem(selfsigned.build(key, desired, days, NOW - timedelta(days=age)))


def reader(files):
    def read(path):
        if path not in files:
            raise FileNotFoundError(2, "No such file or directory", path)
        content = files[path]
        return content if isinstance(content, File) else File(content, 0o600)

    return read


def look(files, place=PLACE, now=NOW):
    return inspect(place, reader(files), now)


def test_a_good_pair_is_fine_and_says_what_it_is(key):
    (entry,) = look({PATH: certificate(key), KEY: keys.to_pem(key)})
    assert entry["problems"] == []
    assert (entry["grade"], entry["days_left"], entry["key_fits"]) == ("ok", 80, True)
    assert (entry["subject"], entry["names"]) == ("CN=mx1.example.com", ["DNS:mx1.example.com"])
    assert (entry["key_kind"], entry["key_bits"], entry["key_mode"]) == ("ec-p256", 256, "0600")
    assert entry["not_after"].startswith("2027-02-09T00:00:0")
    assert entry["self_signed"] is True
    assert (entry["service"], entry["scopes"]) == ("SMTP", ["ESMTP_Listener"])


@pytest.mark.parametrize(("age", "grade"), [(0, "ok"), (59, "ok"), (61, "due"), (76, "alarm"), (91, "expired")])
@pytest.mark.parametrize("scale", [47 / 90, 1, 365 / 90, 1825 / 90])
def test_the_grade_follows_the_share_of_the_lifetime(key, age, grade, scale):
    days = int(round(90 * scale))
    (entry,) = look({PATH: certificate(key, age * scale, days), KEY: keys.to_pem(key)})
    assert entry["grade"] == grade
    assert bool(entry["problems"]) is (grade != "ok")


def test_a_clock_that_is_moved_on_tells_what_will_be_due(key):
    files = {PATH: certificate(key), KEY: keys.to_pem(key)}
    assert look(files, now=NOW + timedelta(days=60))[0]["grade"] == "due"
    assert look(files, now=NOW - timedelta(days=60))[0]["grade"] == "alarm"


def test_another_certificates_key_does_not_fit(key):
    (entry,) = look({PATH: certificate(key), KEY: keys.to_pem(keys.generate())})
    assert (entry["key_fits"], entry["grade"]) == (False, "alarm")
    assert entry["problems"] == ["the key /c/server.key does not fit the certificate"]


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_is_none_cannot_be_used(key, content):
    (entry,) = look({PATH: certificate(key), KEY: content})
    assert (entry["key_fits"], entry["grade"]) == (False, "alarm")
    assert KEY in entry["problems"][0]


def test_a_key_that_is_named_has_to_be_there(key):
    (entry,) = look({PATH: certificate(key)})
    assert (entry["key_fits"], entry["grade"]) == (False, "alarm")
    assert "No such file" in entry["problems"][0]


def test_a_key_that_is_not_named_is_found_beside_the_certificate_or_in_it(key):
    place = CertificateFile(PATH, "")
    text = keys.to_pem(key)
    assert look({PATH: certificate(key), KEY: text}, place)[0]["key_path"] == KEY
    (combined,) = look({PATH: text + certificate(key)}, place)
    assert (combined["key_path"], combined["key_fits"]) == (PATH, True)
    (alone,) = look({PATH: certificate(key)}, place)
    assert (alone["key_path"], alone["key_fits"], alone["grade"]) == ("", None, "ok")


def test_a_key_with_a_passphrase_is_named_as_what_momentum_cannot_use(key):
    from cryptography.hazmat.primitives import serialization

    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"planted-passphrase"),
    )
    (entry,) = look({PATH: certificate(key), KEY: text})
    assert entry["key_fits"] is False
    assert "passphrase" in entry["problems"][0]


def test_a_key_that_everybody_can_read_is_a_problem(key):
    (entry,) = look({PATH: certificate(key), KEY: File(keys.to_pem(key), 0o644)})
    assert entry["grade"] == "due"
    assert entry["problems"] == ["the key /c/server.key is open to everybody (mode 0644)"]


def test_a_client_certificate_needs_the_usage_of_clients(key):
    place = CertificateFile(PATH, KEY, ("SMTP client",), ('Binding "b"',))
    text = keys.to_pem(key)
    (entry,) = look({PATH: certificate(key), KEY: text}, place)
    assert entry["problems"] == ["it is used as a client and lacks the extended key usage clientAuth"]
    (entry,) = look({PATH: certificate(key, usages=("server", "client")), KEY: text}, place)
    assert entry["problems"] == []


def test_a_chain_that_does_not_follow_is_a_problem(key):
    chain = certificate(key) + certificate(keys.generate(), name="other.example.com")
    (entry,) = look({PATH: chain, KEY: keys.to_pem(key)})
    assert entry["grade"] == "due"
    assert any("out of order" in problem for problem in entry["problems"])
    assert [link["subject"] for link in entry["chain"]] == ["CN=other.example.com"]


def test_a_missing_file_counts_only_where_one_is_expected():
    assert look({}, PLACE._replace(expected=False)) == []
    (entry,) = look({})
    assert (entry["grade"], entry["problems"]) == ("unreadable", ["/c/server.crt does not exist"])


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff" * 50, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_said_to_be_none(content):
    (entry,) = look({PATH: content})
    assert entry["grade"] == "unreadable"
    assert PATH in entry["problems"][0]


@pytest.mark.parametrize("kind", ["ec-p256", "ed25519"])
def test_no_damage_to_a_file_hides_the_other_files(kind):
    key, chance = keys.generate(kind), random.Random(kind)
    whole = base64.b64decode(b"".join(certificate(key).splitlines()[1:-1]))
    versions = [whole.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01" + bytes([number])) for number in (0, 9, 200)]
    damaged = [bytearray(whole) for _turn in range(300)]
    for content in damaged:
        content[chance.randrange(len(content))] = chance.randrange(256)
    grades = [look({PATH: armoured(content), KEY: keys.to_pem(key)})[0]["grade"] for content in versions + damaged]
    assert grades[1:3] == ["unreadable", "unreadable"]
    assert {"ok", "unreadable"} <= set(grades) <= {"ok", "due", "alarm", "expired", "unreadable"}


def armoured(content):
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(bytes(content)) + b"-----END CERTIFICATE-----\n"


def test_a_relative_path_is_not_guessed_at():
    (entry,) = look({}, PLACE._replace(path="certs/server.crt"))
    assert "relative" in entry["problems"][0]


def test_a_file_that_may_not_be_read_is_named_with_the_reason():
    def read(path):
        raise PermissionError(13, "Permission denied", path)

    (entry,) = inspect(PLACE, read, NOW)
    assert entry["problems"] == ["/c/server.crt cannot be read: Permission denied"]


def test_nothing_of_a_key_is_returned(key):
    text = keys.to_pem(key).decode()
    shown = json.dumps(look({PATH: certificate(key), KEY: text.encode()}))
    assert not any(line in shown for line in text.splitlines()[1:-1])


def chained(key, middle_age=10, middle_days=900):
    """A certificate and its issuer, which began `middle_age` days ago."""
    above = keys.generate()
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "Middle")])
    start = NOW.replace(tzinfo=None) - timedelta(days=middle_age)
    middle = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(above.public_key())
        .serial_number(5)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=middle_days))
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(above, hashes.SHA256())
    )
    facts = certificates.facts_of(middle)._replace(not_after=NOW + timedelta(days=900))
    issuer = Issuer(above, middle, facts, requests.to_pem(middle))
    asked = Asked(("DNS:mx1.example.com",), "mx1.example.com", ("server",), "", 90)
    desired = requests.DesiredCertificate(asked.common_name, asked.names)
    return signing.sign(requests.to_pem(requests.build(key, desired)), asked, issuer, NOW - timedelta(days=10))


def test_an_intermediate_that_has_expired_is_an_alarm(key):
    (fine,) = look({PATH: chained(key), KEY: keys.to_pem(key)})
    assert (fine["grade"], fine["problems"], len(fine["chain"])) == ("ok", [], 1)
    (entry,) = look({PATH: chained(key, 20, 19), KEY: keys.to_pem(key)})
    assert entry["grade"] == "alarm"
    assert [one for one in entry["problems"] if one.startswith("in the chain: the certificate CN=Middle expired on")]
    assert len(entry["problems"]) == 1, "said once"


@pytest.mark.parametrize(
    "spoil", [lambda text: text.replace(b"-----\n-----", b"----------"), lambda text: b"\xef\xbb\xbf" + text]
)
def test_a_file_of_which_openssl_reads_less_is_an_alarm(key, spoil):
    (entry,) = look({PATH: spoil(chained(key)), KEY: keys.to_pem(key)})
    assert (entry["grade"], entry["subject"], len(entry["chain"])) == ("alarm", "CN=mx1.example.com", 1)
    assert "OpenSSL cannot read the block CERTIFICATE" in entry["problems"][0]


@pytest.mark.parametrize(
    "chain", [b"-----BEGIN CERTIFICATE-----\nMII", b"<html>", b"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n"]
)
def test_a_chain_that_cannot_be_read_is_not_left_out(key, chain):
    (entry,) = look({PATH: certificate(key) + chain, KEY: keys.to_pem(key)})
    assert entry["grade"] == "unreadable" and "line" in entry["problems"][0]


def test_each_certificate_of_a_bundle_that_has_expired_is_told(key):
    bundle = CertificateFile("/c/bundle.pem", "")
    old, new = (
        chained(key, 20, 19).split(b"-----END CERTIFICATE-----\n")[1],
        chained(key).split(b"-----END CERTIFICATE-----\n")[1],
    )
    text = b"".join(one + b"-----END CERTIFICATE-----\n" for one in (old, new))
    assert [entry["grade"] for entry in look({"/c/bundle.pem": text}, bundle)] == ["expired", "ok"]


def test_of_a_bundle_that_is_trusted_only_what_is_not_valid_is_told(key):
    trust = CertificateFile("/c/ca.pem", "", ("trusted authorities",), ("global",), True, True)
    old = chained(key, 20, 19).split(b"-----END CERTIFICATE-----\n")[1] + b"-----END CERTIFICATE-----\n"
    new = chained(key).split(b"-----END CERTIFICATE-----\n")[1] + b"-----END CERTIFICATE-----\n"
    assert look({"/c/ca.pem": new}, trust) == []
    (entry,) = look({"/c/ca.pem": new + old}, trust)
    assert (entry["grade"], entry["service"], entry["scopes"]) == ("expired", "trusted authorities", ["global"])
    assert look({"/c/ca.pem": b"words"}, trust)[0]["grade"] == look({}, trust)[0]["grade"] == "unreadable"
