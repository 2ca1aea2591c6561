# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS as clients meet it."""

import sys
from pathlib import Path

from audited import MANAGER, Case, cut_off, node

sys.path.insert(0, str(Path(__file__).parents[1] / "tls"))

from tls_node import FakeLibrary, old_library  # noqa: E402

from plugins.module_utils.audit.evidence import Running  # noqa: E402
from plugins.module_utils.daemon.process import Process  # noqa: E402
from plugins.module_utils.tls.files import dhparams  # noqa: E402

OPENSSL = FakeLibrary()
MODERN = "+ALL:-TLSv1.0:-TLSv1.1"
GOOD = "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"
CERTIFICATE = 'TLS_Certificate = "/c.pem"\n'
LISTENER = 'ESMTP_Listener {\n%sSMTP_Extensions = (STARTTLS)\n%s\nListen "%s" {\n%s\n}\n}'


def listener(around="", inner="", listen=":25", certificate=CERTIFICATE):
    return LISTENER % (certificate, around, listen, inner)


def served(around="", head="", library=OPENSSL, version="5.3.0", make=node, listen=":25", inner="", **parts):
    """A node with a listener that has TLS. around: in it, inner: in its Listen, head: in the global scope."""
    return make(head + "\n" + listener(around, inner, listen), version=version, library=library, **parts)


def ciphers(text, **more):
    return served('TLS_Protocols = "%s"\nTLS_Ciphers = "%s"' % (MODERN, text), **more)


def running(*libraries):
    return Running(Process(4711, 1.0, "/opt/msys/ecelerity/sbin/ecelerity"), (), None, libraries=frozenset(libraries))


class WithoutEcdhe(FakeLibrary):
    """OpenSSL 0.9.8 of RHEL 5."""

    def names(self):
        return frozenset(["DHE-RSA-AES128-GCM-SHA256", "AES128-SHA"])


GNUTLS = "TLS_Engine = gnutls"
EMPTY = node("", library=OPENSSL)
UNSEEN = node(listener())
PLAIN = node(listener(certificate=""), library=OPENSSL)
SMALL, OWN = dhparams.Parameters((1 << 511) + 111, 2), dhparams.Parameters((1 << 2047) + 111, 2)
DHE = "DHE-RSA-AES128-GCM-SHA256"
DH_FILE = 'TLS_DHParams_File = "/dh.pem"'
PEER = 'Peer "192.0.2.0/24" { TLS_Protocols = "+ALL" }'
SEVERAL = LISTENER % (
    CERTIFICATE,
    'TLS_Protocols = "%s"' % MODERN,
    "127.0.0.1:25",
    '}\nListen ":25" { }\nListen ":26" { %s }\nPeer "192.0.2.0/24" { TLS_Protocols = "+ALL"',
)
RELAY = 'TLS_Verified_Peer_Can_Relay = true\nTLS_Client_CA = "/ca.pem"'
GROUPS = 'TLS_EC_Curve_Names = "%s"'


def parameters(found):
    return ciphers(DHE, head=DH_FILE, dhparams={"/dh.pem": found})


def of(rule, *cases):
    return [Case("MSEC-TLS-%03d" % rule, *case) for case in cases]


CASES = [
    *of(
        1,
        ("pass", served(), "TLSv1.0 and TLSv1.1 and TLSv1.2 and TLSv1.3"),
        ("pass", served('TLS_Ciphers = "NORMAL:-VERS-SSL3.0"', GNUTLS)),
        ("fail", served(version="4.2.1", library=old_library()), "SSLv2 and SSLv3"),
        ("fail", served('TLS_Ciphers = "NORMAL"', GNUTLS), "SSLv3"),
        ("unknown", served('TLS_Protocols = "ALL"'), "neither + nor -"),
        ("unknown", UNSEEN, "nobody has looked at tls"),
        ("not_applicable", EMPTY),
        ("not_applicable", PLAIN),
    ),
    *of(
        2,
        ("pass", served('TLS_Protocols = "%s"' % MODERN)),
        ("fail", served(), "TLSv1.0 and TLSv1.1"),
        # A Peer within a Listen, and one of the listener, have protocols of their own.
        ("fail", served('TLS_Protocols = "%s"\n%s' % (MODERN, PEER)), "192.0.2.0/24"),
        ("fail", served('TLS_Protocols = "%s"' % MODERN, inner=PEER), "192.0.2.0/24"),
        # A Listen that has TLS of its own counts for the Peer of the listener, wherever it stands.
        ("fail", node(SEVERAL % 'TLS_Protocols = "+TLSv1.2"', library=OPENSSL), ":25"),
        ("fail", node(SEVERAL % 'TLS_Protocols = "+TLSv1.1"', library=OPENSSL), ":26"),
        ("unknown", UNSEEN),
        ("unknown", served('TLS_Protocols = "%s"' % MODERN, make=cut_off)),
        ("not_applicable", EMPTY),
    ),
    *of(
        3,
        ("pass", served()),
        ("fail", served('TLS_Protocols = "%s:-TLSv1.3"' % MODERN), "TLSv1.2 can"),
        ("fail", served(library=old_library())),
        ("unknown", UNSEEN),
        ("not_applicable", EMPTY),
        ("not_applicable", served(version="4.4.0"), "4.6"),
    ),
    *of(
        4,
        ("pass", ciphers(GOOD)),
        ("pass", ciphers(DHE)),
        ("fail", served(), "AES128-SHA"),
        ("unknown", served('TLS_Ciphers = "NORMAL"', GNUTLS), "GnuTLS"),
        ("unknown", ciphers("nonsense"), "leaves no cipher suite"),
        ("not_applicable", EMPTY),
    ),
    *of(
        5,
        ("pass", ciphers(GOOD)),
        ("pass", ciphers(DHE + ":" + GOOD, head="tls_enable_dhe_ciphers = false")),
        ("pass", ciphers(DHE, library=WithoutEcdhe()), "no ECDHE"),
        ("fail", ciphers(DHE + ":" + GOOD), DHE),
        ("fail", ciphers(DHE, head="tls_enable_dhe_ciphers = perhaps")),
        ("unknown", UNSEEN),
        ("not_applicable", EMPTY),
    ),
    *of(
        6,
        ("pass", ciphers(GOOD)),
        ("pass", served('TLS_Protocols = "+TLSv1.3"'), "none of the 0"),
        ("fail", served(), "DES-CBC3-SHA"),
        ("unknown", UNSEEN),
        ("not_applicable", EMPTY),
    ),
    *of(
        7,
        ("pass", ciphers("ECDHE-RSA-AES128-SHA256")),
        ("fail", ciphers("AES128-SHA"), "AES128-SHA"),
        ("unknown", UNSEEN),
        ("not_applicable", EMPTY),
    ),
    *of(
        8,
        ("pass", ciphers(GOOD)),
        ("fail", ciphers(GOOD + ":ECDHE-RSA-AES128-GCM-SHA257"), "SHA257"),
        ("fail", ciphers(GOOD + ":TLS_AES_128_GCM_SHA256"), "TLS 1.3 suite"),
        ("fail", served('TLSv13_Ciphersuites = "TLS_AES_128_GCM"'), "is no TLS 1.3 suite"),
        ("fail", served('TLS_Protocols = "TLSv1.2"'), "neither + nor -"),
        ("unknown", UNSEEN),
        ("not_applicable", served(), "nothing"),
    ),
    *of(
        9,
        ("pass", parameters(dhparams.of_group("ffdhe2048")), "ffdhe2048"),
        ("fail", parameters(SMALL), "a prime of 512 bits"),
        ("fail", parameters(OWN), "a prime of 2048 bits"),
        ("fail", parameters(None), "no Diffie-Hellman parameters"),
        ("unknown", ciphers(DHE), "built in"),
        ("unknown", ciphers(DHE, head=DH_FILE), "nobody has looked at dhparams"),
        ("unknown", ciphers(DHE, head=DH_FILE, dhparams={}), "/dh.pem"),
        ("not_applicable", ciphers(GOOD, head=DH_FILE)),
        ("not_applicable", ciphers(DHE, head=DH_FILE + "\ntls_enable_dhe_ciphers = false")),
    ),
    *of(
        10,
        ("pass", served(head=GROUPS % "secp384r1:P-256")),
        ("fail", served(head=GROUPS % "secp384r1:secp224r1"), "secp224r1"),
        ("fail", served(head=GROUPS % "secp384r1: prime256v1"), "blank"),
        ("fail", served(head=GROUPS % "secp384r1:prime256v1", version="5.2.0"), "takes one name"),
        ("unknown", UNSEEN),
        ("not_applicable", served()),
        ("not_applicable", node(GROUPS % "secp224r1", library=OPENSSL)),
    ),
    *of(
        11,
        ("pass", served(head=GROUPS % "secp384r1", running=running("/usr/lib64/libssl.so.3"))),
        ("pass", served(head=GROUPS % "secp384r1", running=lambda: None)),
        ("fail", served(head=GROUPS % "secp384r1:X25519MLKEM768", library=FakeLibrary((3, 0, 0)), running=running())),
        ("unknown", served(head=GROUPS % "secp384r1"), "nobody has looked at running"),
        ("unknown", served(head=GROUPS % "secp384r1", running=running("/opt/msys/3rdParty/lib64/libssl.so.1.1"))),
        ("unknown", served(head=GROUPS % "secp384r1", running=running("/usr/lib64/libssl.so.3 (deleted)")), "deleted"),
        ("not_applicable", served()),
    ),
    *of(
        12,
        ("pass", served(head=GROUPS % "X25519MLKEM768:X25519"), "X25519MLKEM768"),
        ("fail", served(head=GROUPS % "X25519"), "no hybrid"),
        ("unknown", served(), "is not known here"),
        ("not_applicable", served(head=GROUPS % "X25519", library=FakeLibrary((3, 0, 0)))),
        ("not_applicable", served(version="5.2.0")),
    ),
    *of(
        13,
        ("pass", served("TLS_Allow_Renegotiation = false")),
        ("fail", served(), "by default"),
        ("fail", served("TLS_Allow_Renegotiation = perhaps")),
        ("unknown", UNSEEN),
        ("not_applicable", PLAIN),
    ),
    *of(
        14,
        ("pass", served()),
        ("fail", served("Starttls_Injection_Policy = allow"), "CVE-2011-0411"),
        ("unknown", UNSEEN),
        ("not_applicable", PLAIN),
    ),
    *of(
        15,
        ("pass", served(), "STARTTLS"),
        ("fail", PLAIN, "no TLS_Certificate"),
        ("fail", node("ESMTP_Listener { %s }" % CERTIFICATE, library=OPENSSL), "no SMTP_Extensions"),
        ("unknown", UNSEEN),
        ("not_applicable", EMPTY),
        ("not_applicable", served(listen="127.0.0.1:25")),
    ),
    *of(
        16,
        ("pass", served(RELAY, authorities={"/ca.pem": ["CN=Partners"]}), "1 authority lets clients in"),
        ("pass", served(RELAY + "\nTLS_Verify_Mode = none"), "ignored"),
        ("fail", served(RELAY, authorities={"/ca.pem": ["CN=CA %d" % number for number in range(140)]}), "140"),
        ("unknown", served("TLS_Verified_Peer_Can_Relay = true"), "not documented"),
        ("unknown", served(RELAY, authorities={}), "nobody can tell"),
        ("unknown", served(RELAY), "nobody has looked"),
        ("not_applicable", served('TLS_Client_CA = "/ca.pem"')),
    ),
    *of(
        17,
        ("pass", ciphers(GOOD)),
        ("pass", served('TLS_Ciphers = "NORMAL:-VERS-SSL3.0"', GNUTLS)),
        ("fail", ciphers("NORMAL:-VERS-SSL3.0"), "one for gnutls"),
        ("fail", served('TLS_Ciphers = "%s"' % GOOD, GNUTLS), "one for openssl"),
        ("fail", served('TLS_Protocols = "%s"' % MODERN, GNUTLS), "ignores it"),
        ("fail", node(GNUTLS + '\nTLS_Ciphers = "NORMAL"\nHTTP_Listener { }', library=OPENSSL), "inherits"),
        ("unknown", UNSEEN),
        ("not_applicable", served()),
    ),
    *of(
        18,
        ("pass", ciphers(GOOD)),
        ("fail", ciphers("ECDHE-RSA-AES128-SHA256")),
        ("unknown", UNSEEN),
        ("not_applicable", EMPTY),
    ),
    *of(
        19,
        ("pass", served()),
        ("fail", served('TLS_Protocols = "+TLSv1.3"'), "TLSv1.3 can"),
        ("unknown", served('TLS_Protocols = "ALL"')),
        ("not_applicable", served('TLS_Protocols = "+TLSv1.3"', listen=":587")),
    ),
    *of(
        20,
        ("pass", served()),
        ("fail", served('TLSv13_Ciphersuites = "TLS_AES_128_CCM_8_SHA256"'), "CCM_8"),
        ("unknown", served('TLS_Ciphers = "NORMAL"', GNUTLS)),
        ("not_applicable", EMPTY),
    ),
    *of(
        21,
        ("pass", served()),
        ("fail", served("TLS_Verify_Mode = require"), "must show a certificate"),
        ("unknown", UNSEEN),
        ("not_applicable", served("TLS_Verify_Mode = require", listen=":587")),
        ("not_applicable", served("TLS_Verify_Mode = require", listen="[::1]:25")),
    ),
    *of(
        22,
        ("pass", served()),
        ("fail", served(head="ssl_lock_method = mutex"), "ssl_lock_method"),
        ("unknown", cut_off()),
        ("not_applicable", node(host=MANAGER)),
    ),
    *of(
        23,
        ("pass", ciphers(GOOD + ":@SECLEVEL=2")),
        ("fail", ciphers(GOOD + ":@SECLEVEL=0"), "level is 0"),
        ("unknown", UNSEEN),
        ("not_applicable", ciphers(GOOD)),
    ),
    *of(
        24,
        ("pass", served("Use_SSL = true", listen=":465")),
        ("fail", served(listen=":465"), "STARTTLS"),
        ("fail", node(listener(listen=":465", certificate=""), library=OPENSSL), "no TLS_Certificate"),
        ("unknown", UNSEEN),
        ("not_applicable", served()),
    ),
]
