# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All checks, what they find, and what could be set to fix it. Pure."""

from typing import Any, Collection, Dict, List, NamedTuple

from ..errors import PlanError
from ..text import nearest
from . import host_checks, manuals, network_checks, storage_checks
from .check import ADVICE, STOPS, Check, Purpose, Unclear
from .facts import Facts

CHECKS = {one.name: one for one in host_checks.CHECKS + network_checks.CHECKS + storage_checks.CHECKS}
RANGE = "net.ipv4.ip_local_port_range"


class Finding(NamedTuple):
    """What is not as it should be. severity: stops or advice. what: in one sentence. page: of the vendor's manuals, '' where none says so."""

    name: str
    severity: str
    what: str
    why: str
    page: str
    fix: str


class Report(NamedTuple):
    """findings: what stops first, else in the order of CHECKS. checked: names of the checks that know their answer. left_out: names that were
    skipped. unknown: for each check that could not look, why."""

    findings: List[Finding]
    checked: List[str]
    left_out: List[str]
    unknown: Dict[str, str]


def refuse_unknown(names: Collection[str]) -> None:
    """Raise PlanError for names that no check has."""
    for name in names:
        if name not in CHECKS:
            known = "the names are %s" % ", ".join(sorted(CHECKS))
            raise PlanError(
                "skip: there is no check %r; %s (momentum_preflight_skip in the roles)"
                % (name, nearest.suggestion(name, CHECKS, known))
            )


def judge(facts: Facts, purpose: Purpose, skip: Collection[str] = ()) -> Report:
    """Have every check that is not skipped judge the facts. Raises PlanError for a name that no check has."""
    refuse_unknown(skip)
    report = Report([], [], [name for name in CHECKS if name in skip], {})
    for check in CHECKS.values():
        if check.name not in skip:
            _add(report, check, facts, purpose)
    report.findings.sort(key=lambda one: one.severity != STOPS)
    return report


def _add(report: Report, check: Check, facts: Facts, purpose: Purpose) -> None:
    missing = [facts.unknown[field] for field in check.needs if field in facts.unknown]
    if missing:
        report.unknown[check.name] = missing[0]
        return
    try:
        # What was found before the judge cannot tell the rest stays.
        for one in check.judge(facts, purpose):
            severity = one.severity if check.stops_where else ADVICE
            words = (one.what, check.why, one.page or check.page, one.fix or check.fix)
            report.findings.append(Finding(check.name, severity, *words))
    except Unclear as reason:
        report.unknown[check.name] = str(reason)
    else:
        report.checked.append(check.name)


def remedies(facts: Facts, purpose: Purpose, report: Report) -> Dict[str, Any]:
    """Return what momentum_preflight_fix can set, for the findings of a report: parameters of sysctl, the limit of the service, and the ports for clients
    that the firewall does not let in."""
    names = {one.name for one in report.findings}
    short = host_checks.short_parameters(facts, purpose) if "kernel_parameters" in names else []
    sysctl = {one.name: manuals.raised(one, facts.kernel[one.name]) for one in short}
    if "ephemeral_ports" in names:
        sysctl[RANGE] = "%d %d" % network_checks.documented_range(purpose)
    is_limited = "limits" in names and facts.unit_descriptors < facts.descriptors
    closed = network_checks.closed_ports(facts, purpose) if "firewall" in names else []
    return {
        "sysctl": sysctl,
        "limits": facts.descriptors if is_limited else 0,
        "firewall": ["%d/tcp" % one.number for one in closed if one.by == "clients"],
    }


def lines(report: Report) -> List[str]:
    """Return a report in plain lines: the findings, and then what could not be looked at."""
    said = []
    for one in report.findings:
        page = " (%s)" % one.page if one.page else ""
        said.append("%s: %s: %s. %s Fix: %s%s" % (one.severity, one.name, one.what, one.why, one.fix, page))
    return said + ["unknown: %s: %s" % (name, report.unknown[name]) for name in report.unknown]
