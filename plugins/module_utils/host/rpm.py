# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether rpm has answered a question.

Its exit status is the number of packages that are missing. A database that it cannot open has the same status and the same words as packages that
are not installed; only an error beside them tells the difference (rpm 4.14 to 4.19). No page of rpm's documents that.
"""

import re
from typing import Optional, Sequence

from ..errors import PlanError
from .program import Ran, Run, lines, run, shown

TIMEOUT = 60.0  # seconds; the RPM database may be locked for a moment

# In the locale C. `rpm --query --file` calls a file that does not exist an error.
_MISSING = re.compile(
    r"(package .* is not installed|file .* is not owned by any package|error: file .*: No such file or directory)$"
)
_ERROR = "error: "


def failure(status: Optional[int], output: str) -> str:
    """Return why rpm has not answered `rpm --query`; empty if it has, be it that nothing is installed.

    status: its exit status, None if it was not started; output: its standard output and standard error, in the locale C.
    """
    said = [(line, bool(_MISSING.match(line))) for line in lines(output)]
    errors = [line for line, is_answer in said if line.startswith(_ERROR) and not is_answer]
    if errors:
        return shown("; ".join(errors))
    if status == 0 or (status is not None and status > 0 and any(is_answer for _line, is_answer in said)):
        return ""
    return shown(output.strip()) or "rpm ended with status %s and said nothing" % status


def is_absent(ran: Ran) -> bool:
    """Return whether there is no rpm on the node."""
    return ran.status is None and ran.output.strip() == "rpm: No such file or directory"


def are_installed(names: Sequence[str], run: Run = run) -> bool:
    """Return whether all packages are installed; a name may have a version, as NAME-VERSION. Where there is no rpm, none is. Raises PlanError where rpm
    does not answer."""
    if not names:
        return True
    answer = run(["rpm", "--query", *names], TIMEOUT)
    if is_absent(answer):
        return False
    reason = failure(answer.status, answer.output)
    if reason:
        raise PlanError(
            "packages: the RPM database cannot be asked whether %s is installed: %s. See that rpm --query works on the node"
            " (rpm --rebuilddb repairs a damaged database)" % (", ".join(names), reason)
        )
    return answer.status == 0
