# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With the program openssl: it makes pairs as create_ssl_cert does, and judges those that are made here."""

import shutil
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from certificate_samples import Place

from plugins.module_utils.pki.x509 import keys

NOW = datetime.now(timezone.utc)

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the program openssl is not installed")


@pytest.fixture
def place(tmp_path):
    (tmp_path / "certs").mkdir(mode=0o755)
    return Place(tmp_path)


def openssl(*arguments):
    done = subprocess.run(
        ["openssl"] + list(arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("days", [365, 1825])
def test_a_pair_of_openssl_req_is_taken_over_kept_and_renewed(place, days):
    key, certificate = place.path("certs/server.key"), place.path("certs/server.crt")
    request = "req -x509 -nodes -days %d -newkey rsa:2048 -subj /CN=momentum.example.com" % days
    openssl(*(request.split() + ["-keyout", key, "-out", certificate]))
    kept = place.keep(now=NOW)
    assert not kept["changed"] and kept["units"][0]["days_left"] in (days - 1, days)
    renewed = place.keep(now=NOW + timedelta(days=days * 3 // 4))["units"][0]
    assert (renewed["state"], renewed["key_type"]) == ("renewed", "rsa-2048")
    text = openssl("x509", "-in", certificate, "-noout", "-subject", "-ext", "subjectAltName")
    assert "momentum.example.com" in text and "DNS:momentum.example.com" in text and place.fits()


@pytest.mark.parametrize("kind", keys.KINDS)
def test_openssl_accepts_keys_certificates_and_requests_of_every_kind(place, kind):
    desired = {"key_type": kind, "names": ["mx1.example.com", "192.0.2.1"], "usages": ["server", "client"]}
    place.keep(desired, now=NOW)
    key, certificate = place.path("certs/server.key"), place.path("certs/server.crt")
    assert "PRIVATE" not in openssl("pkey", "-in", key, "-noout", "-pubout")
    for purpose in ("sslserver", "sslclient"):
        asked = ["-x509_strict", "-purpose", purpose, "-verify_hostname", "mx1.example.com", "-CAfile", certificate]
        assert "OK" in openssl("verify", *(asked + [certificate]))
    waiting = dict(desired, source="external", request=place.path("certs/a.csr"))
    assert place.keep(waiting, now=NOW)["units"][0]["state"] == "requested"
    assert "OK" in openssl("req", "-in", place.path("certs/a.csr"), "-noout", "-verify")
