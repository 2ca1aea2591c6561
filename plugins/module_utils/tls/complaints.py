# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with the wishes of a task, all of it in one error."""

from typing import Any, Dict, List, NamedTuple, Sequence

from ..errors import PlanError


class Complaint(NamedTuple):
    """One thing that is wrong: where it is, or would be written, what it is, why, and how to mend it."""

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
        count = len(self.complaints)
        head = "%d things are wrong with these TLS settings, nothing was written" % count
        if count == 1:
            head = "these TLS settings are refused, nothing was written"
        super().__init__("%s: %s" % (head, " | ".join(str(complaint) for complaint in self.complaints)))

    def details(self) -> Dict[str, Any]:
        """The complaints as data, for the result of the module."""
        errors: List[Dict[str, Any]] = [dict(complaint._asdict()) for complaint in self.complaints]
        return {"errors": errors}
