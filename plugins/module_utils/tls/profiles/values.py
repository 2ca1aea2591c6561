# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A profile as the values of options, in the words of one version of Momentum and of the node's own library.

What the library does not know is left out: one unknown name would invalidate the whole of TLSv13_Ciphersuites or
TLS_EC_Curve_Names (pages *tlsv13_ciphersuites*, *tls_ec_curve_names*), and in TLS_Ciphers it would only look like something.
"""

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from ...catalog import catalog
from ..errors import TlsError
from ..values import ciphers, groups, priority, protocols
from ..values.meaning import GNUTLS, Context, protocol_set
from .profiles import Profile

_LIST_OF_GROUPS = (5, 3)  # page *tls_ec_curve_names*: one name before


class Values(NamedTuple):
    """The values by the keys of a task, and what was left out, each with the reason."""

    given: Dict[str, Any]
    left_out: List[Tuple[str, str]]


def values(profile: Profile, context: Context, dialect: str, post_quantum: bool) -> Values:
    """What a profile asks for. Raises TlsError if this version or library can do nothing of what it demands."""
    found = Values({}, [])
    if dialect == GNUTLS:
        found.given["ciphers"] = priority.from_profile(profile, context.version)
    else:
        found.given["protocols"] = _protocols(profile, context)
        _put(found, "ciphers", profile.ciphers, _known_ciphers(profile.ciphers, context))
        _put(found, "ciphersuites", profile.suites, [s for s in profile.suites if context.openssl.knows_suite(s)])
        _put_groups(found, profile, context, post_quantum)
    for key, value in (("renegotiation", profile.renegotiation), ("dhe", profile.dhe)):
        if value is not None:
            found.given[key] = value
    return found


def _protocols(profile: Profile, context: Context) -> str:
    """The value; empty for a version without the option, for which the planner has words."""
    requested = frozenset(profile.protocols)
    if not requested & protocol_set("", context):
        names = ", ".join(profile.protocols)
        reason = "needs %s, which Momentum %s cannot do on this node" % (names, context.version)
        raise TlsError(profile.name, reason, "choose a profile with TLSv1.2, or upgrade: TLSv1.3 needs Momentum 4.6")
    if not catalog.available(catalog.entries("TLS_Protocols")[0], context.version):
        return ""
    return protocols.spell(requested, context.version, context.openssl)


def _known_ciphers(requested: Sequence[str], context: Context) -> List[str]:
    unknown = set(ciphers.unknown(":".join(requested), context.openssl)) if requested else set()
    known = [name for name in requested if name not in unknown]
    if requested:  # what it knows, the policy of the system may still forbid
        ciphers.expand(":".join(known), context.openssl)
    return known


def _put(found: Values, key: str, requested: Sequence[str], known: Sequence[str]) -> None:
    """Give the known names; say which are missing."""
    if known:
        found.given[key] = ":".join(known)
    missing = [name for name in requested if name not in known]
    if missing:
        found.left_out.append((key, "this node's OpenSSL does not know %s" % ", ".join(missing)))


def _put_groups(found: Values, profile: Profile, context: Context, post_quantum: bool) -> None:
    if catalog.parse_version(context.version) < _LIST_OF_GROUPS:
        requested: Sequence[str] = [profile.single_group] if profile.single_group else []
    else:
        requested = [name for name in profile.groups if post_quantum or "MLKEM" not in name.upper()]
    if requested:
        _put(found, "groups", requested, groups.filter_known(requested, context.openssl))
