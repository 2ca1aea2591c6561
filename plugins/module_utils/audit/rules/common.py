# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rules of several areas share."""

import os
from typing import Any, Callable, Iterable, Iterator, Optional, Sequence, Tuple

from ...catalog.catalog import parse_version
from ...ecconf.paths import format_path
from ...errors import MomentumError
from ...exposure.rules import OPEN
from ...exposure.subject import Finding
from ...preflight.check import Purpose
from ...preflight.facts import Facts
from ...preflight.run import CHECKS
from ...preflight.run import judge as judge_host
from ..evidence import CouldNotLook, Evidence, FileFacts, Host
from ..rule import DECLARED, DISK, FAIL, PASS, UNKNOWN, Check, Seen

SHOWN = 5  # names in one sentence


def seen(ok: bool, layer: str, what: str, file: str = "", line: int = 0, remedy: str = "") -> Seen:
    """Return what was seen as a pass or a failure."""
    return Seen(PASS if ok else FAIL, layer, what, file, line, "" if ok else remedy)


def listed(names: Sequence[Any]) -> str:
    """Return the first of some names in words, and how many more there are."""
    shown = ", ".join(str(one) for one in names[:SHOWN])
    return shown + (" and %d more" % (len(names) - SHOWN) if len(names) > SHOWN else "")


def facts_of(evidence: Evidence, path: str) -> Optional[FileFacts]:
    """Describe the object of a path that the configuration names; None where there is none. Raises CouldNotLook."""
    if not os.path.isabs(path):
        raise CouldNotLook("%s is no absolute path, and no page says relative to what" % path)
    try:
        return evidence.file(path)
    except CouldNotLook:
        raise
    except (MomentumError, OSError) as error:
        raise CouldNotLook("%s: %s" % (path, error))


def of_each(paths: Iterable[str], judge: Callable[[str], Iterator[Seen]]) -> Iterator[Seen]:
    """Judge paths one by one. One at which nobody can look leaves the others to be judged."""
    for path in paths:
        try:
            yield from judge(path)
        except CouldNotLook as error:
            yield Seen(UNKNOWN, DISK, str(error), path)


def of_exposure(*names: str, layer: str = DECLARED, otherwise: str = "", kinds: Sequence[str] = ()) -> Check:
    """Return a check by the findings of what is open to the world (docs/exposure.md) with some names. otherwise: what is seen where there are none.
    kinds: the scopes that it is about; a configuration with none of them, and without a finding, has nothing of the kind."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        found = [one for one in evidence.exposure() if one.name in names]
        # What is beyond reach is the same for each name.
        yield from dict.fromkeys(_of_finding(one, layer) for one in found)
        if not found and (not kinds or has_scope(evidence, *kinds)):
            yield Seen(PASS, layer, otherwise or "nothing of the kind is open")

    return check


def _of_finding(one: Finding, layer: str) -> Seen:
    status = FAIL if one.status == OPEN else UNKNOWN
    scope = "%s: " % format_path(one.scope) if one.scope else ""
    return Seen(status, layer, scope + one.because, one.file, one.line, one.remedy)


def has_scope(evidence: Evidence, *kinds: str) -> bool:
    """Return whether the configuration has a scope of one of these names."""
    effective = evidence.configuration().effective
    return any(True for kind in kinds for _path in effective.scopes(kind))


def of_lint(*names: str, otherwise: str) -> Check:
    """Return a check by the findings of the lint (docs/lint.md) with some names."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        found = [one for one in evidence.lint() if one.rule in names]
        for one in found:
            yield Seen(
                FAIL, DECLARED, "%s: %s" % (one.option or one.scope, one.message), one.file, one.line, one.advice
            )
        if not found:
            yield Seen(PASS, DECLARED, otherwise)

    return check


def of_host(name: str, layer: str, otherwise: Callable[[Facts], str]) -> Check:
    """Return a check by one of the preflight (docs/preflight.md). otherwise: what is seen where it finds nothing."""
    skipped = [one for one in CHECKS if one != name]

    def check(evidence: Evidence) -> Iterator[Seen]:
        facts = evidence.machine()
        report = judge_host(facts, _purpose(evidence.host), skipped)
        for one in report.findings:
            yield Seen(FAIL, layer, one.what, remedy=one.fix)
        for reason in report.unknown.values():
            yield Seen(UNKNOWN, layer, reason)
        if not report.findings and not report.unknown:
            yield Seen(PASS, layer, otherwise(facts))

    return check


def _purpose(host: Host) -> Purpose:
    version = parse_version(host.version) if host.version else ()
    return Purpose(version, "cluster_manager" if host.daemon == "eccmgr" else "standalone", (), False)


def first_place(evidence: Evidence) -> Tuple[str, int]:
    """Return the first line of the main configuration file."""
    return evidence.configuration().configuration.main, 1
