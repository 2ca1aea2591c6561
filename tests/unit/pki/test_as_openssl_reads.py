# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pair that is reported as sound, accepted for TLS or deployed is one with which OpenSSL serves the whole chain.

OpenSSL is the judge: a client that trusts the root shakes hands with a server of the same files, see test_x509_chain_files.py.
"""

import ssl
import subprocess
from datetime import datetime, timezone

import pytest
from certificate_samples import Place
from test_chain_files import KEY, LEAF, MIDDLE, ROOT, handshake

from plugins.module_utils.pki import inventory
from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.inspection import File, inspect
from plugins.module_utils.tls.files import judge as files

TODAY = datetime.now(timezone.utc)
PARAMETERS = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"


def trusted(text):
    """A certificate with trust settings, openssl-x509(1)."""
    command = ["openssl", "x509", "-trustout", "-addtrust", "serverAuth"]
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True).stdout


def headed(text, header=b"Proc-Type: 4,CLEAR"):
    return text.replace(b"-----\n", b"-----\n" + header + b"\n\n", 1)


CERTIFICATES = {
    "plain": lambda: LEAF + MIDDLE,
    "with trust settings": lambda: trusted(LEAF) + MIDDLE,
    "an intermediate with trust settings": lambda: LEAF + trusted(MIDDLE),
    "a header": lambda: headed(LEAF) + MIDDLE,
    "another header": lambda: headed(LEAF, b"Comment: mail") + MIDDLE,
    "a header in the chain": lambda: LEAF + headed(MIDDLE),
    "a line that begins with NUL": lambda: LEAF + b"\0\n" + MIDDLE,
    "a border without a label": lambda: b"-----BEGIN -----\n" + LEAF + MIDDLE,
    "an old label": lambda: LEAF.replace(b" CERT", b" X509 CERT") + MIDDLE,
}
KEYS = {
    "plain": lambda: KEY,
    "carriage returns alone": lambda: KEY.replace(b"\n", b"\r"),
    "indented": lambda: b"  " + KEY.replace(b"\n", b"\n  "),
    "glued to parameters": lambda: PARAMETERS.rstrip() + KEY,
    "after parameters": lambda: PARAMETERS + KEY,
    "after words": lambda: b"# " + KEY,
    "a header": lambda: headed(KEY, b"Comment: mail"),
}
PAIRS = [pytest.param(make, KEYS["plain"], id="certificate: " + name) for name, make in CERTIFICATES.items()]
PAIRS += [pytest.param(CERTIFICATES["plain"], make, id="key: " + name) for name, make in KEYS.items()]


@pytest.fixture
def place(tmp_path):
    (tmp_path / "certs").mkdir(mode=0o755)
    return Place(tmp_path)


def is_served(path, key):
    try:
        return handshake(path, key)
    except ssl.SSLError:
        return False


def laid(place, text, key):
    paths = place.path("certs/a.crt"), place.path("certs/a.key")
    for path, content in zip(paths, (text, key)):
        with open(path, "wb") as stream:
            stream.write(content)
    return paths


def graded(path, key, scopes=("ESMTP_Listener",)):
    def read(name):
        with open(name, "rb") as stream:
            return File(stream.read(), 0o600)

    return inspect(inventory.CertificateFile(path, key, ("SMTP",), scopes), read, TODAY)[0]


@pytest.mark.parametrize(("make", "make_key"), PAIRS)
def test_a_pair_is_graded_as_sound_and_accepted_only_where_openssl_serves_it(place, make, make_key):
    path, key = laid(place, make(), make_key())
    served = is_served(path, key)
    entry = graded(path, key)
    assert (entry["grade"] == "ok") is served, entry["problems"]
    assert (files.flaw("certificate", path, key) is None) is served


@pytest.mark.parametrize(("make", "make_key"), PAIRS)
def test_a_provided_pair_is_deployed_as_openssl_reads_it_or_refused(place, make, make_key):
    path, key = place.path("certs/a.crt"), place.path("certs/a.key")
    texts = {"provided_key": make_key().decode(), "provided_certificate": make().decode()}
    try:
        place.keep(dict(texts, source="provided", key=key, certificate=path), now=TODAY)
    except CertificateError as error:
        assert "line " in str(error)
    else:
        assert is_served(path, key)


@pytest.mark.parametrize(("make", "make_key"), PAIRS)
def test_a_pair_of_another_tool_is_kept_only_as_openssl_reads_it(place, make, make_key):
    path, key = laid(place, make(), make_key())
    try:
        place.keep({"key": key, "certificate": path, "renew_at": "0.01"}, now=TODAY)
    except CertificateError as error:
        assert "line " in str(error)
    else:
        assert is_served(path, key)


def test_a_certificate_of_the_configuration_without_a_key_is_no_pair(place):
    path, key = laid(place, LEAF + MIDDLE, KEY)
    entry = graded(path, "")
    assert (entry["grade"], entry["key_fits"]) == ("alarm", False)
    assert "TLS_Key" in entry["problems"][0] and path in entry["problems"][0]
    # What no scope of the configuration names may have its key beside it.
    assert graded(path, "", ())["key_path"] == key


def test_the_key_of_one_scope_is_not_that_of_another(place):
    path, key = laid(place, LEAF + MIDDLE, KEY)
    both = [
        inventory.CertificateFile(path, key, ("SMTP",), ("ESMTP_Listener",)),
        inventory.CertificateFile(path, "", ("SMTP client",), ("b",)),
    ]
    assert [one.key for one in inventory.merged(both)] == ["", key]


def test_a_bundle_of_authorities_of_which_openssl_reads_less_is_told(place):
    path, _key = laid(place, MIDDLE.rstrip() + ROOT, KEY)
    trust = inventory.CertificateFile(path, "", (inventory.TRUST,), ("global",), True, True)
    with open(path, "rb") as stream:
        text = stream.read()
    (entry,) = inspect(trust, lambda _path: File(text, 0o644), TODAY)
    assert entry["grade"] == "unreadable" and "OpenSSL cannot read the block" in entry["problems"][0]
