# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS of sent mail."""

from audited import MANAGER, Case, cut_off, node
from cases_certificates import CLOSED, EXPIRED, entry, unreadable
from cases_tls import GNUTLS, MODERN, OPENSSL

from plugins.module_utils.audit.evidence import FileFacts
from plugins.module_utils.tls.dnssec import NameServer, Resolver

SENDS = "ESMTP_Listener { }\n"
ON = "TLS = ifavailable\n"
USER = 'Security { user = "ecuser" group = "ecuser" }\n'
VERIFIED = USER + 'TLS = required\nTLS_Verify = host\nTLS_CA = "/c/ca.pem"\n'
DANE = SENDS + "dane { }\nuse_dane = true\n"
LOCAL, REMOTE = (
    Resolver("/etc/resolv.conf", [NameServer("127.0.0.1", "")]),
    Resolver("/r", [NameServer("192.0.2.53", "")]),
)
DOUBTFUL = Resolver("/etc/resolv.conf", [NameServer("127.0.0.1", "it answers without having validated (no bit AD)")])
NOBODY = Resolver("/etc/resolv.conf", because="it cannot be read: Permission denied")
LOGIN = 'Domain "relay.example" { %s\noutbound_smtp_auth_user = "u" outbound_smtp_auth_pass = "not-shown" }'


def tls(main, make=node, **more):
    return make(main, library=OPENSSL, **more)


def bundle(readers, *entries, main=VERIFIED, **more):
    """A node with a file of authorities. readers: who can read it."""
    facts = FileFacts("/c/ca.pem", "file", "root", "root", 0o640, readers=frozenset(readers))
    return node(main, certificates=list(entries), files={"/c/ca.pem": facts}, **more)


def authorities(problem):
    return entry(path="/c/ca.pem", service="trusted authorities", is_ca=True, problems=[problem], grade="expired")


def client(**more):
    return node("", certificates=[entry(service="SMTP client", **more)])


def of(rule, *cases):
    return [Case("MSEC-OUT-%03d" % rule, *case) for case in cases]


CASES = [
    *of(
        1,
        ("pass", node(SENDS + ON)),
        ("fail", node(SENDS), "in clear"),
        ("fail", node(SENDS + ON + 'Binding "b" { TLS = no }'), "Binding"),
        ("unknown", cut_off(SENDS + ON)),
        ("not_applicable", node(host=MANAGER)),
    ),
    *of(
        2,
        ("pass", node("TLS = required\nTLS_Verify = host")),
        ("pass", node("TLS = ifavailable\nTLS_Verify = host\nTLS_Ifavailable_Fallback = false"), "waits"),
        ("pass", node("TLS = ifavailable\nTLS_Verify = host", version="4.0.0"), "waits"),
        ("fail", node("TLS = ifavailable\nTLS_Verify = host"), "goes in clear"),
        ("fail", node("TLS = required\nTLS_Verify = optional"), "whoever answers"),
        ("fail", node(ON + 'Domain "partner.example" { TLS = required }'), "partner.example"),
        ("unknown", cut_off("TLS = required\nTLS_Verify = host")),
        ("unknown", node()),
        ("not_applicable", node(ON)),
    ),
    *of(
        3,
        ("pass", bundle(["everybody"])),
        ("pass", bundle(["group ecuser"])),
        ("fail", bundle(["group other"]), "ecuser cannot read it (mode 0640, root:root)"),
        ("fail", bundle(["everybody"], authorities(EXPIRED)), "expired"),
        (
            "fail",
            bundle([], unreadable("/c/ca.pem holds no certificate in PEM format", path="/c/ca.pem")),
            "no certificate",
        ),
        ("fail", node(VERIFIED, certificates=[]), "does not exist"),
        ("fail", node("TLS = required\nTLS_Verify = host", certificates=[]), "no TLS_CA is set"),
        ("fail", node('Domain "a.example" { use_mta_sts = true }', certificates=[]), "a.example"),
        ("unknown", bundle([], unreadable("/c/ca.pem cannot be read: Permission denied", path="/c/ca.pem"))),
        ("unknown", bundle(["group x"], main=VERIFIED.replace('group = "ecuser"', "")), "not known"),
        ("unknown", node(VERIFIED)),
        ("not_applicable", node(ON + 'TLS_CA = "/c/ca.pem"')),
    ),
    *of(
        4,
        ("pass", node(DANE, resolver=LOCAL), "validates DNSSEC"),
        ("pass", node(SENDS + 'use_mta_sts = true\nTLS_CA = "/c/ca.pem"'), "MTA-STS is used"),
        ("fail", node(SENDS), "neither DANE nor MTA-STS"),
        ("fail", node(SENDS + "dane { }"), "Use_DANE is off"),
        ("fail", node(SENDS + "use_dane = true"), "no stanza dane"),
        ("fail", node(DANE + "enable_dane = false", resolver=LOCAL), "Enable_DANE is off"),
        ("fail", node(DANE, resolver=DOUBTFUL), "no bit AD"),
        ("fail", node(SENDS + "use_mta_sts = true"), "no TLS_CA"),
        ("fail", node(SENDS + "use_mta_sts = true\nenable_mta_sts = false"), "Enable_MTA_STS is off"),
        ("unknown", node(DANE), "nobody has looked at resolver"),
        ("unknown", node(DANE, resolver=NOBODY), "Permission denied"),
        ("not_applicable", node("")),
        ("not_applicable", node(DANE, version="4.7.0"), "4.8"),
    ),
    *of(
        5,
        ("pass", client(usages=["client", "server"])),
        ("pass", client(usages=[])),
        ("fail", client(usages=["server"]), "for server alone"),
        ("unknown", node("", certificates=[unreadable(CLOSED, service="SMTP client")])),
        ("not_applicable", node("", certificates=[entry()])),
    ),
    *of(
        6,
        ("pass", node(LOGIN % "TLS = required")),
        ("pass", node("TLS = required\n" + LOGIN % "")),
        ("fail", node(LOGIN % "TLS = ifavailable"), "TLS is not required"),
        ("fail", node(LOGIN % ""), "relay.example"),
        ("unknown", node('Binding "push" { http_basic_auth = "u:not-shown" }'), "no page says"),
        ("unknown", cut_off(LOGIN % "TLS = required")),
        ("not_applicable", node(ON)),
    ),
    *of(
        7,
        ("pass", tls(ON + 'TLS_Protocols = "%s"' % MODERN)),
        ("fail", tls(ON), "TLSv1.0 and TLSv1.1"),
        (
            "fail",
            tls(ON + 'TLS_Protocols = "%s"\nDomain "old.example" { TLS_Protocols = "+ALL" }' % MODERN),
            "old.example",
        ),
        # The binding has TLS on, and the domain the protocols: together they are in force for what the binding sends to it.
        (
            "fail",
            tls('Binding "b" { TLS = required TLS_Protocols = "+TLSv1.2" }\nDomain "d" { TLS_Protocols = "+ALL" }'),
            '"d"',
        ),
        ("pass", tls(ON + 'TLS_Protocols = "%s"\nBinding "b" { TLS = no TLS_Protocols = "+ALL" }' % MODERN)),
        ("unknown", node(ON)),
        ("not_applicable", tls("")),
    ),
    *of(
        8,
        ("pass", tls(ON + 'TLS_Ciphers = "ECDHE-RSA-AES128-GCM-SHA256"')),
        ("fail", tls(ON), "DES-CBC3-SHA"),
        ("unknown", tls(ON + GNUTLS)),
        ("not_applicable", tls("TLS = no")),
    ),
    *of(
        9,
        ("pass", node(DANE, resolver=LOCAL)),
        ("fail", node(DANE, resolver=REMOTE), "192.0.2.53 come over the network"),
        ("unknown", node(DANE, resolver=NOBODY)),
        ("not_applicable", node(SENDS, resolver=REMOTE)),
    ),
    *of(
        10,
        ("pass", tls(ON)),
        ("fail", tls(ON + 'TLS_Protocols = "+TLSv1.3"'), "else mail goes in clear"),
        ("unknown", tls(ON + 'TLS_Protocols = "ALL"')),
        ("not_applicable", tls(ON + 'TLS_Ifavailable_Fallback = false\nTLS_Protocols = "+TLSv1.3"')),
        ("not_applicable", tls('TLS = required\nTLS_Protocols = "+TLSv1.3"')),
    ),
]
