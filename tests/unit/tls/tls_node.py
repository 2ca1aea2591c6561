# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node for tests of TLS: a configuration in memory, and an OpenSSL that is a table."""

from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.paths import parse_path
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.options import tls as options
from plugins.module_utils.tls.current import current
from plugins.module_utils.tls.dnssec import NameServer, Resolver
from plugins.module_utils.tls.outbound import Outbound
from plugins.module_utils.tls.resolve import Request, Resolution
from plugins.module_utils.tls.values.openssl_library import protocols_of

MAIN = "/conf/default/ecelerity.conf"
VALIDATING = Resolver("/etc/resolv.conf", [NameServer("127.0.0.1", "")])

STRONG = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES256-CCM",
    "ECDHE-ECDSA-AES128-CCM",
)
MEDIUM = ("ECDHE-RSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-GCM-SHA384")
WEAK = ("AES128-SHA", "AES256-SHA", "DES-CBC3-SHA")
SUITES = (
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_128_CCM_SHA256",
    "TLS_AES_128_CCM_8_SHA256",
)
CLASSIC = ("X25519", "X448", "prime256v1", "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1")
BRAINPOOL_1_3 = ("brainpoolP256r1tls13", "brainpoolP384r1tls13", "brainpoolP512r1tls13", "brainpoolP512r1")
FINITE = ("ffdhe2048", "ffdhe3072", "ffdhe4096")
HYBRID = ("X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024")
_ALIASES = {
    "DEFAULT": STRONG + MEDIUM + WEAK,
    "ALL": STRONG + MEDIUM + WEAK,
    "HIGH": STRONG + MEDIUM + WEAK[:2],
    "aNULL": (),
    "MEDIUM": MEDIUM,
}


class FakeLibrary:
    """An OpenSSL of a version that knows the names above; it counts what it is asked."""

    def __init__(self, version=(3, 5, 0), text="OpenSSL 3.5.0"):
        self.version = version
        self.text = text
        self.questions = 0

    forbidden = frozenset()

    @property
    def protocols(self):
        return protocols_of(self.version)

    def _members(self, token):
        name = token.lstrip("!-+")
        return _ALIASES.get(name) if name in _ALIASES else ((name,) if name in _ALIASES["ALL"] else None)

    def names(self):
        return frozenset(_ALIASES["ALL"])

    def knows_cipher(self, token):
        self.questions += 1
        return token.startswith("@") or self._members(token) is not None

    def ciphers(self, text):
        return self.listed(text)

    def listed(self, text):
        self.questions += 1
        chosen, dead = [], set()
        for token in text.replace(",", ":").replace(" ", ":").split(":"):
            members = self._members(token.partition("@")[0]) or ()
            if token[:1] == "!":
                dead.update(members)
            if token[:1] in "!-":
                chosen = [name for name in chosen if name not in members]
            else:
                chosen += [name for name in members if name not in chosen and name not in dead]
        return tuple(chosen)

    def knows_suite(self, name):
        return self.version >= (1, 1, 1) and name in SUITES

    def knows_group(self, name):
        known = CLASSIC + (BRAINPOOL_1_3 + FINITE if self.version >= (3, 0) else ())
        known += HYBRID if self.version >= (3, 5) else ()
        aliases = {"p-256": "prime256v1", "secp256r1": "prime256v1", "p-384": "secp384r1", "p-521": "secp521r1"}
        folded = name.lower()
        return aliases.get(folded, folded) in [one.lower() for one in known]


def old_library():
    """What Momentum 3.x and early 4.x ran with: no TLS 1.3, no groups of 2020."""
    return FakeLibrary((1, 0, 2), "OpenSSL 1.0.2k-fips")


class Node:
    """A configuration in memory, with what resolves it."""

    def __init__(self, main="", version="5.3", library=None, identity=None, **files):
        self.contents = {"/conf/default/%s.conf" % name: text.encode() for name, text in files.items()}
        self.contents[MAIN] = main.encode()
        self.version = version
        self.openssl = library or FakeLibrary()
        self.identity = identity

    def load(self, edited):
        reader = OverlayReader(dict(self.contents, **edited))
        return load(MAIN, search_path=["/conf/default"], nodename="node1", reader=reader)

    def effective(self):
        return Effective(self.load({}))

    def resolve(self, *targets, purge=False, expected=(), closed=(), outbound=None):
        request = Request(targets, purge, expected, closed=closed, outbound=outbound)
        now = current(self.load({}), self.version, self.openssl)
        return Resolution(now, self.load, request, lambda effective: self.identity).resolve()

    def after(self, *targets, **keywords):
        """The main file after the targets are resolved; a second run must change nothing."""
        outcome = self.resolve(*targets, **keywords)
        self.contents.update({edit.path: edit.after for edit in outcome.plan.edits})
        again = self.resolve(*targets, **keywords)
        assert again.plan.edits == [] and again.plan.changes == []
        return self.contents[MAIN].decode()


def path(*elements):
    return parse_path(elements)


def weaker(outcome):
    """Scope, option and whether it was removed, of everything that is reported as weaker."""
    return [(one["scope"], one["option"], one["removed"]) for one in outcome.weaker]


def with_defaults(entry, arguments):
    """An entry as Ansible hands it over."""
    filled = {name: entry.get(name, one.get("default")) for name, one in arguments.items()}
    assert set(entry) <= set(filled)
    return filled


def declared(resolver=VALIDATING, **entry):
    filled = with_defaults(entry, options.OUTBOUND)
    filled["domains"] = [with_defaults(one, options.DOMAIN) for one in filled["domains"]]
    return Outbound(filled, resolver)
