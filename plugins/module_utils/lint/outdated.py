# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that leave a protocol older than TLS 1.2 and not TLS 1.2 itself, as msys.momentum.tls refuses them.

The example of the page 3/3-reference/install-security is one: it leaves TLS 1.1 alone.
"""

from typing import Any, FrozenSet, List, Optional

from ..tls.errors import TlsError
from ..tls.values import priority, protocols
from .finding import WARNING, Verdict

_PAGE = "4/config/tls-protocols"
# Where nobody knows the version: the last one that changed what words mean.
_VERSION = "5.2"
_NAMES = {name.upper(): name for name in protocols.PROTOCOLS}
_GNUTLS = "VERS-"  # in words of GnuTLS that say the protocols, and in none of OpenSSL's lists of ciphers


def judge(option: str, value: Any, version: Optional[str]) -> Optional[Verdict]:
    """Return the verdict about a value, which names what it leaves. option: in lower case. version: None if nobody knows it."""
    left = protocols.outdated(_left(option, value, version or _VERSION))
    if not left:
        return None
    message = "leaves %s alone: peers negotiate a protocol older than TLS 1.2, or none" % left
    return Verdict("outdated_protocols", WARNING, message, "keep TLSv1.2", _PAGE)


def tokens(value: Any) -> List[str]:
    """The signed tokens of tls_protocols in capital letters; a token without a sign switches on."""
    words = [word.strip() for word in value.upper().split(":")] if isinstance(value, str) else []
    return [word if word[0] in "+-" else "+" + word for word in words if word]


def _left(option: str, value: Any, version: str) -> FrozenSet[str]:
    """The protocols that a value leaves in a version; none where it is about something else, or cannot be read."""
    try:
        if option == "tls_protocols":
            words = [token[0] + _NAMES.get(token[1:], token[1:]) for token in tokens(value)]
            return protocols.resolve(":".join(words), version)
        if option == "tls_ciphers" and isinstance(value, str) and _GNUTLS in value.upper():
            return priority.protocols(value, version)
    except TlsError:
        pass
    return frozenset()
