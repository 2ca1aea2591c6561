# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Authorities and requests to test signing with."""

from datetime import datetime, timezone

from plugins.module_utils.pki.authority import issuer
from plugins.module_utils.pki.authority import root as authority
from plugins.module_utils.pki.authority.rollover import Root
from plugins.module_utils.pki.authority.root import DesiredAuthority
from plugins.module_utils.pki.authority.signing import Asked
from plugins.module_utils.pki.x509 import certificates, keys, requests

NOW = datetime(2026, 11, 21, 10, tzinfo=timezone.utc)
DESIRED = DesiredAuthority("Example Mail CA", "ec-p256", ("DNS:example.com", "IP:192.0.2.0/24"), 3650, 1 / 3, 14, 398)
ASKED = Asked(("DNS:mx1.example.com", "IP:192.0.2.25"), "", ("server",), "", 90)


def root(desired=DESIRED, generation=1, now=NOW):
    key = keys.generate(desired.kind)
    return Root(certificates.facts_of(authority.build(key, desired, generation, now)), keys.to_pem(key))


def issuer_of(made, now=NOW):
    return issuer.load(made.key, made.facts.pem, None, now, "ca.pem")


def request(names=ASKED.names, common_name="mx1.example.com", usages=("server",), key=None):
    key = key or keys.generate()
    return requests.to_pem(requests.build(key, requests.DesiredCertificate(common_name, names, usages)))
