# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates of the node, as msys.momentum.certificate_info describes them; test_audit_certificates.py has the words from real ones."""

from audited import Case, cut_off, node

from plugins.module_utils.preflight.facts import Facts

PATH, KEY = "/c/mx.pem", "/c/mx.key"
DAY = "2026-11-21 09:00:00 UTC"


def entry(**more):
    """A certificate with which nothing is wrong."""
    found = dict(
        path=PATH,
        service="SMTP",
        scopes=["ESMTP_Listener"],
        problems=[],
        grade="ok",
        subject="CN=mx1.example.com",
        names=["DNS:mx1.example.com"],
        issuer="CN=Example CA",
        serial="1f",
        fingerprint="00" * 32,
        not_before="2026-10-01T00:00:00Z",
        not_after="2026-12-30T00:00:00Z",
        days_left=60,
        share_left=0.66,
        key_kind="ec-p256",
        key_bits=256,
        signature_hash="sha256",
        usages=["server"],
        self_signed=False,
        is_ca=False,
        chain=[],
        key_path=KEY,
        key_mode="0640",
        key_fits=True,
    )
    return dict(found, **more)


def unreadable(problem, **more):
    """A file of which a grade is all that there is."""
    found = dict(
        path=PATH, service="SMTP", scopes=["ESMTP_Listener"], problems=[problem], grade="unreadable", key_path=""
    )
    return dict(found, **more)


def with_entries(*entries, main="", make=node, **parts):
    return make(main, certificates=list(entries), **parts)


BUNDLE = entry(
    path="/c/ca.pem", service="trusted authorities", scopes=["global"], is_ca=True, key_path="", key_fits=None
)
AUTHORITY = entry(path="/c/ca.pem", scopes=[], service="", is_ca=True, key_path="", key_fits=None)
EXPIRED = BUNDLE["path"] + ": the certificate CN=Old CA expired on " + DAY
ABSENT, CLOSED = "/c/mx.pem does not exist", "/c/mx.pem cannot be read: Permission denied"
CLIENT_CA = 'ESMTP_Listener { TLS_Client_CA = "/c/ca.pem" }'
HOST = 'hostname = "mx1.example.com"'


def of(rule, *cases):
    return [Case("MSEC-CRT-%03d" % rule, *case) for case in cases]


def of_all(rule, *cases):
    """Cases of a rule about each certificate: what cannot be read is a doubt, and authorities are none."""
    alike = [
        ("unknown", with_entries(unreadable(CLOSED)), "Permission denied"),
        ("unknown", node(""), "nobody has looked at certificates"),
        ("not_applicable", with_entries(BUNDLE, AUTHORITY)),
        ("pass", with_entries(entry())),
    ]
    return of(rule, *cases, *alike)


CASES = [
    *of(
        1,
        ("pass", with_entries(entry()), "comes without a chain"),
        (
            "fail",
            with_entries(entry(key_fits=False, problems=["the key /c/mx.key does not fit the certificate"])),
            "not fit",
        ),
        ("fail", with_entries(entry(problems=["CN=x of the chain is no authority (CA) certificate"])), "no authority"),
        (
            "fail",
            with_entries(entry(problems=["/c/mx.pem: a byte order mark hides the first certificate"])),
            "byte order",
        ),
        ("fail", with_entries(unreadable(ABSENT)), "does not exist"),
        ("unknown", with_entries(unreadable(CLOSED))),
        ("unknown", with_entries(entry(key_fits=None, key_path="", scopes=[])), "no key was found"),
        ("unknown", node("")),
        ("not_applicable", with_entries()),
        ("not_applicable", with_entries(BUNDLE, AUTHORITY)),
    ),
    *of_all(
        2,
        ("fail", with_entries(entry(grade="expired", problems=["the certificate CN=x expired on " + DAY])), "expired"),
        ("fail", with_entries(entry(problems=["in the chain: the certificate CN=x expired on " + DAY]))),
        ("pass", with_entries(entry(problems=["9 of 90 days are left"])), "valid until"),
    ),
    *of_all(
        3,
        ("fail", with_entries(entry(key_kind="rsa-1024", key_bits=1024)), "rsa-1024"),
        ("fail", with_entries(entry(signature_hash="sha1")), "sha1"),
        ("pass", with_entries(entry(signature_hash="sha1", self_signed=True))),
        (
            "fail",
            with_entries(entry(problems=["in the chain: the certificate CN=x has a weak signature (sha1)"])),
            "in the",
        ),
    ),
    *of(
        4,
        ("pass", with_entries(entry(), main=HOST)),
        ("pass", with_entries(entry(), machine=Facts(canonical="mx1.example.com"))),
        ("pass", with_entries(entry(names=["DNS:*.example.com"]), main=HOST)),
        ("fail", with_entries(entry(names=["DNS:mail.example.com"]), main=HOST), "not mx1.example.com"),
        ("fail", with_entries(entry(names=[]), main=HOST), "no subject alternative name"),
        ("unknown", with_entries(entry(), machine=Facts(canonical="mx1")), "no full name"),
        ("unknown", with_entries(entry()), "nobody has looked at machine"),
        ("unknown", with_entries(unreadable(CLOSED), main=HOST)),
        ("not_applicable", with_entries(entry(service="PostgreSQL", scopes=[]), BUNDLE)),
    ),
    *of_all(6, ("fail", with_entries(entry(share_left=0.2, days_left=18)), "18 days are left, 20%")),
    *of_all(
        7,
        ("fail", with_entries(entry(not_after="2031-10-01T00:00:00Z")), "1826 days"),
        ("pass", with_entries(entry(not_after="2027-10-01T00:00:00Z")), "365 days"),
    ),
    *of_all(8, ("fail", with_entries(entry(key_kind="rsa-2048", key_bits=2048)), "rsa-2048")),
    *of(
        9,
        ("pass", with_entries(entry(service="HTTP")), "Example CA"),
        ("fail", with_entries(entry(service="HTTP", self_signed=True))),
        ("unknown", with_entries(unreadable(CLOSED, service="web UI"))),
        ("not_applicable", with_entries(entry(self_signed=True))),
    ),
    *of_all(
        10,
        ("fail", with_entries(entry(usages=["client"])), "for client alone"),
        ("pass", with_entries(entry(usages=[]))),
        ("not_applicable", with_entries(entry(service="SMTP client", usages=["client"]))),
    ),
    *of(
        11,
        ("pass", with_entries(main=CLIENT_CA), "all of its certificates are valid"),
        ("fail", with_entries(dict(BUNDLE, problems=[EXPIRED]), main=CLIENT_CA), "expired"),
        (
            "unknown",
            with_entries(
                unreadable("/c/ca.pem cannot be read: x", path="/c/ca.pem", service="trusted authorities"),
                main=CLIENT_CA,
            ),
        ),
        ("unknown", node(CLIENT_CA)),
        ("unknown", cut_off(CLIENT_CA)),
        ("not_applicable", with_entries(dict(BUNDLE, problems=[EXPIRED]), main='TLS_CA = "/c/ca.pem"')),
    ),
]
