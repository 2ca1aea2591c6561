# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From targets to requests about options: what is explicit, what a profile adds, and what is wrong with either.

Pure: the configuration, the version and the library come in as arguments, requests and complaints come out.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from ..config.plan import DesiredSetting
from ..ecconf.effective import Effective
from ..ecconf.paths import Path, format_path
from . import options
from .complaints import Complaint
from .errors import TlsError
from .options import FIELDS, Field
from .profiles import profiles
from .profiles import values as profile_values
from .targets import Target, fold
from .values.meaning import GNUTLS, Context, flaw, outdated, same

UNLIMITED, CLEARTEXT, OUTDATED = "unlimited_protocols", "cleartext_injection", "outdated_protocols"
_INJECTABLE = frozenset(["allow", "ignore"])


class Ask(NamedTuple):
    """One option that a target asks for in one scope; `value` None: that it be absent."""

    path: Path
    field: Field
    value: Any
    target: Target


class LeftOut(NamedTuple):
    """What a profile would ask for, and cannot have in a scope, version or library."""

    scope: str
    option: str
    because: str


class Plan(NamedTuple):
    """All that the targets ask for; nothing may be written while there are complaints."""

    asks: List[Ask]
    left_out: List[LeftOut]
    complaints: List[Complaint]

    def all_desired(self, context: Context) -> List[DesiredSetting]:
        """What the plan of the configuration has to meet."""
        return [_desired(ask, context) for ask in self.asks]


class Planner:
    """Plans target after target; what does not depend on the scope is worked out once."""

    def __init__(self, effective: Effective, main: str, context: Context) -> None:
        """`main` is the file that complaints name where no other one opens the scope."""
        self.effective = effective
        self.main = main
        self.context = context
        self.plan = Plan([], [], [])
        self._flaws: Dict[Tuple[str, str, str], Optional[TlsError]] = {}
        self._values: Dict[Tuple[str, str, bool], Union[profile_values.Values, TlsError]] = {}

    def add(self, target: Target) -> None:
        """Plan one target in each of its scopes."""
        for path in target.paths:
            for field in FIELDS:
                if field.key in target.explicit:
                    self._explicit(target, path, field, target.explicit[field.key])
            if target.profile:
                self._profile(target, path)

    # -- what the task says in so many words

    def _explicit(self, target: Target, path: Path, field: Field, value: Any) -> None:
        if value == "":
            self.plan.asks.append(Ask(path, field, None, target))
            return
        problem = self._problem(target, path, field, value)
        if problem is None:
            self.plan.asks.append(Ask(path, field, value, target))
        else:
            self._complain(path, field, value, *problem)

    def _problem(self, target: Target, path: Path, field: Field, value: Any) -> Optional[Tuple[str, str]]:
        """Why an explicit option cannot be had, and what helps."""
        wrong = options.misplaced(field.option, path, self.context.version, str(value))
        if wrong is not None:
            return wrong.reason, wrong.remedy
        dialect = self.context.dialect(path)
        if field.openssl and dialect == GNUTLS:
            advice = "say it in the priority string, option 'ciphers', or set the engine to openssl"
            return "GnuTLS, the engine in force, ignores it", advice
        if field.key == "starttls_injection" and value in _INJECTABLE and CLEARTEXT not in target.allow:
            advice = "keep reject, or override the safety check: allow: [%s]" % CLEARTEXT
            return "takes commands that an attacker put in before TLS began (CVE-2011-0411)", advice
        error = self._flaw(field, str(value), dialect)
        if error is not None:
            return _in_words(error, str(value)), error.remedy
        left = outdated(field, str(value), dialect, self.context)
        if left and OUTDATED not in target.allow:
            advice = "keep TLSv1.2, or override the safety check: allow: [%s]" % OUTDATED
            return "leaves %s alone: peers negotiate a protocol older than TLS 1.2, or none" % left, advice
        return None

    def _flaw(self, field: Field, value: str, dialect: str) -> Optional[TlsError]:
        key = (field.key, value, dialect)
        if key not in self._flaws:
            self._flaws[key] = flaw(field, value, dialect, self.context)
        return self._flaws[key]

    # -- what a profile stands for

    def _profile(self, target: Target, path: Path) -> None:
        try:
            found = self._profile_values(target, path)
        except TlsError as error:
            self._complain(path, None, target.profile, _in_words(error, target.profile or ""), error.remedy)
            return
        missing = dict(found.left_out)
        for field in FIELDS:
            if field.key in target.explicit or field.key not in found.given and field.key not in missing:
                continue
            if not self._is_possible(target, path, field):
                continue
            if field.key in missing:
                self._leave_out(path, field, missing[field.key])
            if field.key in found.given:
                self.plan.asks.append(Ask(path, field, found.given[field.key], target))

    def _profile_values(self, target: Target, path: Path) -> profile_values.Values:
        name, dialect = target.profile or "", self.context.dialect(path)
        key = (name, dialect, target.post_quantum)
        if key not in self._values:
            try:
                profile = profiles.find(name)
                self._values[key] = profile_values.values(profile, self.context, dialect, target.post_quantum)
            except TlsError as error:
                self._values[key] = error
        found = self._values[key]
        if isinstance(found, TlsError):
            raise found
        return found

    def _is_possible(self, target: Target, path: Path, field: Field) -> bool:
        """Whether a profile's option can be in a scope; said in the result if not."""
        wrong = options.misplaced(field.option, path, self.context.version)
        if wrong is None:
            return True
        if field.key == "protocols" and wrong.kind == "version" and UNLIMITED not in target.allow:
            advice = "upgrade, or take only its ciphers with allow: [%s]" % UNLIMITED
            because = "the profile %s limits the protocols, but the option %s" % (target.profile, wrong.reason)
            self._complain(path, field, "", because, "%s: %s" % (wrong.remedy.split(";")[0], advice))
        else:
            self._leave_out(path, field, "%s; %s" % (wrong.reason, wrong.remedy.split(";")[0]))
        return False

    # -- what comes out

    def _leave_out(self, path: Path, field: Field, because: str) -> None:
        self.plan.left_out.append(LeftOut(format_path(path), field.option, because))

    def _complain(self, path: Path, field: Optional[Field], value: Any, reason: str, remedy: str) -> None:
        option = field.option if field else "profile"
        place = where(self.effective, self.main, path, option)
        self.plan.complaints.append(Complaint(place, format_path(path), option, _shown(value), reason, remedy))


def where(effective: Effective, main: str, path: Path, option: str) -> str:
    """The file, and the line where known, that an option of a scope is on, or would be written to."""
    setting = effective.get(path, option)
    if setting is not None:
        return "%s:%d" % (setting.file, setting.line)
    for depth in range(len(path), 0, -1):
        opened = effective.where(path[:depth])
        if opened:
            return "%s:%d" % opened[-1]
    return main


def plan(targets: Sequence[Target], effective: Effective, main: str, context: Context) -> Plan:
    """What all targets ask for together; `context.engine` is the engine that will be in force afterwards."""
    planner = Planner(effective, main, context)
    for target in targets:
        planner.add(target)
    return _without_contradictions(planner)


def _without_contradictions(planner: Planner) -> Plan:
    """Of two targets that ask for two values of one option in one scope keep the first, and complain."""
    seen: Dict[Tuple[Path, str], Ask] = {}
    for ask in planner.plan.asks:
        other = seen.setdefault((fold(ask.path), ask.field.key), ask)
        if other.value != ask.value:
            reason = "two targets ask for different values, the other is %s" % (_shown(other.value) or "none")
            place = where(planner.effective, planner.main, ask.path, ask.field.option)
            advice = "keep one of the two targets for this scope"
            complaint = Complaint(place, format_path(ask.path), ask.field.option, _shown(ask.value), reason, advice)
            planner.plan.complaints.append(complaint)
    return planner.plan._replace(asks=list(seen.values()))


def _desired(ask: Ask, context: Context) -> DesiredSetting:
    return DesiredSetting(
        path=ask.path,
        option=ask.field.option,
        value=ask.value,
        state="absent" if ask.value is None else "present",
        same=same(ask.field, ask.path, context),
    )


def _in_words(error: TlsError, value: str) -> str:
    """The reason, with the part of the value that it is about."""
    return error.reason if error.subject in ("", value) else "%r %s" % (error.subject, error.reason)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
