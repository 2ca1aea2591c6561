# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The value of ``TLS_Protocols`` as a set, by the version of Momentum and of OpenSSL (page *tls_protocols*).

The text is a list of tokens, each with a sign, joined by ``:``, applied from left to right. The documented default is
``+ALL``. A text that begins with a minus takes away from that default; one that begins with a plus is the whole list.
What a token without a sign means is not documented, so it is refused, as is the leading colon of the 3.x page's example.

The set is what a value permits. The configuration of OpenSSL, such as a crypto policy, may forbid more, today: who changes it
does not look at Momentum. The change log of 5.3.0 says that TLSv1.0 and TLSv1.1 no longer take effect, the page that OpenSSL
still implements them; so they count.
"""

from typing import FrozenSet, List, NamedTuple, Optional, Tuple

from ...catalog.catalog import parse_version
from ...text.nearest import suggestion
from ..errors import TlsError
from .openssl_library import Library, protocols_of

Version = Tuple[int, ...]

PROTOCOLS = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
ALL = "ALL"
DEFAULT = "+ALL"
_REMEDY = "write for example +ALL:-SSLv3:-TLSv1.0:-TLSv1.1"


class Release(NamedTuple):
    """The tokens that Momentum knows since a version.

    ``openssl`` is the OpenSSL it was delivered for, taken where the node's own is not known.
    """

    since: Version
    tokens: FrozenSet[str]
    openssl: Version


_OLD = frozenset(PROTOCOLS[:5])
_EVERY = frozenset(PROTOCOLS)
# Pages *tls_protocols* (3.x and 4.x) and the change log of 4.6.0; the newest first.
RELEASES = (
    Release((4, 6), _EVERY, (1, 1, 1)),
    Release((4, 1, 0, 2), _OLD, (1, 0, 1)),
    Release((3, 6, 6), _OLD, (1, 0, 1)),
)


class Token(NamedTuple):
    """A sign, a name, and the column where the sign stands, counted from 1."""

    sign: str
    name: str
    column: int


def resolve(text: str, version: str, library: Optional[Library] = None) -> FrozenSet[str]:
    """The protocols that a Momentum of ``version`` can negotiate with this value; maybe none.

    An empty text is the default. Without ``library`` the OpenSSL that this version was delivered for counts.
    Raises TlsError for a text that is malformed or that this version does not know.
    """
    release = _release(version)
    able = _able(release, library)
    read = tokens(text or DEFAULT)
    chosen = able if read[0].sign == "-" else frozenset()
    for token in read:
        named = able if token.name == ALL else able & {_known(token, release, version)}
        chosen = chosen | named if token.sign == "+" else chosen - named
    return chosen


def spell(requested: FrozenSet[str], version: str, library: Optional[Library] = None) -> str:
    """The value for exactly these protocols, so that ``resolve`` gives them back as far as the node can do them.

    The text begins with +ALL, as the page has it, so that it does not depend on what an implementation starts from. Protocols
    that the node may know are taken away by name. Raises TlsError if nothing would be left.
    """
    release = _release(version)
    _refuse_strange(requested)
    able = _able(release, library)
    if not requested & able:
        names = ", ".join(name for name in PROTOCOLS if name in requested) or "no protocol"
        raise TlsError(names, "leaves nothing that this node can speak", "it can speak %s" % ", ".join(sorted(able)))
    unwanted = [name for name in PROTOCOLS if name in _removable(release, library) - requested]
    return ":".join([DEFAULT] + ["-" + name for name in unwanted])


def same(one: str, other: str, version: str, library: Optional[Library] = None) -> bool:
    """Whether two values leave the same protocols. Raises TlsError as ``resolve`` does."""
    return resolve(one, version, library) == resolve(other, version, library)


def outdated(left: FrozenSet[str]) -> str:
    """What is left, in words, if a protocol older than TLS 1.2 is among it and TLS 1.2 is not; else empty."""
    return in_words(left) if "TLSv1.2" not in left and left - {"TLSv1.3"} else ""


def in_words(names: FrozenSet[str]) -> str:
    """The names, the oldest first."""
    return " and ".join(name for name in PROTOCOLS if name in names)


def tokens(text: str) -> List[Token]:
    """The tokens of a value. Raises TlsError for one without a sign or without a name."""
    found = []
    column = 1
    for part in text.split(":"):
        found.append(_token(text, part, column))
        column += len(part) + 1
    return found


def _token(text: str, part: str, column: int) -> Token:
    where = "at column %d" % column
    if not part:
        raise TlsError(text, "has an empty token %s, whose meaning is not documented" % where, _REMEDY)
    if part[0] not in "+-":
        reason = "has neither + nor - before it %s, whose meaning is not documented" % where
        raise TlsError(part, reason, "write +%s or -%s" % (part, part))
    name = part[1:]
    if name != ALL and name not in PROTOCOLS:
        otherwise = "known are ALL, %s" % ", ".join(PROTOCOLS)
        raise TlsError(part, "is no protocol, %s" % where, suggestion(name, (ALL,) + PROTOCOLS, otherwise))
    return Token(part[0], name, column)


def _known(token: Token, release: Release, version: str) -> str:
    if token.name not in release.tokens:
        reason = "is not known to Momentum %s, at column %d" % (version, token.column)
        raise TlsError(token.sign + token.name, reason, "leave it out, or upgrade: TLSv1.3 needs Momentum 4.6")
    return token.name


def _release(version: str) -> Release:
    number = parse_version(version)
    for release in RELEASES:
        if number >= release.since:
            return release
    raise TlsError(version, "is a version of Momentum without TLS_Protocols", "it needs 3.6.6, or 4.1.0.2 and newer")


def _able(release: Release, library: Optional[Library]) -> FrozenSet[str]:
    """What this Momentum can speak with this library."""
    known = library.protocols if library is not None and library.version else protocols_of(release.openssl)
    return release.tokens & known


def _openssl(release: Release, library: Optional[Library]) -> Version:
    """The node's OpenSSL, or, where it is not known, the one that this Momentum was delivered for."""
    return library.version if library is not None and library.version else release.openssl


def _removable(release: Release, library: Optional[Library]) -> FrozenSet[str]:
    """The tokens that a spelling takes away if they are not requested: SSLv2 only where the library may know it.

    The page *tls_protocols* advises ``+ALL:-SSLv3:-TLSv1.0:-TLSv1.1``, with ``-SSLv2`` for OpenSSL before 1.1.0.
    """
    return release.tokens if _openssl(release, library) < (1, 1, 0) else release.tokens - {"SSLv2"}


def _refuse_strange(requested: FrozenSet[str]) -> None:
    strange = sorted(requested - _EVERY)
    if strange:
        known = "known are %s" % ", ".join(PROTOCOLS)
        raise TlsError(strange[0], "is no protocol", suggestion(strange[0], PROTOCOLS, known))
