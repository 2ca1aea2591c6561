# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action plugin `certificate` decides on the controller: what is requested of an authority, whether a node asks for
the same, and how two runs of the module become one result. Nothing is read, written or run here."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ..module_utils.pki.authority import signing
from ..module_utils.pki.authority.issuer import Issuer
from ..module_utils.pki.authority.signing import Asked
from ..module_utils.pki.errors import CertificateError, naming
from ..module_utils.pki.x509 import names, requests
from ..module_utils.state import pending as activation

SOURCE = "authority"
ELSEWHERE = "external"
REQUESTED = "requested"

Unit = dict[str, Any]


class Signed(NamedTuple):
    """Certificates by unit (PEM, the chain after the leaf), and the units whose certificate ends with the authority."""

    certificates: dict[str, str]
    shortened: list[str]


def of_authority(units: list[Unit]) -> list[Unit]:
    """The units that the authority of the task signs."""
    return [unit for unit in units if unit["source"] == SOURCE]


def asked_of(unit: Unit, days: int | None) -> Asked:
    """What the task asks for. unit: as the module's argument specification gives it. days: the authority's, if it has a
    say. Raises CertificateError for names that are none."""
    requested = unit["names"] or ([unit["common_name"]] if unit["common_name"] else [])
    with naming(unit["name"]):
        return Asked(
            names.canonicals(requested),
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


def asked_elsewhere(units: list[Unit]) -> dict[str, Asked]:
    """What the task asks of authorities elsewhere, by unit. Names are the node's choice where the task lists none, as the
    module documents. Raises CertificateError."""
    found = {unit["name"]: (unit, asked_of(unit, None)) for unit in units if unit["source"] == ELSEWHERE}
    return {name: asked if unit["names"] else asked._replace(names=None) for name, (unit, asked) in found.items()}


def judged(result: dict[str, Any], units: list[Unit], asked: dict[str, Asked]) -> dict[str, Any]:
    """The result of a run, with each request in it as it was compared with the task: read, and written anew.

    units: all of the task. asked: what it asks, by unit, of whoever signs. Everything that a signer gets comes from here.
    Raises CertificateError, with all that is refused, for units that the task does not have or that are in the result more
    than once, for requests of units that nobody signs, and for requests that ask for anything else than the task.
    """
    if "units" not in result:
        return result
    known, seen = {unit["name"] for unit in units}, set()
    found: list[Unit] = []

    def judge(unit: Any) -> None:
        name = unit.get("name") if isinstance(unit, dict) else None
        if not isinstance(name, str) or name not in known:
            raise CertificateError("the node returned a certificate %.80r, which the task does not have" % (name,))
        with naming(name):
            if name in seen:
                raise CertificateError("the node returned it more than once")
            seen.add(name)
            found.append(dict(unit, request=_judged(unit.get("request") or "", asked.get(name))))

    if not isinstance(result["units"], list):
        raise CertificateError("the node returned no list of certificates")
    diff = result.get("diff") or []
    if not isinstance(diff, list) or not all(
        isinstance(one, dict) and isinstance(one.get("before_header"), str) for one in diff
    ):
        raise CertificateError("the node returned a difference that names no file")
    _for_all(result["units"], judge)
    return dict(result, units=found)


def _judged(request: Any, asked: Asked | None) -> str:
    """A request that asks for what the task does, as PEM and nothing else; '' where there is none."""
    if request == "":
        return ""
    if asked is None:
        raise CertificateError("the node returned a request, but nobody signs this certificate")
    pem = request.encode("utf-8", "replace") if isinstance(request, str) else b""
    return requests.to_pem(signing.refuse_other(pem, asked)).decode("ascii")


def for_node(raw: list[Unit], asked: dict[str, Asked], identifier: str) -> list[Unit]:
    """The units as the node gets them: those of the authority with the names that the task says, so that the node does
    not choose, and with the key that is to have signed, so that a certificate of another authority is replaced."""
    return [_for_node(unit, asked.get(unit["name"]), identifier) for unit in raw]


def _for_node(unit: Unit, asked: Asked | None, identifier: str) -> Unit:
    if asked is None:
        return unit
    return dict(unit, names=list(asked.names), days=asked.days, issuer_key=unit.get("issuer_key") or identifier)


def requests_of(result: dict[str, Any], asked: dict[str, Asked]) -> dict[str, bytes]:
    """The requests of a `judged` result, for units of the authority."""
    return {
        unit["name"]: unit["request"].encode("ascii")
        for unit in result["units"]
        if unit.get("state") == REQUESTED and unit["name"] in asked and unit["request"]
    }


def sign_all(pending: dict[str, bytes], asked: dict[str, Asked], sign: Callable[[bytes, Asked], bytes]) -> Signed:
    """Sign every request, or none. Raises CertificateError with all units that are refused."""
    found = Signed({}, [])

    def sign_one(name: str) -> None:
        with naming(name):
            pem = sign(pending[name], asked[name])
        found.certificates[name] = pem.decode("ascii")
        if signing.is_shortened(pem, asked[name].days):
            found.shortened.append(name)

    _for_all(list(pending), sign_one)
    return found


def handing_back(units: list[Unit], signed: Signed) -> list[Unit]:
    """The units of the second run: those that were signed, with their certificates, and no other."""
    certificates = signed.certificates
    return [dict(unit, signed=certificates[unit["name"]]) for unit in units if unit["name"] in certificates]


def merge(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """One result of two runs: each unit as it is in the end, with everything that was written.

    transactions: those of both runs, to be put back from the last to the first.
    """
    diffs = {entry["before_header"]: entry for entry in second.get("diff") or []}
    before = [entry for entry in first.get("diff") or [] if entry["before_header"] not in diffs]
    return dict(
        second,
        changed=bool(first.get("changed") or second.get("changed")),
        activation=activation.strongest(first.get("activation", "none"), second.get("activation", "none")),
        units=told(first["units"], second.get("units") or []),
        diff=before + list(diffs.values()),
        transactions=[run["transaction"] for run in (first, second) if run.get("transaction")],
        warnings=list(first.get("warnings") or []) + list(second.get("warnings") or []),
    )


def alone(first: dict[str, Any]) -> dict[str, Any]:
    """The result of a run that needed no second."""
    return dict(first, transactions=[first["transaction"]] if first.get("transaction") else [])


def told(units: list[Unit], later: list[Unit]) -> list[Unit]:
    """The units of a first run, each as it is after the second, with the reason that it had."""
    ended = {unit["name"]: unit for unit in later}
    return [_told(unit, ended.get(unit["name"])) for unit in units]


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
