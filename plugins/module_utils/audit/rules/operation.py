# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operation: whether what is on disk is in force, whether it would be read, and whether somebody was interrupted."""

from typing import Iterator, Sequence

from ...lint.finding import FATAL
from ..evidence import Evidence
from ..rule import DECLARED, DISK, FAIL, HIGH, INFO, LINUX, LOW, MEDIUM, MTA, PASS, PROCESS, Rule, Seen
from .common import listed, of_lint, seen
from .process import running_of


def _activated(evidence: Evidence) -> Iterator[Seen]:
    """What the collection has written and the daemon has yet to load. One that does not run loads everything when it starts."""
    found = evidence.pending()
    if found.level != "none":
        words = "a %s is pending for %s" % (found.level, listed(list(found.files)) or "an earlier change")
        yield Seen(FAIL, PROCESS, words, found.files[0] if found.files else "")
    elif evidence.running() is not None:
        yield Seen(PASS, PROCESS, "nothing is pending")


def _loaded(evidence: Evidence) -> Iterator[Seen]:
    running_of(evidence)
    found = evidence.drift()
    for path in found.files:
        yield Seen(
            FAIL, PROCESS, "%s was changed since the daemon loaded it; that takes a %s" % (path, found.level), path
        )
    if not found.files:
        yield seen(found.level == "none", PROCESS, "the daemon has loaded what is on disk")


def _read(evidence: Evidence) -> Iterator[Seen]:
    found = [one for one in evidence.lint() if one.severity == FATAL]
    for one in found:
        words = "%s: %s" % (one.option or one.scope, one.message)
        yield Seen(FAIL, DECLARED, words, one.file, one.line, one.advice)
    if not found:
        yield Seen(PASS, DECLARED, "nothing keeps the daemon from reading its configuration")


def _committed(evidence: Evidence) -> Iterator[Seen]:
    copy = evidence.working_copy()
    if copy is None:
        return
    for path in sorted(copy.changes):
        yield Seen(FAIL, DISK, "%s is %s" % (path, copy.changes[path]), path)
    if not copy.changes:
        yield Seen(PASS, DISK, "%s is as it was checked out" % copy.directory, copy.directory)


def _finished(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.unfinished()
    for words in found or ():
        yield Seen(FAIL, DISK, words)
    if found is not None and not found:
        yield Seen(PASS, DISK, "no run was interrupted while it wrote")


_CM_2, _CM_3, _CM_6 = ("NIST SP 800-53 " + one for one in ("CM-2", "CM-3", "CM-6"))

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-OPS-001",
        "No activation is pending",
        "What was written is not in force; nobody knows whether the daemon gets on with it before it has loaded it.",
        MEDIUM,
        (PROCESS,),
        _activated,
        "msys.momentum.site, or msys.momentum.service",
        ("page 4/conf-overview", _CM_3),
    ),
    Rule(
        "MSEC-OPS-002",
        "The daemon has loaded the configuration that is on disk",
        "Who reads the file believes that the daemon does what it does not do.",
        MEDIUM,
        (DECLARED, PROCESS),
        _loaded,
        "msys.momentum.service with state: reloaded or restarted, once somebody has looked at the change",
        ("page 4/conf-overview", "page 4/console-commands/config", _CM_3, _CM_6),
        LINUX,
    ),
    Rule(
        "MSEC-OPS-003",
        "The installed version reads the configuration",
        "The daemon does not start, or refuses the whole configuration, for one option that it does not know.",
        HIGH,
        (DECLARED,),
        _read,
        "momentum_settings with the option that the advice names, or state: absent",
        ("page 4/conf-overview", "page 4/config-options-summary", _CM_6),
        MTA,
    ),
    Rule(
        "MSEC-OPS-004",
        "Nothing in the working copy of eccfg is left uncommitted",
        "The next start checks the configuration out, and what nobody has committed may be gone.",
        MEDIUM,
        (DISK,),
        _committed,
        "momentum_working_copy: commit, or eccfg commit on the node",
        ("page 4/executable/eccfg", "page 4/executable/ec-ctl", _CM_2, _CM_3),
    ),
    Rule(
        "MSEC-OPS-005",
        "No run of the collection left a transaction unfinished",
        "Files of one change are old and new, until the next run has finished or undone it.",
        HIGH,
        (DISK,),
        _finished,
        "msys.momentum.site, which recovers first; msys.momentum.restore for what it reports",
        (_CM_3, "NIST SP 800-53 CP-10"),
    ),
    Rule(
        "MSEC-OPS-006",
        "No copy that an editor or a package left is read as configuration",
        "An include of a directory reads it as well: an old value, or a password that was changed, is in force.",
        LOW,
        (DECLARED,),
        of_lint(
            "leftover",
            "local_changes",
            otherwise="no leftover is among the files, and no Local_Changes_File overrides them",
        ),
        "remove the file; momentum_settings with option: Local_Changes_File and state: absent",
        ("page 4/conf-overview", "page 4/config/ref-local-changes-file", _CM_6),
        MTA,
    ),
    Rule(
        "MSEC-OPS-007",
        "No option is misspelled, ignored, or without effect",
        "Who wrote it relies on a protection that is not there.",
        INFO,
        (DECLARED,),
        of_lint(
            "misspelled",
            "ignored",
            "inert",
            "misplaced",
            "deprecated",
            "wrong_type",
            otherwise="every option has an effect where it is",
        ),
        "momentum_settings with what the advice names",
        ("page 4/config-options-summary", _CM_6),
        MTA,
    ),
)
