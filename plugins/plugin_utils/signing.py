# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action plugin `certificate` decides on the controller: what an authority is asked for, whether a node asks for
the same, and how two runs of the module become one result. Nothing is read, written or run here."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ansible_collections.msys.momentum.plugins.module_utils import activation
from ansible_collections.msys.momentum.plugins.module_utils.x509 import names, signing
from ansible_collections.msys.momentum.plugins.module_utils.x509.errors import CertificateError, naming
from ansible_collections.msys.momentum.plugins.module_utils.x509.issuer import Issuer
from ansible_collections.msys.momentum.plugins.module_utils.x509.signing import Asked

SOURCE = "authority"
ELSEWHERE = "external"
REQUESTED = "requested"

Unit = dict[str, Any]


class Signed(NamedTuple):
    """Certificates by unit (PEM, the chain behind the leaf), and the units whose certificate ends with the authority."""

    certificates: dict[str, str]
    shortened: list[str]


def of_authority(units: list[Unit]) -> list[Unit]:
    """The units that the authority of the task signs."""
    return [unit for unit in units if unit["source"] == SOURCE]


def asked_of(unit: Unit, days: int | None) -> Asked:
    """What the task asks for. unit: as the module's argument specification gives it. days: the authority's, if it has a
    say. Raises CertificateError for names that are none."""
    wanted = unit["names"] or ([unit["common_name"]] if unit["common_name"] else [])
    with naming(unit["name"]):
        return Asked(
            names.canonicals(wanted),
            unit["common_name"] or "",
            tuple(unit["usages"]),
            unit["key_type"] or "",
            unit["days"] if days is None else days,
        )


def asked_of_all(units: list[Unit], days: int | None, issuer: Issuer) -> dict[str, Asked]:
    """What the task asks of its authority, by unit. Raises CertificateError, with all units that would be refused."""
    found: dict[str, Asked] = {}

    def judge(unit: Unit) -> None:
        asked = asked_of(unit, days)
        with naming(unit["name"]):
            signing.refuse_unsignable(asked, issuer)
        found[unit["name"]] = asked

    _for_all(units, judge)
    return found


def named_elsewhere(units: list[Unit]) -> dict[str, Asked]:
    """What the task asks of authorities elsewhere, by unit, as far as it names names. Raises CertificateError."""
    return {unit["name"]: asked_of(unit, None) for unit in units if unit["source"] == ELSEWHERE and unit["names"]}


def refuse_others(requests: dict[str, bytes], asked: dict[str, Asked]) -> None:
    """Raise CertificateError, with all units that are refused, if a request asks for anything else than the task."""

    def judge(name: str) -> None:
        with naming(name):
            signing.refuse_other(requests[name], asked[name])

    _for_all(list(requests), judge)


def for_node(raw: list[Unit], asked: dict[str, Asked], identifier: str) -> list[Unit]:
    """The units as the node gets them: those of the authority with the names that the task says, so that the node does
    not choose, and with the key that is to have signed, so that a certificate of another authority is replaced."""
    return [_for_node(unit, asked.get(unit["name"]), identifier) for unit in raw]


def _for_node(unit: Unit, asked: Asked | None, identifier: str) -> Unit:
    if asked is None:
        return unit
    return dict(unit, names=list(asked.names), days=asked.days, issuer_key=unit.get("issuer_key") or identifier)


def requests_of(result: dict[str, Any], asked: dict[str, Asked]) -> dict[str, bytes]:
    """The requests that a run of the module came back with, for units of the authority. Others are nobody's business."""
    return {
        unit["name"]: unit["request"].encode("utf-8", "replace")
        for unit in result.get("units") or []
        if unit.get("state") == REQUESTED and unit.get("name") in asked and unit.get("request")
    }


def sign_all(requests: dict[str, bytes], asked: dict[str, Asked], sign: Callable[[bytes, Asked], bytes]) -> Signed:
    """Sign every request, or none. Raises CertificateError with all units that are refused."""
    found = Signed({}, [])

    def sign_one(name: str) -> None:
        with naming(name):
            pem = sign(requests[name], asked[name])
        found.certificates[name] = pem.decode("ascii")
        if signing.is_shortened(pem, asked[name].days):
            found.shortened.append(name)

    _for_all(list(requests), sign_one)
    return found


def handing_back(units: list[Unit], signed: Signed) -> list[Unit]:
    """The units of the second run: those that were signed, with their certificates, and no other."""
    certificates = signed.certificates
    return [dict(unit, signed=certificates[unit["name"]]) for unit in units if unit["name"] in certificates]


def merge(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """One result of two runs: each unit as it is in the end, with everything that was written.

    transactions: those of both runs, to be put back from the last to the first.
    """
    ended = {unit["name"]: unit for unit in second.get("units") or []}
    units = [_told(unit, ended.get(unit["name"])) for unit in first["units"]]
    diffs = {entry["before_header"]: entry for entry in second.get("diff") or []}
    before = [entry for entry in first.get("diff") or [] if entry["before_header"] not in diffs]
    return dict(
        second,
        changed=bool(first.get("changed") or second.get("changed")),
        activation=activation.strongest(first.get("activation", "none"), second.get("activation", "none")),
        units=units,
        diff=before + list(diffs.values()),
        transactions=[run["transaction"] for run in (first, second) if run.get("transaction")],
        warnings=list(first.get("warnings") or []) + list(second.get("warnings") or []),
    )


def alone(first: dict[str, Any]) -> dict[str, Any]:
    """The result of a run that needed no second."""
    return dict(first, transactions=[first["transaction"]] if first.get("transaction") else [])


def _told(unit: Unit, ended: Unit | None) -> Unit:
    return unit if ended is None else dict(ended, reason=unit.get("reason", ended.get("reason")))


def _for_all(items: list[Any], act: Callable[[Any], None]) -> None:
    """Do it for all; every refusal in one error."""
    refused = []
    for item in items:
        try:
            act(item)
        except CertificateError as error:
            refused.append(str(error))
    if refused:
        raise CertificateError("; ".join(refused))
