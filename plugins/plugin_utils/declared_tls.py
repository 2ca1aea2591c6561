# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the variables of an inventory specify about TLS at listeners: where it must be proven, and what would undo it. Pure."""

from __future__ import annotations

from typing import Any, Iterable

from ..module_utils.ecconf.paths import parse_path
from ..module_utils.ecconf.syntax.atoms import parse_bool
from ..module_utils.tls.inbound import EXTENSIONS, has_starttls, is_certificate
from ..module_utils.tls.targets import REQUIRED, UNMANAGED, fold

Entry = dict[str, Any]


def scopes(targets: Iterable[Entry], certificates: Iterable[Entry]) -> list[list[str]]:
    """The scopes of all targets that are about a listener and whose TLS is managed, each once."""
    found: list[list[str]] = []
    for target in _all(targets, certificates):
        scope = [str(one) for one in target.get("scope") or []]
        if scope and scope not in found:
            found.append(scope)
    return found


def undone(settings: Iterable[Entry], targets: Iterable[Entry], certificates: Iterable[Entry]) -> list[str]:
    """The scopes whose settings take away the STARTTLS that a target has offered there: each run would write both in turn.

    Raises ValueError for a scope that cannot be read.
    """
    settings = list(settings)
    requested, implicit = [], [_path(one) for one in settings if _is_use_ssl(one)]
    for target in _all(targets, certificates):
        if parse_bool(str(target.get("implicit_tls"))) is True:
            implicit.append(_path(target))
        elif is_certificate(target.get("certificate")) or target.get("offer") == REQUIRED:
            requested.append(_path(target))
    return [
        " > ".join(str(one) for one in setting.get("scope") or [])
        for setting in settings
        if _lacks_starttls(setting)
        and _is_inside(_path(setting), requested)
        and not _is_inside(_path(setting), implicit)
    ]


def _all(targets: Iterable[Entry], certificates: Iterable[Entry]) -> list[Entry]:
    """The targets of both variables; those of a certificate name it."""
    named = [
        dict(target, certificate=one.get("certificate") or one.get("service") or "of the service")
        for one in certificates
        for target in one.get("targets") or []
    ]
    return [one for one in [*targets, *named] if one.get("offer") != UNMANAGED and one.get("scope")]


def _path(entry: Entry) -> Any:
    return fold(parse_path([str(one) for one in entry.get("scope") or []]))


def _is_inside(path: Any, around: list[Any]) -> bool:
    return any(path[: len(one)] == one for one in around)


def _lacks_starttls(setting: Entry) -> bool:
    is_list = str(setting.get("option")).lower() == EXTENSIONS.lower()
    return is_list and (setting.get("state") or "present") == "present" and not has_starttls(setting.get("value"))


def _is_use_ssl(setting: Entry) -> bool:
    return str(setting.get("option")).lower() == "use_ssl" and parse_bool(str(setting.get("value"))) is True
