# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the values of TLS options mean: whether they can be used, and when two of them say the same.

A value is read in the dialect of the library that will read it. GnuTLS serves SMTP only; HTTP, ECStream and XMPP listeners
use OpenSSL whatever the engine (page *tls_engine*).
"""

from typing import Any, Callable, Dict, FrozenSet, NamedTuple, Optional, Tuple

from ...catalog import catalog
from ...ecconf.effective import Effective
from ...ecconf.paths import Path
from ..errors import TlsError
from ..options import Field
from . import ciphers, groups, priority, protocols, suites
from .openssl_library import Library

OPENSSL, GNUTLS = "openssl", "gnutls"
_FIRST_LIMITS = ("3.6.6", "4.1.0.2")  # page *tls_protocols*
_ALWAYS_OPENSSL = frozenset(["http_listener", "ecstream_listener", "xmpp_listener"])


class Context(NamedTuple):
    """What decides about the meaning of a value: the version of Momentum, the node's OpenSSL, the engine in force."""

    version: str
    openssl: Library
    engine: str = OPENSSL

    def dialect(self, path: Path) -> str:
        """The library that reads the values of a scope."""
        return OPENSSL if path and path[0][0].lower() in _ALWAYS_OPENSSL else self.engine


def engine_in_force(effective: Effective) -> str:
    """The engine that the configuration asks for; OpenSSL is the default (page *tls_engine*)."""
    setting = effective.get((), "TLS_Engine")
    return GNUTLS if setting is not None and str(setting.value).lower() == GNUTLS else OPENSSL


def flaw(field: Field, value: str, dialect: str, context: Context) -> Optional[TlsError]:
    """Why a value cannot be used, or None."""
    try:
        _CHECKS.get((field.kind, dialect), _accept)(value, context)
    except TlsError as error:
        return error
    return None


def same(field: Field, path: Path, context: Context) -> Optional[Callable[[Any, Any], bool]]:
    """How two values of an option in a scope are compared; None: as the catalog compares them."""
    meaning = _MEANINGS.get((field.kind, context.dialect(path)))
    return None if meaning is None else lambda one, other: _equal(str(one), str(other), meaning, context)


def outdated(field: Field, value: str, dialect: str, context: Context) -> str:
    """The protocols that a value leaves, in words, if one is older than TLS 1.2 and that is not among them; else empty.

    Peers that speak TLS 1.2 at most then negotiate an older one, or none. The value can be used, as `flaw` knows.
    """
    if field.kind not in ("protocols", "ciphers") or (field.kind == "protocols") is not (dialect == OPENSSL):
        return ""
    left = protocol_set(value, context) if dialect == OPENSSL else priority.protocols(value, context.version)
    return protocols.outdated(left)


def protocol_set(text: str, context: Context) -> FrozenSet[str]:
    """The protocols that a value of TLS_Protocols leaves; an empty text stands for the default.

    A version that cannot limit them speaks what the first one of its line with this option can.
    """
    version = context.version
    if not catalog.available(catalog.entries("TLS_Protocols")[0], version):
        version = _FIRST_LIMITS[catalog.parse_version(version) >= (4,)]
    return protocols.resolve(text, version, context.openssl)


def cipher_list(text: str, context: Context) -> Tuple[str, ...]:
    """The cipher suites of TLS 1.2 and older that a value of TLS_Ciphers leaves, in order, whatever a policy of the system forbids."""
    return ciphers.permitted(text or "DEFAULT", context.openssl)


def suite_list(text: str) -> Tuple[str, ...]:
    """The suites of TLS 1.3 that a value of TLSv13_Ciphersuites names, in order."""
    return tuple(suites.split(text))


def _accept(_value: str, _context: Context) -> None:
    return None


def _check_protocols(value: str, context: Context) -> None:
    left = protocol_set(value, context)
    if not left - context.openssl.forbidden:
        because = "%s alone, which the configuration of this node's OpenSSL forbids" % protocols.in_words(left)
        raise TlsError(value, "leaves %s" % (because if left else "no protocol at all"), "keep at least TLSv1.2")


def _check_priority(value: str, context: Context) -> None:
    if not priority.protocols(value, context.version):
        raise TlsError(value, "leaves no protocol at all", "keep at least VERS-TLS1.2")


def _check_ciphers(value: str, context: Context) -> None:
    ciphers.check(value, context.openssl)
    ciphers.expand(value, context.openssl)


_CHECKS: Dict[Tuple[str, str], Callable[[str, Context], None]] = {
    ("protocols", OPENSSL): _check_protocols,
    ("ciphers", OPENSSL): _check_ciphers,
    ("ciphers", GNUTLS): _check_priority,
    ("suites", OPENSSL): lambda value, context: suites.check(value, context.openssl),
    ("groups", OPENSSL): lambda value, context: groups.check(value, context.version, context.openssl),
}

_MEANINGS: Dict[Tuple[str, str], Callable[[str, Context], Any]] = {
    ("protocols", OPENSSL): protocol_set,
    # At a low level OpenSSL takes short keys and SHA-1 with the same ciphers, and OpenSSL 3 TLS 1.0 and 1.1 at level 0 alone.
    ("ciphers", OPENSSL): lambda value, context: (ciphers.security_level(value), cipher_list(value, context)),
    ("suites", OPENSSL): lambda value, context: suite_list(value),
    ("groups", OPENSSL): lambda value, context: groups.normal(value),
}


def _equal(one: str, other: str, meaning: Callable[[str, Context], Any], context: Context) -> bool:
    """Equal texts need no library; a text that cannot be read equals nothing else."""
    if one == other:
        return True
    try:
        return bool(meaning(one, context) == meaning(other, context))
    except TlsError:
        return False
