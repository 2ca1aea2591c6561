# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs all rules over a configuration, in time proportional to its size."""

from typing import Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from ..ecconf.effective import Effective
from ..ecconf.loader import Configuration
from . import combinations, files, names, values
from .finding import SEVERITIES, Finding, Subject

RULES: Tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    files.of_problems,
    files.of_leftovers,
    files.of_local_changes,
    files.of_forms,
    names.of_settings,
    names.of_scopes,
    values.of_values,
    values.of_types,
    values.of_defaults,
    values.of_modules,
    combinations.of_combinations,
)


def findings(
    configuration: Configuration, target: str, origin: Optional[str] = None, rotation: Tuple[str, str] = ("", "")
) -> List[Finding]:
    """All findings, the worst first, and in load order within one severity.

    `target` is the version that is to read the configuration, `origin` the one that reads it today, if that is known; `rotation`: the
    socket at which ec_rotate asks, and the file that says so.
    Raises ValueError for a version that does not begin with a number.
    """
    subject = Subject(configuration, Effective(configuration), target, origin)
    order = {file.path: position for position, file in enumerate(configuration.files)}
    found = [finding for rule in RULES for finding in rule(subject)]
    found += files.of_rotation(subject, *rotation)
    return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), order.get(one.file, -1), one.line, one.rule))


def is_accepted(finding: Finding, accepted: Iterable[str]) -> bool:
    """Whether an operator named the rule, or the rule with the option, as in 'deprecated:ssl_lock_method'."""
    exact = "%s:%s" % (finding.rule, finding.option.lower())
    return any(word.lower() in (finding.rule, exact) for word in accepted)


def counts(found: Iterable[Finding]) -> Dict[str, int]:
    """How many there are of each severity."""
    tally = dict.fromkeys(SEVERITIES, 0)
    for finding in found:
        tally[finding.severity] += 1
    return tally


def grave(found: Sequence[Finding], limit: str, accepted: Sequence[str]) -> List[Finding]:
    """The findings that a limit ('fatal', 'warning' or 'never') refuses, without the accepted ones."""
    refused = {"fatal": SEVERITIES[:1], "warning": SEVERITIES[:2], "never": ()}[limit]
    return [finding for finding in found if finding.severity in refused and not is_accepted(finding, accepted)]
