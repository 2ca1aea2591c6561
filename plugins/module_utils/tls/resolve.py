# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the targets of a task to one plan: read, plan, look at what comes out, and refuse before anything is written.

The order matters: safety checks, files and weaker settings are judged on the configuration as it would be, because another target
of the same task may set what makes the difference.
"""

import os
import time
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from ..config import plan as config_plan
from ..config.plan import DesiredSetting, Reload
from ..ecconf.effective import Effective
from ..ecconf.paths import Path, format_path
from ..errors import assumption
from . import inbound
from . import plan as plans
from .checks import advice, downgrade, weaknesses
from .checks.weaknesses import Weaker
from .complaints import Complaint, Refused
from .current import CurrentTls
from .errors import TlsError
from .files import judge, pairs
from .files.judge import Identity
from .outbound import Outbound
from .targets import REQUIRED, UNMANAGED, Target, read
from .values import in_force
from .values.meaning import GNUTLS, OPENSSL


class Request(NamedTuple):
    """What a task requests. expected: files and directories that an earlier task of a check mode run would have made, so that what
    is missing of them is not judged. assumed: those that one may have made, so that what is missing of them is a warning.
    closed: directories whose files msys.momentum.permissions closes to others, so that a key
    in them is only warned of. outbound: TLS of sent mail, where it is declared."""

    entries: Sequence[Dict[str, Any]]
    purge: bool = False
    expected: Sequence[str] = ()
    assumed: Sequence[str] = ()
    closed: Sequence[str] = ()
    outbound: Optional[Outbound] = None


class TlsPlan(NamedTuple):
    """The plan, and what is to be said beside it."""

    plan: config_plan.Plan
    effective: List[Dict[str, Any]]
    weaker: List[Dict[str, Any]]
    left_out: List[Dict[str, str]]
    offered: List[Dict[str, Any]]
    warnings: List[str]
    not_judged: List[str]


class Resolution:
    """One configuration on its way from what it is to what a task requests."""

    def __init__(self, now: CurrentTls, reload: Reload, request: Request, identity: Any) -> None:
        """`identity` finds the daemon's account in an Effective."""
        self.reload = reload
        self.request = request
        self.main = now.configuration.main
        self.before = now.effective
        self.identity = identity
        targets, self.complaints = read(request.entries, self.before)
        self.context = now.context._replace(engine=_engine(targets, now.context.engine))
        self.beside: List[DesiredSetting] = []
        if request.outbound is not None:
            others = plans.plan(targets, self.before, self.main, self.context).asks
            targets = targets + request.outbound.targets(self.before, self.context, others)
            self.beside = request.outbound.beside(self.context)
        self.targets = targets
        self.then = now._replace(context=self.context)
        self.asked = plans.plan(targets, self.before, self.main, self.context)
        self.complaints += self.asked.complaints
        self.warnings: List[str] = []
        self.not_judged: List[str] = []
        self.configuration = now.configuration
        self.plan = self._planned(self.asked.all_desired(self.context))

    @property
    def after(self) -> Effective:
        """What will be in force."""
        return self.then.effective

    def _planned(self, all_desired: Sequence[DesiredSetting]) -> config_plan.Plan:
        """Plan requests, and look at what comes out."""
        plan = config_plan.plan(self.configuration, self.reload, [*all_desired, *self.beside])
        if plan.edits:
            self.then = self.then.changed(self.reload({edit.path: edit.after for edit in plan.edits}))
        return plan

    def resolve(self) -> TlsPlan:
        """Refuse what must not be, find and purge what is weaker. Raises Refused with everything that is wrong."""
        all_desired = self.asked.all_desired(self.context)
        extensions = [] if self.complaints else inbound.all_desired(self.targets, self.after)
        if extensions:
            self.plan = self._planned(all_desired + extensions)
        offered = self._offered()
        self._judge_downgrades()
        self._judge_outbound()
        self._judge_files()
        if self.complaints:
            raise Refused(self.complaints)
        found = weaknesses.find(self.asked.asks, self.after, self.context)
        weaker = [self._as_data(one) for one in found]
        removals = [_removal(one) for one in found if self.request.purge and one.purgeable]
        if removals:
            self.plan = self._planned(all_desired + extensions + removals)
        rows = [self._row(target, path) for target in self.targets for path in target.paths]
        self.warnings += advice.find(self.asked.asks, self.after, self.context)
        left_out = [dict(one._asdict()) for one in self.asked.left_out]
        return TlsPlan(self.plan, rows, weaker, left_out, offered, self.warnings, self.not_judged)

    def _row(self, target: Target, path: Path) -> Dict[str, Any]:
        """What a scope negotiates, and a warning where that cannot be read."""
        try:
            names = self.then.in_force(path)
        except TlsError as error:
            names = in_force.NOTHING
            self.warnings.append("scope %s: what is in force cannot be read: %s" % (format_path(path), error))
        return dict({"scope": format_path(path), "profile": target.profile or ""}, **names)

    def _offered(self) -> List[Dict[str, Any]]:
        """Where clients can begin TLS of what the targets are about, and complain or warn where they cannot."""
        rows: Dict[str, Dict[str, Any]] = {}
        for target, path in inbound.asking(self.targets):
            for one in self.then.entrances(path):
                scope = format_path(one.path)
                rows[scope] = {"scope": scope, "port": one.port, "begin": one.begin, "because": one.because}
                if one.begin == inbound.NONE and target.offer != UNMANAGED:
                    self._not_offered(one, target)
        return list(rows.values())

    def _not_offered(self, one: inbound.Entrance, target: Target) -> None:
        scope, reason = format_path(one.path), "clients cannot begin TLS: %s" % one.because
        if target.offer == REQUIRED:
            where = plans.where(self.before, self.main, one.path, inbound.EXTENSIONS)
            remedy = "give a target for that scope a certificate, for HTTP and ECStream implicit_tls as well"
            self.complaints.append(Complaint(where, scope, "offer", REQUIRED, reason, remedy))
        else:
            self.warnings.append("scope %s: %s" % (scope, reason))

    def _judge_downgrades(self) -> None:
        for found in downgrade.find(self.asked.asks, self.after, self.context):
            reason = "leaves TLS 1.3 alone to %s, where peers without it fall back to plaintext" % found.where
            remedy = "give that scope a profile with TLSv1.2, such as mozilla-intermediate, or override the safety check: allow: [%s]"
            self._complain(found.ask, str(found.ask.value), reason, remedy % downgrade.SAFETY_CHECK)

    def _judge_outbound(self) -> None:
        """Complain of what sent mail cannot have, and leave a file of name servers that an earlier task makes unjudged."""
        outbound = self.request.outbound
        if outbound is None:
            return
        resolver = outbound.resolver
        if resolver is not None and resolver.missing and _is_among(resolver.file, self.request.expected):
            self.not_judged.append(resolver.file)
            outbound = outbound._replace(resolver=None)
        self.complaints += outbound.complaints(self.asked.asks, self.before, self.after, self.main, self.context)

    def _judge_files(self) -> None:
        identity: Optional[Identity] = self.identity(self.after)
        outbound = self.request.outbound
        relied_on = outbound.relied_on(self.asked.asks, self.after) if outbound is not None else []
        asks = self.asked.asks + relied_on
        self.warnings += pairs.ended(asks, self.after, time.time())
        self.warnings += pairs.disordered(asks, self.after)
        for found in pairs.find(asks, self.after, identity):
            unexpected = [path for path in found.flaw.missing if not _is_among(path, self.request.expected)]
            missing = [path for path in unexpected if not _is_among(path, self.request.assumed)]
            if missing or not found.flaw.missing:
                # As a run would name them, in which the others have been made.
                self._complain_of_file(found._replace(flaw=judge.absent(missing)) if missing else found)
            elif unexpected:
                self.warnings.append("%s: %s" % (found.option, assumption(found.flaw.reason)))
            else:
                self.not_judged += [path for path in found.flaw.missing if path not in self.not_judged]
        asked, others = pairs.exposed_keys(self.asked.asks, self.after, identity)
        for found in asked:
            if not self._is_closed(found.value):
                self._complain_of_file(found)
        left = [found for found in asked if self._is_closed(found.value)] + others
        self.warnings += dict.fromkeys("%s: %s; %s" % (one.option, one.flaw.reason, one.flaw.remedy) for one in left)

    def _is_closed(self, file: str) -> bool:
        real = os.path.realpath(file)
        return any(real.startswith(os.path.join(os.path.realpath(one), "")) for one in self.request.closed)

    def _complain_of_file(self, found: pairs.Finding) -> None:
        where = plans.where(self.before, self.main, found.path, found.option)
        scope = format_path(found.path)
        self.complaints.append(Complaint(where, scope, found.option, found.value, found.flaw.reason, found.flaw.remedy))

    def _complain(self, ask: plans.Ask, value: str, reason: str, remedy: str) -> None:
        where = plans.where(self.before, self.main, ask.path, ask.field.option)
        self.complaints.append(Complaint(where, format_path(ask.path), ask.field.option, value, reason, remedy))

    def _as_data(self, weaker: Weaker) -> Dict[str, Any]:
        old = self.before.get(weaker.path, weaker.option)
        return {
            "scope": format_path(weaker.path),
            "option": weaker.option,
            "value": weaker.value,
            "file": old.file if old else weaker.file,
            "line": old.line if old else weaker.line,
            "because": weaker.because,
            "remedy": weaker.remedy,
            "removed": self.request.purge and weaker.purgeable,
        }


def _is_among(path: str, files: Sequence[str]) -> bool:
    """Whether a path is one of some files and directories, or below one."""
    requested = os.path.normpath(path)
    return any(requested == one or requested.startswith(one + "/") for one in map(os.path.normpath, files))


def _engine(targets: Sequence[Target], present: str) -> str:
    """The engine after the task: what one of the targets says, else what is in force."""
    said = [target.explicit["engine"] for target in targets if "engine" in target.explicit]
    if said:
        return GNUTLS if said[-1] == GNUTLS else OPENSSL
    return present


def _removal(weaker: Weaker) -> DesiredSetting:
    return DesiredSetting(path=weaker.path, option=weaker.option, state="absent")
