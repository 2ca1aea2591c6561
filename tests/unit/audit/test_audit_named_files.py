# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the rules see of files that the configuration names."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="keys are read with the Python library cryptography")

from audited import configuration

sys.path.insert(0, str(Path(__file__).parents[1] / "pki"))

from certificate_samples import certificate, key_of

from plugins.module_utils.audit import named_files
from plugins.module_utils.dkim.report import Published
from plugins.module_utils.pki.x509 import keys
from plugins.module_utils.tls.files import dhparams

STANZA = """opendkim "o" {
  headerlist = (from)
  key = "%s/%%{d}/%%{s}.key"
  dkim_domain "a.example" { selector = "s1" }
  dkim_domain "b.example" { selector = "s1" }
}"""


def effective(text):
    return configuration(text).effective


@pytest.fixture
def signing(tmp_path):
    """A directory of keys, one in use, one beside it, and one that is none."""
    directory = tmp_path / "etc" / "conf" / "dkim"
    for name, content in (
        ("a.example/s1", keys.to_pem(key_of("rsa-1024"))),
        ("a.example/s2", keys.to_pem(key_of("ed25519"))),
        ("c.example/s1", b"nothing"),
    ):
        path = directory / (name + ".key")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o640)
    return directory


def test_keys_that_sign_are_described_with_their_records(signing, tmp_path):
    asked = []

    def ask(name, key):
        asked.append((name, keys.kind_of(key)))
        return Published("match")

    found = named_files.signing_keys(effective(STANZA % signing), str(tmp_path), ask)
    by_name = {one.name: one for one in found}
    used = by_name["s1._domainkey.a.example"]
    assert (used.signs, used.kind, used.bits, used.problem, used.published.status) == (
        True,
        "rsa-1024",
        1024,
        "",
        "match",
    )
    assert used.line == 3 and used.file.endswith("ecelerity.conf")
    assert asked == [("s1._domainkey.a.example", "rsa-1024")]
    absent = by_name["s1._domainkey.b.example"]
    assert (absent.signs, absent.kind, absent.problem) == (True, "", "%s/b.example/s1.key does not exist" % signing)


def test_keys_beside_those_in_use_are_there_once(signing, tmp_path):
    found = named_files.signing_keys(effective(STANZA % signing), str(tmp_path))
    assert sorted(one.path for one in found) == sorted(
        "%s/%s.key" % (signing, name) for name in ("a.example/s1", "b.example/s1", "a.example/s2", "c.example/s1")
    )
    beside = [one for one in found if one.path.endswith("a.example/s2.key")][0]
    assert beside.kind == "ed25519"
    without = named_files.signing_keys(effective(""), str(tmp_path))
    assert {(one.name, one.signs) for one in without} == {
        ("s1._domainkey.a.example", False),
        ("s2._domainkey.a.example", False),
        ("s1._domainkey.c.example", False),
    }
    assert [one.problem for one in without if one.domain == "c.example"][0].endswith(
        "holds no private key in PEM format"
    )


def test_parameters_and_authorities_are_read_where_they_are_named(tmp_path):
    group, bundle = tmp_path / "dh.pem", tmp_path / "ca.pem"
    group.write_bytes(dhparams.write(dhparams.of_group("ffdhe2048")))
    bundle.write_bytes(certificate("One CA", (), ca=True) + certificate("Other CA", (), ca=True))
    text = 'TLS_DHParams_File = "%s"\nTLS_Client_CA = "%s"\nESMTP_Listener { TLS_Client_CA = "/not/there.pem" }'
    now = effective(text % (group, bundle))
    assert named_files.parameters(now) == {str(group): dhparams.of_group("ffdhe2048")}
    assert named_files.authorities(now) == {str(bundle): ["CN=One CA", "CN=Other CA"]}
    group.unlink()
    assert named_files.parameters(now) == {str(group): None}
    group.mkdir()
    assert named_files.parameters(now) == {}
