# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where TLS 1.3 alone drives peers to plaintext: opportunistic mail, that is port 25 and outbound `ifavailable`.

RFC 7435: a session that cannot agree on a protocol is sent in the clear, which is worse than TLS 1.2.
"""

from typing import Dict, Iterator, List, NamedTuple, Sequence, Tuple

from ...ecconf.effective import Effective
from ...ecconf.paths import Path, format_path
from ...ecconf.syntax.atoms import parse_bool
from ..errors import TlsError
from ..inbound import port_of
from ..plan import Ask
from ..targets import fold
from ..values import priority
from ..values.meaning import GNUTLS, Context, protocol_set

SAFETY_CHECK = "plaintext_downgrade"
_TLS, _FALLBACK = "TLS", "TLS_Ifavailable_fallback"
_MODERN = frozenset(["TLSv1.3"])
_SMTP_PORT = 25


class Downgrade(NamedTuple):
    """An opportunistic scope that would be left with TLS 1.3 alone, and the ask that does it."""

    ask: Ask
    where: str


def find(asks: Sequence[Ask], after: Effective, context: Context) -> List[Downgrade]:
    """The asks after which mail that needs TLS 1.2 goes in the clear, unless their target overrides the safety check.

    `after` is the configuration as it would be with the asks met, so that what a narrower scope sets is seen.
    """
    risky = [ask for ask in asks if _is_risky(ask, context)]
    found = _made_opportunistic(asks, risky, after, context)
    if not risky:
        return found
    untold: Dict[Tuple[Path, str], List[Ask]] = {}
    for ask in risky:
        untold.setdefault((fold(ask.path), ask.field.option.lower()), []).append(ask)
    for path in list(_port_25(after)) + list(_opportunistic(after)):
        setting = after.resolve(path, _option(path, context))
        if setting is not None:
            asked = untold.pop((fold(setting.path), setting.name.lower()), [])
            found += [Downgrade(ask, format_path(path)) for ask in asked]
    return found


def _made_opportunistic(
    asks: Sequence[Ask], risky: Sequence[Ask], after: Effective, context: Context
) -> List[Downgrade]:
    """The asks that have mail sent opportunistically where TLS 1.3 alone is in force, but for what the risky ones say, and for what a target that
    overrides the safety check has there; one place for each."""
    found: Dict[Path, Downgrade] = {}
    limits = [ask for ask in asks if ask.field.option == _option(ask.path, context)]
    told = {fold(ask.path) for ask in [*risky, *(one for one in limits if SAFETY_CHECK in one.target.allow)]}
    asked = {fold(ask.path): ask for ask in asks if ask.field.option == _TLS and _may(ask)}
    for path in _opportunistic(after) if asked else ():
        mode, limit = after.resolve(path, _TLS), after.resolve(path, _option(path, context))
        ask = asked.get(fold(mode.path)) if mode is not None else None
        if ask is None or limit is None or fold(limit.path) in told:
            continue
        if _is_modern(limit.name, str(limit.value), context):
            found.setdefault(fold(ask.path), Downgrade(ask, format_path(path)))
    return list(found.values())


def _may(ask: Ask) -> bool:
    return SAFETY_CHECK not in ask.target.allow and ask.value is not None


def _option(path: Path, context: Context) -> str:
    return "TLS_Ciphers" if context.dialect(path) == GNUTLS else "TLS_Protocols"


def _is_risky(ask: Ask, context: Context) -> bool:
    """Whether an ask leaves TLS 1.3 alone, in words that the engine of its scope reads."""
    return (
        _may(ask)
        and ask.field.option == _option(ask.path, context)
        and _is_modern(ask.field.option, str(ask.value), context)
    )


def _is_modern(option: str, value: str, context: Context) -> bool:
    """Whether a value of TLS_Protocols, or of TLS_Ciphers in the words of GnuTLS, leaves TLS 1.3 alone."""
    try:
        if option.lower() == "tls_ciphers":
            return priority.protocols(value, context.version) == _MODERN
        left = protocol_set(value, context)
        return left == _MODERN or "TLSv1.2" not in left and left - context.openssl.forbidden == _MODERN
    except TlsError:
        return False


def _port_25(after: Effective) -> Iterator[Path]:
    """Every SMTP Listen on port 25 and the peers that are told apart there, those of its listener included. A listener without a Listen is on it."""
    scopes = [path for path in after.scopes() if path[0][0].lower() == "esmtp_listener"]
    around: Dict[Path, List[Path]] = {}
    for path in scopes:
        if len(path) == 2 and path[1][0].lower() == "peer":
            around.setdefault(fold(path[:1]), []).append(path)
    served = {fold(path[:1]) for path in scopes if len(path) > 1 and path[1][0].lower() == "listen"}
    for path in scopes:
        if len(path) == 1 and fold(path) not in served:
            yield path
            yield from around.get(fold(path), ())
        if len(path) > 1 and path[1][0].lower() == "listen" and _is_port_25(path[:2]):
            yield path
            if len(path) == 2:
                yield from (path + peer[1:] for peer in around.get(fold(path[:1]), ()))


def _is_port_25(listen: Path) -> bool:
    """Whether a Listen is on port 25: `:25`, `*:smtp`, `[::1]:25`, and an address without a port."""
    return (listen[-1][1] or "").lower().endswith(":smtp") or port_of(listen) == _SMTP_PORT


def _opportunistic(after: Effective) -> Iterator[Path]:
    """Every outbound scope that asks for TLS only if the peer has it, itself or by what a wider scope has, and falls back to plaintext (pages
    *tls* and *tls_ifavailable_fallback*)."""
    outbound = ("binding_group", "binding", "domain")
    for path in [()] + [path for path in after.scopes() if path[-1][0].lower() in outbound]:
        setting, fallback = after.resolve(path, _TLS), after.resolve(path, _FALLBACK)
        falls_back = fallback is None or parse_bool(str(fallback.value)) is not False
        if setting is not None and str(setting.value).lower() == "ifavailable" and falls_back:
            yield path
