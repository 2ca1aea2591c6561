# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rules of several areas share."""

from typing import Iterator, Sequence, Tuple

from ...ecconf.paths import format_path
from ...exposure.rules import OPEN
from ..evidence import Evidence
from ..rule import DECLARED, DISK, FAIL, PASS, UNKNOWN, Check, Seen


def of_exposure(*names: str, layer: str = DECLARED, otherwise: str = "") -> Check:
    """Return a check by the findings of what is open to the world (docs/exposure.md) with some names. otherwise: what is seen where there are none."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        found = [one for one in evidence.exposure() if one.name in names]
        for one in found:
            status = FAIL if one.status == OPEN else UNKNOWN
            scope = "%s: " % format_path(one.scope) if one.scope else ""
            yield Seen(status, layer, scope + one.because, one.file, one.line, one.remedy)
        if not found:
            yield Seen(PASS, layer, otherwise or "nothing of the kind is open")

    return check


def of_lint(*names: str, otherwise: str, options: Sequence[str] = ()) -> Check:
    """Return a check by the findings of the lint (docs/lint.md) with some names. options: of these alone, in lower case; empty for all."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        found = [one for one in evidence.lint() if one.rule in names and (not options or one.option.lower() in options)]
        for one in found:
            yield Seen(
                FAIL, DECLARED, "%s: %s" % (one.option or one.scope, one.message), one.file, one.line, one.advice
            )
        if not found:
            yield Seen(PASS, DECLARED, otherwise)

    return check


def several(names: Sequence[str], shown: int = 6) -> str:
    """Return names in words: the first ones, and how many more there are."""
    more = " and %d more" % (len(names) - shown) if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def at_file(path: str, status: str, what: str) -> Seen:
    """Return what was seen of a file on disk, which is named once."""
    words = what if what.startswith(path) else "%s: %s" % (path, what)
    return Seen(status, DISK, words, path)


def first_place(evidence: Evidence) -> Tuple[str, int]:
    """Return the first line of the main configuration file."""
    return evidence.configuration().configuration.main, 1
