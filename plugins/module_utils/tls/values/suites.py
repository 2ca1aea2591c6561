# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The language of `TLSv13_Ciphersuites`: names of TLS 1.3 suites joined by colons (page *tlsv13_ciphersuites*).

One unknown name voids the value, or is dropped without a word: versions of OpenSSL differ (3.0 and 3.5 drop it beside known
ones). Neither is what was meant.
"""

from typing import TYPE_CHECKING, List

from ...text.nearest import hint
from ..errors import TlsError

if TYPE_CHECKING:
    from .openssl_library import Library

SUITES = (
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_128_CCM_SHA256",
    "TLS_AES_128_CCM_8_SHA256",
)


def split(text: str) -> List[str]:
    """The names of a value, in order."""
    return [name for name in text.split(":") if name]


def check(text: str, library: "Library") -> None:
    """Raise TlsError for a value that would be refused, or for a suite that the library cannot offer."""
    names = text.split(":")
    if "" in names:
        raise TlsError(text, "has an empty part", "join the names by single colons")
    for name in names:
        if name not in SUITES:
            reason = "is no TLS 1.3 suite%s; OpenSSL drops the name or refuses the value" % hint(name, SUITES)
            raise TlsError(name, reason, "use %s; ciphers of TLS 1.2 belong into TLS_Ciphers" % ", ".join(SUITES))
        if not library.knows_suite(name):
            raise TlsError(name, "cannot be offered by %s" % library.text, "leave it out")


def same(one: str, other: str) -> bool:
    """Tell whether two values name the same suites in the same order."""
    return split(one) == split(other)
