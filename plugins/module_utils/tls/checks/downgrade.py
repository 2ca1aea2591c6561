# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where TLS 1.3 alone drives peers to plaintext: opportunistic mail, that is port 25 and outbound `ifavailable`.

RFC 7435: a session that cannot agree on a protocol is sent in the clear, which is worse than TLS 1.2.
"""

from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ...ecconf.effective import Effective
from ...ecconf.paths import Path, format_path
from ..errors import TlsError
from ..plan import Ask
from ..targets import fold
from ..values import priority
from ..values.meaning import GNUTLS, Context, protocol_set

SAFETY_CHECK = "plaintext_downgrade"
_MODERN = frozenset(["TLSv1.3"])
_SMTP_PORTS = frozenset(["25", "smtp"])


class Downgrade(NamedTuple):
    """An opportunistic scope that would be left with TLS 1.3 alone, and the ask that does it."""

    ask: Ask
    where: str


def find(asks: Sequence[Ask], after: Effective, context: Context) -> List[Downgrade]:
    """The asks after which mail that needs TLS 1.2 goes in the clear, unless their target overrides the safety check.

    `after` is the configuration as it would be with the asks met, so that what a narrower scope sets is seen.
    """
    risky = [ask for ask in asks if _is_risky(ask, context)]
    if not risky:
        return []
    untold: Dict[Tuple[Path, str], List[Ask]] = {}
    for ask in risky:
        untold.setdefault((fold(ask.path), ask.field.option.lower()), []).append(ask)
    found: List[Downgrade] = []
    for path in list(_port_25(after)) + list(_opportunistic(after)):
        setting = after.resolve(path, _option(path, context))
        if setting is not None:
            asked = untold.pop((fold(setting.path), setting.name.lower()), [])
            found += [Downgrade(ask, format_path(path)) for ask in asked]
    return found


def _option(path: Path, context: Context) -> str:
    return "TLS_Ciphers" if context.dialect(path) == GNUTLS else "TLS_Protocols"


def _is_risky(ask: Ask, context: Context) -> bool:
    """Whether an ask leaves TLS 1.3 alone, in words that the engine of its scope reads."""
    if SAFETY_CHECK in ask.target.allow or ask.value is None or ask.field.option != _option(ask.path, context):
        return False
    try:
        if ask.field.key == "ciphers":
            return priority.protocols(str(ask.value), context.version) == _MODERN
        left = protocol_set(str(ask.value), context)
        return left == _MODERN or "TLSv1.2" not in left and left - context.openssl.forbidden == _MODERN
    except TlsError:
        return False


def _port_25(after: Effective) -> Iterator[Path]:
    """Every SMTP Listen on port 25 and the peers that are told apart there, those of its listener included."""
    scopes = [path for path in after.scopes() if path[0][0].lower() == "esmtp_listener"]
    around: Dict[Path, List[Path]] = {}
    for path in scopes:
        if len(path) == 2 and path[1][0].lower() == "peer":
            around.setdefault(fold(path[:1]), []).append(path)
    for path in scopes:
        if len(path) > 1 and path[1][0].lower() == "listen" and is_port_25(path[1][1]):
            yield path
            if len(path) == 2:
                yield from (path + peer[1:] for peer in around.get(fold(path[:1]), ()))


def is_port_25(instance: Optional[str]) -> bool:
    """Whether the name of a Listen is an address with port 25: `:25`, `*:25`, `192.0.2.1:25`, `[::1]:25`."""
    return (instance or "").rpartition(":")[2].lower() in _SMTP_PORTS


def _opportunistic(after: Effective) -> Iterator[Path]:
    """Every outbound scope that asks for TLS only if the peer has it."""
    outbound = ("binding_group", "binding", "domain")
    for path in [()] + [path for path in after.scopes() if path[-1][0].lower() in outbound]:
        setting = after.get(path, "TLS")
        if setting is not None and str(setting.value).lower() == "ifavailable":
            yield path
