# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All rules over one configuration, and what a node accepts of it."""

from typing import Any, Callable, Dict, FrozenSet, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..config.current import CurrentConfiguration
from ..ecconf.loader import Problem
from ..ecconf.paths import Path, format_path, parse_path, same_scope
from ..errors import PlanError
from ..redaction import redaction
from .rules import AMQP_BEYOND_HOST, NAMES, OPEN, RULES, UNKNOWN, WEBHOOKS_READABLE
from .sending import of_sending
from .services import OF_SERVICES
from .smtp import of_smtp
from .subject import Finding, Findings, Proxy, ServiceFile, Subject
from .webhooks import of_webhooks

_ALL: Sequence[Callable[[Subject], Findings]] = [of_smtp, of_sending, *OF_SERVICES, of_webhooks]
# Rules that a file beyond reach says nothing about.
_ELSEWHERE = ("api_proxy_without_authentication", AMQP_BEYOND_HOST, WEBHOOKS_READABLE)
CLOSED, NOT_APPLICABLE = "closed", "not_applicable"


class Accepted(NamedTuple):
    """A finding that is there on purpose. path: None for every scope."""

    name: str
    path: Optional[Path]
    reason: str


def findings(
    now: CurrentConfiguration,
    version: Optional[str],
    proxies: Sequence[Proxy] = (),
    secret_options: FrozenSet[str] = frozenset(),
    services: Sequence[ServiceFile] = (),
) -> List[Finding]:
    """Return what is open, in the order of the rules, and the rules that nobody can tell of, because a part of the configuration is beyond reach.

    version: of Momentum; None where it is not known. proxies: API proxies. services: files of Webhooks and RabbitMQ.
    """
    subject = Subject(now.effective, now.configuration.main, version, proxies, secret_options, services)
    found = [one for rule in _ALL for one in rule(subject) if subject.applies(one.name)]
    known = {one.name for one in found}
    for rule in RULES if now.problems else ():
        if rule.name not in known and rule.name not in _ELSEWHERE and subject.applies(rule.name):
            found.append(_untold(rule.name, rule.page, now.problems))
    return sorted(found, key=lambda one: NAMES.index(one.name))


def verdicts(found: Sequence[Finding], version: Optional[str], now: CurrentConfiguration) -> Dict[str, str]:
    """Return open, unknown, closed or not_applicable for each rule."""
    subject = Subject(now.effective, now.configuration.main, version)
    result = {name: CLOSED if subject.applies(name) else NOT_APPLICABLE for name in NAMES}
    for one in found:
        result[one.name] = OPEN if OPEN in (one.status, result[one.name]) else UNKNOWN
    return result


def _untold(name: str, page: str, problems: Sequence[Problem]) -> Finding:
    first = problems[0]
    more = " (and %d more)" % (len(problems) - 1) if len(problems) > 1 else ""
    because = "a part of the configuration is not known: %s%s" % (redaction.mask_text(first.message), more)
    remedy = "make the file readable on the node, and run again"
    file = first.file or first.path
    return Finding(name, UNKNOWN, (), "", "", False, redaction.mask_text(file), first.line, because, page, remedy)


def accepted(entries: Sequence[Mapping[str, Any]]) -> List[Accepted]:
    """Read what a task accepts. Raises PlanError for a scope that cannot be read, and for an empty reason."""
    found = []
    for one in entries:
        try:
            path = parse_path(one["scope"]) if one["scope"] is not None else None
        except ValueError as error:
            raise PlanError("exposure_accepted: %s (momentum_exposure_accepted in the roles)" % error)
        if not one["reason"].strip():
            raise PlanError(
                "exposure_accepted: %s has no reason; say why it is open (momentum_exposure_accepted in the roles)"
                % one["name"]
            )
        found.append(Accepted(one["name"], path, one["reason"]))
    return found


def reason_of(finding: Finding, taken: Sequence[Accepted]) -> str:
    """Return why a finding is accepted; empty if it is not. What is not known cannot be accepted."""
    if finding.status != OPEN:
        return ""
    return next((one.reason for one in taken if one.name == finding.name and _is_at(one.path, finding.scope)), "")


def _is_at(path: Optional[Path], scope: Path) -> bool:
    return path is None or len(path) == len(scope) and all(map(same_scope, path, scope))


def as_data(
    found: Sequence[Finding], taken: Sequence[Accepted] = (), secret_options: FrozenSet[str] = frozenset()
) -> List[Dict[str, Any]]:
    """Return findings as a result shows them: without secrets, and with the reason for which each is accepted."""
    return [
        dict(
            one._asdict(),
            scope=format_path(one.scope),
            value=redaction.mask_value(one.option, one.value, secret_options),
            accepted=reason_of(one, taken),
        )
        for one in found
    ]


def summary(found: Sequence[Mapping[str, Any]], variable: str = "momentum_exposure_accepted") -> List[str]:
    """Return a line for each finding that is open and not accepted, one for all that is open on purpose, and one for all that nobody can tell of."""
    words = "exposure: WARNING: %(name)s: %(scope)s%(what)s (%(file)s:%(line)s): %(because)s; %(remedy)s, or accept it with "
    lines = [
        words % dict(one, what=_what(one)) + variable for one in found if one["status"] == OPEN and not one["accepted"]
    ]
    on_purpose = _unique(["%s (%s)" % (one["name"], one["accepted"]) for one in found if one["accepted"]])
    unknown = [one for one in found if one["status"] == UNKNOWN]
    lines += ["exposure: open on purpose: %s" % "; ".join(on_purpose)] if on_purpose else []
    for because, names in _by_reason(unknown).items():
        lines.append("exposure: WARNING: nobody can tell of %s: %s" % (", ".join(names), because))
    return lines


def _what(one: Mapping[str, Any]) -> str:
    if not one["option"]:
        return ""
    return ": %s = %s%s" % (one["option"], one["value"], ", by default" if one["default"] else "")


def _by_reason(unknown: Sequence[Mapping[str, Any]]) -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    for one in unknown:
        found.setdefault("%(because)s (%(file)s:%(line)s)" % one, []).append(one["name"])
    return found


def _unique(words: Sequence[str]) -> List[str]:
    return list(dict.fromkeys(words))


def still_open(found: Sequence[Mapping[str, Any]]) -> List[Tuple[str, str]]:
    """Return name and scope of what is open and not accepted."""
    return [(one["name"], one["scope"]) for one in found if one["status"] == OPEN and not one["accepted"]]


def closed(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> List[str]:
    """Return the names of what was open before and is not afterwards, at the place where it was."""
    kept = {_place(one) for one in after}
    return _unique([one["name"] for one in before if one["status"] == OPEN and _place(one) not in kept])


def _place(one: Mapping[str, Any]) -> Tuple[str, str, str]:
    return one["name"], one["scope"], one["file"]
