# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files: what cannot be read, what was loaded by accident, and what takes precedence over everything."""

import os
from typing import Iterator, Tuple

from ..console_access.endpoints import configured
from ..ecconf.loader import Problem
from .finding import FATAL, INFO, WARNING, Finding, Subject, Verdict, at_setting

# What package managers, editors and people leave beside a file. No filter of names is documented for an included directory.
LEFTOVERS = (".rpmnew", ".rpmsave", ".rpmorig", ".dpkg-dist", ".dpkg-old", ".bak", ".old", ".orig", ".swp", "~")

_SEVERITIES = {"parse": FATAL, "unreadable": FATAL, "cycle": FATAL, "missing": WARNING, "limit": FATAL, "uri": INFO}


def of_problems(subject: Subject) -> Iterator[Finding]:
    """What could not be read."""
    for problem in subject.configuration.problems + subject.effective.problems:
        file, line = _place(problem)
        severity = FATAL if problem.path == subject.configuration.main else _SEVERITIES.get(problem.kind, WARNING)
        yield Finding(
            problem.kind,
            severity,
            "",
            "global",
            file,
            line,
            problem.message,
            "see that it can be read",
            "4/conf-overview",
        )


def of_leftovers(subject: Subject) -> Iterator[Finding]:
    """Files that are read as configuration although their names say that they are copies."""
    message = "%s is read as configuration: an included directory has no filter of names"
    for file in subject.configuration.files:
        if file.included_by and os.path.basename(file.path).endswith(LEFTOVERS):
            yield Finding(
                "leftover",
                WARNING,
                "",
                "global",
                file.included_by,
                file.line,
                message % file.path,
                "move the file out of the directory",
                "4/conf-overview",
            )


def of_rotation(subject: Subject, asked: str, file: str) -> Iterator[Finding]:
    """An ec_rotate that asks (`asked`, from `file`) where no console is; on a manager's host it may ask the MTA's."""
    known = configured(subject.effective)
    if asked and asked not in known and os.path.basename(subject.configuration.main) != "eccluster.conf":
        yield Finding(
            "rotation",
            WARNING,
            "control_socket",
            "global",
            file,
            1,
            "ec_rotate asks for the console at %s, where the configuration has none: lines of the logs are lost"
            % asked,
            "name the console's socket there, as msys.momentum.control does",
            "4/log-rotating",
        )


def of_local_changes(subject: Subject) -> Iterator[Finding]:
    """The file of changes by console, which takes precedence over all others."""
    setting = subject.effective.get((), "local_changes_file")
    if setting is not None:
        message = "what console commands wrote there is loaded last and takes precedence over all other files"
        verdict = Verdict(
            "local_changes", INFO, message, "judge it with the rest, or empty it", "4/config/ref-local-changes-file"
        )
        yield at_setting(verdict, setting)


def of_forms(subject: Subject) -> Iterator[Finding]:
    """Forms of the language that are read, and that no page documents."""
    from ..ecconf.tolerated import warnings

    for file in subject.configuration.files:
        for remark in warnings(file.document):
            yield Finding(
                "undocumented_form",
                INFO,
                remark.name,
                "",
                file.path,
                remark.line,
                remark.message,
                "write the documented form",
                "4/conf-options",
            )


def _place(problem: Problem) -> Tuple[str, int]:
    """Where to fix it: the line that does not parse, else the include line, else the file itself."""
    if problem.error is not None:
        return problem.error.filename or problem.path, problem.error.line
    return problem.file or problem.path, problem.line or 1
