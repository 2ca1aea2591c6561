# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of a key, and what the DNS may have in its place."""

import base64

import pytest

from plugins.module_utils.dkim import record
from plugins.module_utils.pki.x509 import keys

# RFC 8463, appendix A.2: the key of the selector `brisbane`, and its record.
BRISBANE = b"-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n" % base64.b64encode(
    bytes.fromhex("302e020100300506032b657004220420") + base64.b64decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
)
ED25519 = record.of_key("brisbane._domainkey.football.example.com", keys.load(BRISBANE))
RSA = record.Record("s._domainkey.example.com", "v=DKIM1; k=rsa; h=sha256; p=" + "A" * 392)


def test_the_record_of_an_ed25519_key_is_that_of_the_rfc():
    assert ED25519.value == "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    assert ED25519.line == '%s. IN TXT "%s"' % (ED25519.name, ED25519.value)


def test_a_long_value_is_divided_into_strings():
    made = record.of_key("s._domainkey.example.com", keys.generate("rsa-2048"))
    assert made.value.startswith("v=DKIM1; k=rsa; h=sha256; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A")
    assert [len(one) for one in made.strings] == [255, len(made.value) - 255]
    assert "".join(made.strings) == made.value and made.line.count('"') == 4


@pytest.mark.parametrize(
    ("texts", "status", "words"),
    [
        ([RSA.value], "match", ""),
        (["p=%s ; k=rsa" % ("A" * 200 + " \t" + "A" * 192)], "match", ""),
        (["v=spf1 -all", RSA.value], "match", ""),
        ([RSA.value + "; t=s; s=email; n=a=b"], "match", ""),
        ([], "absent", "no record"),
        (["v=spf1 -all"], "differs", "0 of the 1 records"),
        ([RSA.value, RSA.value], "differs", "2 of the 2 records"),
        (["v=DKIM1; p="], "differs", "revoked"),
        (["v=DKIM1; p=BBBB"], "differs", "another key"),
        ([RSA.value.replace("k=rsa", "k=ed25519")], "differs", "another key"),
        ([RSA.value.replace("DKIM1", "DKIM2")], "differs", "tag v"),
        ([RSA.value.replace("sha256", "sha1")], "differs", "tag h"),
        ([RSA.value + "; s=tlsrpt"], "differs", "tag s"),
        ([RSA.value.replace("v=DKIM1; ", "") + "; v=DKIM1"], "differs", "tag v is not the first"),
        ([RSA.value + "; p=BBBB"], "differs", "twice"),
        (["v=DKIM1; t=y; t=s; p=BBBB", RSA.value], "match", ""),
        (["\xff\x00;;="], "differs", "0 of the 1 records"),
    ],
)
def test_what_is_published_is_compared_by_its_meaning(texts, status, words):
    found = record.compare(RSA, [text.encode("latin-1") for text in texts])
    assert found[0] == status and words in found[1] and bool(found[1]) is bool(words)


def test_a_test_is_seen():
    assert record.is_testing([b"v=DKIM1; t=y:s; p=A"]) and not record.is_testing([b"v=DKIM1; t=s; p=A"])
