# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The language of `TLS_Ciphers` with GnuTLS: priority strings (GnuTLS manual, "Priority Strings").

`TLS_Protocols`, `TLSv13_Ciphersuites` and `TLS_EC_Curve_Names` have no effect there: the versions are part of the string, as
in the vendor's `NORMAL:-VERS-SSL3.0` (page *install-security-considerations*). GnuTLS refuses a whole string for one word that
it does not know, and versions of Momentum came with different ones: 3.1 with 4.1, 3.3 with 4.4, TLS 1.3 with 5.2. So what is
made here holds only words that the one has which came with that version.
"""

from typing import Dict, FrozenSet, List, Tuple

from ...catalog.catalog import parse_version
from ...text.nearest import hint
from ..errors import TlsError
from ..profiles.profiles import Profile

_TLS_1_3 = (5, 2)  # changelog of 5.2: TLS 1.3 through GnuTLS, hence GnuTLS 3.6
_START = (
    "NORMAL PERFORMANCE PFS SECURE128 SECURE192 SECURE256 SUITEB128 SUITEB192 LEGACY NONE SECURE EXPORT SYSTEM".split()
)
_VERS_TLS_1_3 = "VERS-TLS1.3"
_VERSIONS: Dict[str, str] = {
    "VERS-SSL3.0": "SSLv3",
    "VERS-TLS1.0": "TLSv1.0",
    "VERS-TLS1.1": "TLSv1.1",
    "VERS-TLS1.2": "TLSv1.2",
    _VERS_TLS_1_3: "TLSv1.3",
}
_ALL_VERSIONS = ("VERS-ALL", "VERS-TLS-ALL")
# The rest of a word that begins so. A release knows those of its time: what is no word of any release is refused.
_CERTIFICATES = "X509 X.509 OPENPGP RAWPK ALL"
_FAMILIES: Dict[str, FrozenSet[str]] = {
    family: frozenset(words.split())
    for family, words in (
        ("VERS-DTLS", "0.9 1.0 1.2 -ALL"),
        ("COMP-", "NULL DEFLATE LZO ALL"),
        ("CTYPE-", _CERTIFICATES),
        ("CTYPE-CLI-", _CERTIFICATES),
        ("CTYPE-SRV-", _CERTIFICATES),
        ("CURVE-", "SECP192R1 SECP224R1 SECP256R1 SECP384R1 SECP521R1 X25519 X448 ALL"),
        (
            "GROUP-",
            "SECP192R1 SECP224R1 SECP256R1 SECP384R1 SECP521R1 X25519 X448 FFDHE2048 FFDHE3072 FFDHE4096 FFDHE6144 FFDHE8192 "
            "GC256A GC256B GC256C GC256D GC512A GC512B GC512C ALL EC-ALL DH-ALL GOST-ALL",
        ),
        (
            "SIGN-",
            "RSA-MD2 RSA-MD5 RSA-RMD160 RSA-RAW RSA-SHA1 RSA-SHA224 RSA-SHA256 RSA-SHA384 RSA-SHA512 DSA-SHA1 DSA-SHA224 DSA-SHA256 "
            "DSA-SHA384 DSA-SHA512 ECDSA-SHA1 ECDSA-SHA224 ECDSA-SHA256 ECDSA-SHA384 ECDSA-SHA512 RSA-PSS-SHA256 RSA-PSS-SHA384 "
            "RSA-PSS-SHA512 RSA-PSS-RSAE-SHA256 RSA-PSS-RSAE-SHA384 RSA-PSS-RSAE-SHA512 ECDSA-SECP256R1-SHA256 ECDSA-SECP384R1-SHA384 "
            "ECDSA-SECP521R1-SHA512 EDDSA-ED25519 EDDSA-ED448 GOSTR341001 GOSTR341012-256 GOSTR341012-512 ALL GOST-ALL",
        ),
    )
}
_OPTIONS: FrozenSet[str] = frozenset(
    """
    ALLOW_SMALL_RECORDS COMPAT DEBUG_ALLOW_KEY_USAGE_VIOLATIONS DISABLE_SAFE_RENEGOTIATION DISABLE_TLS13_COMPAT_MODE DISABLE_WILDCARDS
    DUMBFW FALLBACK_SCSV FORCE_ETM FORCE_SESSION_HASH LATEST_RECORD_VERSION NEW_PADDING NO_ETM NO_EXTENSIONS NO_SESSION_HASH
    NO_STATUS_REQUEST NO_SHUFFLE_EXTENSIONS NO_TICKETS NO_TICKETS_TLS12 PARTIAL_RENEGOTIATION PROFILE_FUTURE PROFILE_HIGH PROFILE_LEGACY
    PROFILE_LOW PROFILE_MEDIUM PROFILE_SUITEB128 PROFILE_SUITEB192 PROFILE_ULTRA PROFILE_VERY_WEAK SAFE_RENEGOTIATION SERVER_PRECEDENCE
    SSL3_RECORD_VERSION STATELESS_COMPRESSION UNSAFE_RENEGOTIATION VERIFY_ALLOW_BROKEN VERIFY_ALLOW_SIGN_RSA_MD5
    VERIFY_ALLOW_SIGN_WITH_SHA1 VERIFY_ALLOW_X509_V1_CA_CRT VERIFY_DISABLE_CRL_CHECKS
    """.split()
)
_WORDS = """
    CIPHER-ALL MAC-ALL KX-ALL 3DES-CBC ARCFOUR-128 ARCFOUR-40 DES-CBC RC2-40 NULL AES-128-CBC AES-192-CBC AES-256-CBC AES-128-GCM
    AES-256-GCM AES-128-CCM AES-256-CCM AES-128-CCM-8 AES-256-CCM-8 CAMELLIA-128-CBC CAMELLIA-192-CBC CAMELLIA-256-CBC
    CAMELLIA-128-GCM CAMELLIA-256-GCM CHACHA20-POLY1305 MD5 SHA1 SHA256 SHA384 AEAD RSA RSA-EXPORT RSA-PSK DHE-RSA DHE-DSS DHE-PSK
    ECDHE-RSA ECDHE-ECDSA ECDHE-PSK PSK SRP SRP-RSA SRP-DSS ANON-DH ANON-ECDH
    SHA224 SHA512 UMAC-96 UMAC-128 VKO-GOST-12 CIPHER-GOST-ALL KX-GOST-ALL MAC-GOST-ALL
    SECURE128 SECURE192 SECURE256 NORMAL PERFORMANCE PFS LEGACY SUITEB128 SUITEB192
""".split()

# OpenSSL's names of ciphers, GnuTLS's, and whether GnuTLS 3.1 and 3.3 have them too.
_CIPHERS: Tuple[Tuple[str, str, bool], ...] = (
    ("CHACHA20-POLY1305", "CHACHA20-POLY1305", False),
    ("AES256-GCM", "AES-256-GCM", True),
    ("AES128-GCM", "AES-128-GCM", True),
    ("AES256-CCM", "AES-256-CCM", False),
    ("AES128-CCM", "AES-128-CCM", False),
)


def check(text: str, version: str) -> None:
    """Raise TlsError that names the first word which is none of GnuTLS's, or not yet one of that of a version of Momentum."""
    words = text.split(":")
    if words[0].lstrip("@") not in _START and not words[0].startswith("@"):
        reason = "does not begin with a keyword such as NORMAL%s" % hint(words[0], _START)
        raise TlsError(text, reason, "use one of %s, then +, - or ! with what to add or remove" % ", ".join(_START[:7]))
    for word in words[1:]:
        if not _is_word(word):
            reason = "is no word of a priority string%s, and one such word makes GnuTLS refuse it all" % _near(word)
            raise TlsError(word, reason, "correct or remove it")
        if word[1:].upper() == _VERS_TLS_1_3 and not _is_new(version):
            reason = "is no word of a GnuTLS before 3.6, and one such word makes GnuTLS refuse it all"
            raise TlsError(word, reason, "leave it out, or upgrade: TLS 1.3 with GnuTLS needs Momentum 5.2")


def protocols(text: str, version: str) -> FrozenSet[str]:
    """The protocols that a string allows with the GnuTLS that came with a version of Momentum, at most: what a keyword stands for
    shrank over GnuTLS's versions."""
    check(text, version)
    words = text.split(":")
    able = {name for word, name in _VERSIONS.items() if word != _VERS_TLS_1_3 or _is_new(version)}
    left = set() if words[0] == "NONE" else able
    for word in words[1:]:
        name = word[1:].upper()
        named = able if name in _ALL_VERSIONS else {_VERSIONS[name]} if name in _VERSIONS else set()
        left = left | named if word[0] == "+" else left - named
    return frozenset(left)


def from_profile(profile: Profile, version: str) -> str:
    """A profile as a priority string for the GnuTLS that came with a version of Momentum."""
    new = _is_new(version)
    speaks = [word for word, name in _VERSIONS.items() if name in profile.protocols and (new or word != _VERS_TLS_1_3)]
    if not speaks:
        reason = "needs TLSv1.3, which GnuTLS has from Momentum 5.2"
        raise TlsError(profile.name, reason, "choose a profile with TLSv1.2, or upgrade")
    if not profile.ciphers and not profile.suites:
        unwanted = [
            word for word, name in _VERSIONS.items() if name not in profile.protocols and (new or word != _VERS_TLS_1_3)
        ]
        return ":".join(["NORMAL"] + ["-" + word for word in unwanted])
    parts = ["NORMAL", "-VERS-TLS-ALL", "-VERS-SSL3.0"] + ["+" + word for word in speaks]
    parts += ["-CIPHER-ALL"] + ["+" + name for name in _ciphers(profile, new)]
    return ":".join(parts + ["-MAC-ALL", "+AEAD", "-KX-ALL", "+ECDHE-ECDSA", "+ECDHE-RSA"])


def _ciphers(profile: Profile, new: bool) -> List[str]:
    """The ciphers of a profile in its order, by GnuTLS's names."""
    names = [name.replace("TLS_", "").replace("AES_", "AES").replace("_", "-") for name in profile.suites]
    requested: List[str] = []
    for name in list(profile.ciphers) + names:
        for openssl, gnutls, old in _CIPHERS:
            if openssl in name and "CCM-8" not in name and (new or old) and gnutls not in requested:
                requested.append(gnutls)
    return requested


def _is_new(version: str) -> bool:
    """Whether the GnuTLS that came with a version of Momentum has TLS 1.3."""
    return parse_version(version) >= _TLS_1_3


def _is_word(word: str) -> bool:
    if word.startswith("%"):
        return word[1:] in _OPTIONS
    return word[:1] in ("+", "-", "!") and word[1:].upper() in _known()


def _known() -> FrozenSet[str]:
    families = (family + rest for family, words in _FAMILIES.items() for rest in words)
    return frozenset(_WORDS).union(_VERSIONS, _ALL_VERSIONS, families)


def _near(word: str) -> str:
    if word.startswith("%"):
        return hint(word, ["%" + name for name in sorted(_OPTIONS)])
    return hint("+" + word.lstrip("+-!"), ["+" + name for name in sorted(_known())])
