# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the variables of an inventory declare TLS at listeners, so that it is proven there. Pure."""

from __future__ import annotations

from typing import Any, Iterable

from .entries import entries_of, refuse_fields

UNMANAGED = "unmanaged"

Entry = dict[str, Any]


def scopes(targets: Iterable[Entry], certificates: Iterable[Entry]) -> list[list[str]]:
    """The scopes of all targets that are about a listener and whose TLS is managed, each once. Raises EntryError."""
    targets, certificates = (
        entries_of("momentum_tls_targets", targets),
        entries_of("momentum_certificates", certificates),
    )
    refuse_fields("momentum_certificates", certificates, ["targets"])
    found: list[list[str]] = []
    for target in [*targets, *(target for one in certificates for target in one.get("targets") or [])]:
        scope = _scope(target)
        if scope and target.get("offer") != UNMANAGED and scope not in found:
            found.append(scope)
    return found


def _scope(entry: Entry) -> list[str]:
    """The scope of an entry. A text is the list of its parts between commas, as modules take it."""
    scope = entry.get("scope") or []
    return [str(one) for one in (scope.split(",") if isinstance(scope, str) else scope)]
