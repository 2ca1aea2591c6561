# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The language of `TLS_EC_Curve_Names`: groups for key agreement (page *tls_ec_curve_names*).

One name from Momentum 4.2, a list joined by colons from 5.3.0; no blanks, no empty parts. One unknown name makes OpenSSL refuse
the whole value. Names are compared without letter case, and the names of NIST and of SEC for one curve are the same.
"""

from typing import TYPE_CHECKING, List, Sequence

from ...catalog.catalog import parse_version
from ...text.nearest import hint
from ..errors import TlsError

if TYPE_CHECKING:
    from .openssl_library import Library

_FIRST, _LIST = (4, 2), (5, 3)
_ALIASES = {"p-256": "prime256v1", "secp256r1": "prime256v1", "p-384": "secp384r1", "p-521": "secp521r1"}
NIST = frozenset(["prime256v1", "secp384r1", "secp521r1"])
KNOWN = (
    "X25519 X448 prime256v1 secp256r1 secp384r1 secp521r1 P-256 P-384 P-521 brainpoolP256r1 brainpoolP384r1 brainpoolP512r1 "
    "brainpoolP256r1tls13 brainpoolP384r1tls13 brainpoolP512r1tls13 ffdhe2048 ffdhe3072 ffdhe4096 ffdhe6144 ffdhe8192 "
    "X25519MLKEM768 SecP256r1MLKEM768 SecP384r1MLKEM1024 X448MLKEM1024 MLKEM512 MLKEM768 MLKEM1024"
).split()


def split(text: str) -> List[str]:
    """The names of a value, in order."""
    return [name for name in text.split(":") if name]


def normal(text: str) -> List[str]:
    """The names in a form that can be compared."""
    return [_normal(name) for name in split(text)]


def check(text: str, version: str, library: "Library") -> None:
    """Raise TlsError for a value that this version of Momentum or this library would refuse."""
    check_form(text, version)
    for name in text.split(":"):
        _check_name(name, library)


def check_form(text: str, version: str) -> None:
    """Raise TlsError for a value that this version of Momentum would refuse, whatever the library knows."""
    names = text.split(":")
    if text != "".join(text.split()) or "" in names:
        raise TlsError(text, "has a blank or an empty part", "join the names by single colons")
    number = parse_version(version)
    if number < _FIRST:
        raise TlsError(text, "needs Momentum 4.2", "leave the option out")
    if len(names) > 1 and number < _LIST:
        raise TlsError(text, "is a list, and Momentum %s takes one name" % version, "name one, such as prime256v1")


def filter_known(names: Sequence[str], library: "Library") -> List[str]:
    """The names that the library accepts; one it cannot be asked about is not among them, because it could make the value invalid."""
    return [name for name in names if library.knows_group(name)]


def _check_name(name: str, library: "Library") -> None:
    known = library.knows_group(name)
    if known is None:
        raise TlsError(
            name,
            "cannot be checked, because %s does not tell its groups" % library.text,
            "leave the option out, or upgrade OpenSSL to 1.0.2 or later",
        )
    if not known:
        reason = "is unknown to %s%s, and one such name makes it refuse the whole value" % (library.text, _hint(name))
        remedy = "leave it out; ML-KEM needs OpenSSL 3.5" if "mlkem" in name.lower() else "leave it out"
        raise TlsError(name, reason, remedy)


def _hint(name: str) -> str:
    return "" if name.lower() in [known.lower() for known in KNOWN] else hint(name, KNOWN)


def _normal(name: str) -> str:
    folded = name.lower()
    return _ALIASES.get(folded, folded)
