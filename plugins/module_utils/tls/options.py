# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of TLS that a task may name, and where and since when Momentum takes them.

What is valid where comes from the catalog of options, so that there is one place to correct it.
"""

from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from ..catalog import catalog
from ..ecconf.paths import Path


class Field(NamedTuple):
    """One option: its key in a task, its name in Momentum, and what language its value is written in.

    `kind` is engine, protocols, ciphers, suites, groups, file, choice or switch. `openssl` marks options that GnuTLS
    knows nothing of (pages *tls_protocols*, *tlsv13_ciphersuites*, *tls_ec_curve_names*).
    """

    key: str
    option: str
    kind: str
    openssl: bool = False


FIELDS = (
    Field("engine", "TLS_Engine", "engine"),
    Field("protocols", "TLS_Protocols", "protocols", openssl=True),
    Field("ciphers", "TLS_Ciphers", "ciphers"),
    Field("ciphersuites", "TLSv13_Ciphersuites", "suites", openssl=True),
    Field("groups", "TLS_EC_Curve_Names", "groups", openssl=True),
    Field("certificate", "TLS_Certificate", "file"),
    Field("key", "TLS_Key", "file"),
    Field("ca", "TLS_CA", "file"),
    Field("client_ca", "TLS_Client_CA", "file"),
    Field("verify", "TLS_Verify", "choice"),
    Field("verify_mode", "TLS_Verify_Mode", "choice"),
    Field("renegotiation", "TLS_Allow_Renegotiation", "switch"),
    Field("starttls_injection", "Starttls_Injection_Policy", "choice"),
    Field("tls", "TLS", "choice"),
    Field("ifavailable_fallback", "TLS_Ifavailable_Fallback", "switch"),
    Field("implicit_tls", "Use_SSL", "switch"),
    Field("dhe", "TLS_Enable_DHE_Ciphers", "switch"),
    Field("dhparams_file", "TLS_DHParams_File", "file"),
    # Of no target that a task writes: what `outbound` declares becomes these.
    Field("use_dane", "Use_DANE", "switch"),
    Field("enable_dane", "Enable_DANE", "switch"),
    Field("use_mta_sts", "Use_MTA_STS", "switch"),
    Field("enable_mta_sts", "Enable_MTA_STS", "switch"),
)

BY_KEY: Dict[str, Field] = {field.key: field for field in FIELDS}

# Words that came later than their option: page *tls_verify* (3.6.5 and every 4.x).
_WORDS_SINCE = {("tls_verify", "optional"): "3.6.5;4.0"}

_MODULE_SCOPES = frozenset(["event_hose"])


class Misplaced(NamedTuple):
    """Why an option cannot be in a scope of a version; `kind` is scope or version."""

    kind: str
    reason: str
    remedy: str


def scope_of(path: Path) -> str:
    """The name by which the catalog knows a path: that of its innermost scope."""
    return path[-1][0].lower() if path else "global"


def scopes_of(option: str) -> FrozenSet[str]:
    """The scopes that an option of TLS is valid in; `pathway_group` is none, because Momentum ignores it there."""
    found = [entry.scopes for entry in catalog.entries(option) if not entry.scopes & _MODULE_SCOPES]
    return frozenset(name for scopes in found for name in scopes if catalog.recognised(option, name))


def all_scopes() -> FrozenSet[str]:
    """Every scope that takes at least one option of TLS."""
    return frozenset(name for field in FIELDS for name in scopes_of(field.option))


def misplaced(option: str, path: Path, version: str, value: Optional[str] = None) -> Optional[Misplaced]:
    """Why an option (with a value) cannot be in a scope of a version of Momentum, or None if it can."""
    scope = scope_of(path)
    entry = catalog.lookup(option, scope)
    # A Listen or Peer belongs to its listener: what HTTP has not, a Listen of HTTP has not either.
    wrong = [name for name in (scope, scope_of(path[:1])) if name not in scopes_of(option)]
    if entry is None or wrong and (wrong[0] == scope or wrong[0].endswith("_listener")):
        right = ", ".join(sorted(scopes_of(option)))
        return Misplaced("scope", "is not valid in the scope %s" % wrong[0], "its scopes are: %s" % right)
    if catalog.available(entry, version) is False:
        return _too_new("is not known to Momentum %s" % version, entry.since)
    since = _WORDS_SINCE.get((option.lower(), (value or "").lower()))
    if since and catalog.available(entry._replace(since=since), version) is False:
        return _too_new("%r is not known to Momentum %s" % (value, version), since)
    return None


def first_versions(since: str) -> str:
    """The first releases as people read them: `3.6.6;4.1.0.2` is 3.6.6 and 4.1.0.2."""
    lines: List[Tuple[str, ...]] = [tuple(line.split(",")) for line in since.split(";")]
    return " and ".join(", ".join(line) for line in lines)


def _too_new(reason: str, since: str) -> Misplaced:
    return Misplaced("version", reason, "it came with %s; leave it out for this version" % first_versions(since))
