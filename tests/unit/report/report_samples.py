# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of certificate_info as made-up hosts would give them."""

from datetime import datetime, timedelta, timezone

NOW = datetime(2026, 11, 21, 8, 40, tzinfo=timezone.utc)
FORM = "%Y-%m-%dT%H:%M:%SZ"


def entry(host="mx1.example.com", lifetime=365, age=100, **changed):
    """One certificate that has lived `age` days of its `lifetime`."""
    start = NOW - timedelta(days=age)
    return dict(
        {
            "path": "/opt/msys/ecelerity/etc/certs/server.crt",
            "service": "SMTP",
            "scopes": ['ESMTP_Listener > Listen ":25"'],
            "subject": "CN=" + host,
            "issuer": "CN=Example Mail CA",
            "names": ["DNS:" + host],
            "not_before": start.strftime(FORM),
            "not_after": (start + timedelta(days=lifetime)).strftime(FORM),
            "key_kind": "ec-p256",
            "key_bits": 256,
            "signature_hash": "sha256",
            "fingerprint": "5f" * 32,
            "key_path": "/opt/msys/ecelerity/etc/certs/server.key",
            "key_fits": True,
            "key_mode": "0600",
            "self_signed": False,
            "problems": [],
        },
        **changed,
    )


def host(*entries):
    """What one host answered."""
    return {"changed": False, "certificates": list(entries)}


SILENT = {"unreachable": True, "msg": "Failed to connect to the host via ssh"}


def fleet(hosts, per_host=5):
    """Hosts with certificates of all lifetimes and ages, always the same ones."""
    lifetimes = (47, 90, 365, 398, 1825)
    found = {}
    for number in range(hosts):
        name = "mx%d.example.com" % (number + 1)
        entries = []
        for index in range(per_host):
            lifetime = lifetimes[(number + index) % 5]
            age = lifetime * ((number * 37 + index * 11) % 104) / 100
            entries.append(
                entry(name, lifetime, age, path="/etc/certs/%d.crt" % index, scopes=['Binding "out-%d"' % index])
            )
        found[name] = host(*entries)
    return found
