# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with the requests of a task, all of it in one error."""

from typing import Any, Dict, List, NamedTuple, Sequence

from ..errors import PlanError


class Complaint(NamedTuple):
    """One thing that is wrong: where it is, or would be written, what it is, why, and how to fix it."""

    file: str
    scope: str
    option: str
    value: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        """One sentence; what is not known is left out."""
        where = "%s: " % self.file if self.file else ""
        what = "%s = %s" % (self.option, self.value) if self.value else self.option
        return "%sscope %s: %s: %s; %s" % (where, self.scope, what, self.reason, self.remedy)


class Refused(PlanError):
    """Bad input, found before anything was written."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        self.complaints = list(dict.fromkeys(complaints))
        groups = _alike(self.complaints)
        head = "these TLS settings are refused, nothing was written"
        if len(groups) > 1:
            head = "%d things are wrong with these TLS settings, nothing was written" % len(groups)
        super().__init__("%s: %s" % (head, " | ".join(groups)))

    def details(self) -> Dict[str, Any]:
        """The complaints as data, for the result of the module."""
        errors: List[Dict[str, Any]] = [dict(complaint._asdict()) for complaint in self.complaints]
        return {"errors": errors}


def _alike(complaints: Sequence[Complaint]) -> List[str]:
    """The complaints in words; what is wrong in the same way in many scopes is reported once, with their number."""
    groups: Dict[Complaint, List[Complaint]] = {}
    for complaint in complaints:
        groups.setdefault(complaint._replace(file="", scope=""), []).append(complaint)
    return [
        str(first if not others else first._replace(scope="%s and %d more" % (first.scope, len(others))))
        for first, *others in groups.values()
    ]
