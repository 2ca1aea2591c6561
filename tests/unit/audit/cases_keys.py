# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that sign mail."""

from audited import Case, cut_off, node

from plugins.module_utils.audit.evidence import SigningKey
from plugins.module_utils.dkim.report import Published

PATH = "/opt/msys/ecelerity/etc/conf/dkim/example.com/s1.key"
GOOD = SigningKey(PATH, "example.com", "s1", kind="rsa-2048", bits=2048, published=Published("match"))
ABSENT = GOOD._replace(kind="", bits=0, problem="there is no key", is_absent=True, published=Published())
CLOSED = ABSENT._replace(problem=PATH + " cannot be read: Permission denied", is_absent=False)
STANZA = 'ESMTP_Listener { }\nopendkim "o" { %s\nheaderlist = (%s) key = "/k/%%{d}/%%{s}.key"\n%s }\n'
DOMAIN = 'dkim_domain "example.com" { selector = "s1" %s }'
EVERY = ("", "from, to, subject", DOMAIN % "")


def signing(*parts, make=node, **more):
    return make(STANZA % (parts or EVERY), **more)


def keys(*found, **more):
    return node("", signing_keys=[GOOD._replace(**more)] if more else list(found))


def of(rule, *cases):
    return [Case("MSEC-KEY-%03d" % rule, *case) for case in cases]


CASES = [
    *of(
        1,
        ("pass", keys(GOOD)),
        ("pass", keys(kind="ed25519", bits=256)),
        ("fail", keys(kind="rsa-1024", bits=1024), "s1._domainkey.example.com: the key is rsa-1024"),
        ("unknown", keys(ABSENT), "there is no key"),
        ("unknown", node("")),
        ("not_applicable", keys()),
    ),
    *of(
        2,
        ("pass", signing(), "by default"),
        ("fail", signing("digest = rsa-sha1", *EVERY[1:]), "rsa-sha1"),
        ("fail", signing(*EVERY[:2], DOMAIN % 'digest = "rsa-sha1"'), "dkim_domain"),
        ("unknown", signing(make=cut_off)),
        ("not_applicable", node("opendkim_sign = true")),
    ),
    *of(
        3,
        ("pass", keys(GOOD)),
        ("pass", keys(kind="ed25519", bits=256, signs=False)),
        ("fail", keys(kind="ed25519", bits=256), "RSA alone"),
        ("fail", keys(ABSENT), "there is no key"),
        ("unknown", keys(CLOSED), "Permission denied"),
        ("unknown", node("")),
        ("not_applicable", keys()),
    ),
    *of(
        4,
        ("pass", keys(GOOD)),
        ("fail", keys(readers="every account"), "every account can read it"),
        ("unknown", keys(CLOSED), "Permission denied"),
        ("unknown", node("")),
        ("not_applicable", keys(ABSENT)),
    ),
    *of(
        5,
        ("pass", keys(GOOD)),
        ("fail", keys(published=Published("differs", "another key is published")), "another key"),
        ("fail", keys(published=Published("absent", "no record is published"))),
        ("unknown", keys(published=Published("unknown", "no name server answers")), "no name server"),
        ("unknown", keys(published=Published()), "nobody has asked"),
        ("not_applicable", keys(published=Published("absent", "x"), signs=False)),
    ),
    *of(
        6,
        ("pass", keys(GOOD)),
        ("fail", keys(published=Published("match", "", True)), "marked as a test"),
        ("unknown", keys(published=Published())),
        ("not_applicable", keys()),
    ),
    *of(
        7,
        ("pass", signing()),
        ("fail", signing("", "to, subject", EVERY[2]), "not From"),
        ("fail", node('opendkim "o" { }'), "no headerlist"),
        ("unknown", signing(make=cut_off)),
        ("not_applicable", node("")),
    ),
    *of(
        8,
        ("pass", signing()),
        ("fail", signing("body_length_limit = true", *EVERY[1:])),
        ("fail", signing(*EVERY[:2], DOMAIN % "body_length_limit = true"), "dkim_domain"),
        ("unknown", signing(make=cut_off)),
        ("not_applicable", node("")),
    ),
    *of(
        9,
        ("pass", signing(), "signs as example.com"),
        ("pass", signing('selector = "s1"', EVERY[1], ""), "of each message"),
        ("fail", node("ESMTP_Listener { }"), "no stanza signs"),
        ("fail", node('opendkim_sign = true\nBinding "b" { opendkim_sign = false }\n' + STANZA % EVERY), "Binding"),
        ("unknown", signing("", EVERY[1], ""), "a policy decides"),
        ("not_applicable", node("")),
    ),
    *of(
        10,
        ("pass", signing()),
        ("fail", node('dk_sign { key = "/k/%{s}" }'), "DomainKeys"),
        ("unknown", signing(make=cut_off)),
        ("not_applicable", node("")),
    ),
]
