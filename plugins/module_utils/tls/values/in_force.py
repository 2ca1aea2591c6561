# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in force in a scope after the fallback: protocols, ciphers, suites and groups as names."""

from typing import Any, Dict, List

from ...catalog import catalog
from ...ecconf.effective import Effective
from ...ecconf.paths import Path
from . import ciphers, groups, priority
from .meaning import GNUTLS, Context, protocol_set, suite_list
from .protocols import PROTOCOLS

_TLS_1_3 = "TLSv1.3"
NOTHING: Dict[str, List[str]] = {"protocols": [], "ciphers": [], "suites": [], "groups": []}


def of(path: Path, effective: Effective, context: Context) -> Dict[str, List[str]]:
    """The names by kind, as NOTHING has them. Raises TlsError for values that cannot be read."""
    return _gnutls(path, effective, context) if context.dialect(path) == GNUTLS else _openssl(path, effective, context)


def _gnutls(path: Path, after: Effective, context: Context) -> Dict[str, List[str]]:
    """GnuTLS has one string for everything; what it expands to is known to GnuTLS alone."""
    spoken = priority.protocols(_text(after, path, "TLS_Ciphers") or "NORMAL", context.version)
    return {"protocols": _in_order(spoken), "ciphers": [], "suites": [], "groups": []}


def _openssl(path: Path, after: Effective, context: Context) -> Dict[str, List[str]]:
    """The names that are left by the options in force; empty where nothing of that kind can be negotiated."""
    spoken = protocol_set(_text(after, path, "TLS_Protocols"), context) - context.openssl.forbidden
    knows_suites = catalog.available(catalog.entries("TLSv13_Ciphersuites")[0], context.version)
    text = _text(after, path, "TLSv13_Ciphersuites") or catalog.entries("TLSv13_Ciphersuites")[0].default or ""
    return {
        "protocols": _in_order(spoken),
        "ciphers": list(ciphers.expand(_text(after, path, "TLS_Ciphers") or "DEFAULT", context.openssl))
        if spoken - {_TLS_1_3}
        else [],
        "suites": list(suite_list(text)) if knows_suites and _TLS_1_3 in spoken else [],
        "groups": groups.split(_text(after, (), "TLS_EC_Curve_Names")),
    }


def _text(after: Effective, path: Path, option: str) -> str:
    setting = after.resolve(path, option)
    return "" if setting is None else str(setting.value)


def _in_order(spoken: Any) -> List[str]:
    return [name for name in PROTOCOLS if name in spoken]
