# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The language of `TLS_Ciphers` with OpenSSL: cipher lists for TLS 1.2 and older.

OpenSSL drops a token silently that it does not know, as long as one other token matches. Here each is named. Words that
openssl-ciphers(1) documents count as known even where a build has no suite left for them, so that `!RC4` stays correct.
"""

import re
from typing import TYPE_CHECKING, FrozenSet, List, NamedTuple, Optional, Tuple

from ...text.nearest import hint
from ..errors import TlsError

if TYPE_CHECKING:
    from .openssl_library import Library

# openssl-ciphers(1), releases 0.9.8 to 3.5.
KEYWORDS: FrozenSet[str] = frozenset(
    """
    DEFAULT COMPLEMENTOFDEFAULT ALL COMPLEMENTOFALL HIGH MEDIUM LOW EXP EXPORT EXPORT40 EXPORT56 eNULL NULL aNULL kRSA aRSA
    RSA kDHr kDHd kDH kDHE kEDH DHE EDH DH ADH kECDHr kECDHe kECDH kEECDH kECDHE ECDHE EECDH ECDH AECDH aDSS DSS aDH aECDH
    aECDSA ECDSA SSLv2 SSLv3 TLSv1 TLSv1.0 TLSv1.2 AES128 AES256 AES AESGCM AESCCM AESCCM8 ARIA128 ARIA256 ARIA
    ARIAGCM CAMELLIA128 CAMELLIA256 CAMELLIA CHACHA20 3DES DES RC4 RC2 IDEA SEED MD5 SHA1 SHA SHA256 SHA384 aGOST aGOST01
    aGOST12 kGOST kGOST18 GOST94 GOST89 GOST89MAC PSK kPSK kECDHEPSK kDHEPSK kRSAPSK aPSK SRP kSRP aSRP KRB5 kKRB5 aKRB5 FIPS
    FZA kFZA aFZA eFZA CBC SUITEB128 SUITEB128ONLY SUITEB192
    """.split()
)
# The parts of suite names such as EXP-RC2-CBC-MD5, with which a suite may be excluded that a build no longer has.
_PARTS: FrozenSet[str] = frozenset(
    """
    EXP EXP1024 ADH AECDH DH DHE EDH ECDH ECDHE RSA DSS ECDSA PSK SRP KRB5 NULL RC2 RC4 DES CBC CBC3 IDEA SEED AES128 AES256
    CAMELLIA128 CAMELLIA256 ARIA128 ARIA256 CHACHA20 POLY1305 GCM CCM CCM8 MD5 SHA SHA256 SHA384 3DES EDE GOST2001 GOST2012
    GOST94 GOST89 GOST8912 KUZNYECHIK MAGMA MAGMAOMAC KUZNYECHIKOMAC FZA
    """.split()
)
# What ssl_create_cipher_list() looks for at the very beginning only, whatever follows; elsewhere it drops them as it drops nonsense.
_LEADING = frozenset("DEFAULT SUITEB128 SUITEB128ONLY SUITEB128C2 SUITEB192 PROFILE=SYSTEM".split())
_ALONE = "SUITEB"  # words that begin so stand for a whole list: what follows is dropped
# Classes that builds of today may have emptied; nobody means a suite by them that could be missed.
_EMPTIED = frozenset(
    "MEDIUM LOW EXP EXPORT EXPORT40 EXPORT56 eNULL NULL SSLv2 SSLv3 COMPLEMENTOFALL COMPLEMENTOFDEFAULT".split()
)
_TOKEN = re.compile(r"[^:,; ]+")
_WORD = re.compile(r"@?[A-Za-z0-9._=+-]+")
_SECLEVEL = re.compile(r"^@SECLEVEL=[0-5]$")
_LEVELS = re.compile(r"@SECLEVEL=([0-5])")


class Token(NamedTuple):
    """One part of a list: its sign (`!`, `-`, `+` or empty), its word, and the column it begins at, counted from 1."""

    sign: str
    word: str
    column: int

    def __str__(self) -> str:
        return self.sign + self.word


def tokens(text: str) -> List[Token]:
    """Take a list apart; colon, comma, semicolon and blank separate."""
    return [_token(found.group(), found.start() + 1) for found in _TOKEN.finditer(text)]


def unknown(text: str, library: "Library") -> List[str]:
    """The tokens, as written, that OpenSSL would drop without a word."""
    return [str(token) for token in _dropped(tokens(text), library)]


def expand(text: str, library: "Library") -> Tuple[str, ...]:
    """The suites of TLS 1.2 and older that a list leaves, in order of preference.

    Raises TlsError if there are none, for which OpenSSL refuses the list.
    """
    return _some(text, library.ciphers(text), library)


def permitted(text: str, library: "Library") -> Tuple[str, ...]:
    """As `expand`, with the suites that only a policy of the system forbids: who changes it does not look at Momentum."""
    return _some(text, library.listed(text), library)


def _some(text: str, suites: Tuple[str, ...], library: "Library") -> Tuple[str, ...]:
    if not suites:
        reason = "leaves no cipher suite of TLS 1.2 or older that %s can offer" % library.text
        raise TlsError(text, reason, "name at least one, such as ECDHE-RSA-AES128-GCM-SHA256")
    return suites


def security_level(text: str) -> Optional[int]:
    """The security level that a list sets, SSL_CTX_set_security_level(3); None where the library keeps its own."""
    levels = _LEVELS.findall(text)
    return int(levels[-1]) if levels else None


def check(text: str, library: "Library") -> None:
    """Raise TlsError that names every token which would be dropped, TLS 1.3 suites among them."""
    if not tokens(text):
        raise TlsError(text, "is an empty cipher list", "remove the option, or name ciphers")
    bad = _dropped(tokens(text), library)
    if bad:
        first = bad[0]
        words = ["%s at column %d%s" % (token, token.column, _explained(token, library)) for token in bad]
        reason = "has tokens that %s drops without a word: %s" % (library.text, ", ".join(words))
        advice = "TLS 1.3 suites belong into TLSv13_Ciphersuites" if _is_suite(first.word) else "correct or remove them"
        raise TlsError(text, reason, advice)


def _token(text: str, column: int) -> Token:
    sign = text[0] if text[0] in "!-+" else ""
    return Token(sign, text[len(sign) :], column)


def _dropped(parts: List[Token], library: "Library") -> List[Token]:
    """The tokens that OpenSSL would drop."""
    first = parts[:1]
    if first and first[0].word in _LEADING and first[0].word.startswith(_ALONE) and _is_known(first[0], library):
        return parts[1:]
    return [token for token in parts if not _is_known(token, library)]


def _is_known(token: Token, library: "Library") -> bool:
    if not _WORD.fullmatch(token.word) or _is_suite(token.word):
        return False
    if token.word in _LEADING:
        return token.column == 1 and not token.sign and bool(library.ciphers(token.word))
    if token.word.startswith("@"):
        return not token.sign and _is_command(token.word, library)
    return _is_harmless(token) or library.knows_cipher(token.word)


def _is_harmless(token: Token) -> bool:
    """Whether nothing is lost if the library has no such suite: classes that became empty, and what is taken away by name."""
    if token.word in _EMPTIED:
        return True
    if not token.sign:
        return False
    parts = token.word.split("-")
    return all(part in KEYWORDS for part in token.word.split("+")) or (len(parts) > 1 and _PARTS.issuperset(parts))


def _is_command(word: str, library: "Library") -> bool:
    return word == "@STRENGTH" or library.version >= (1, 1) and _SECLEVEL.match(word) is not None


def _is_suite(word: str) -> bool:
    return word.startswith("TLS_")


def _explained(token: Token, library: "Library") -> str:
    if _is_suite(token.word):
        return " (a TLS 1.3 suite)"
    leading = next((word for word in sorted(_LEADING, key=len, reverse=True) if token.word.startswith(word)), "")
    if leading and token.word != leading:
        return " (%s has to be a word of its own)" % leading
    if leading and token.column > 1:
        return " (only at the very beginning)"
    return hint(token.word, list(KEYWORDS) + list(library.names()))
