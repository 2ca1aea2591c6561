# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Security stanza."""

import os
from typing import Any, Dict, List, Optional, Tuple

from .. import node_options
from ..apply import planned, prepare
from ..config.current import CurrentConfiguration
from ..daemon.host_limits import security_host
from ..ecconf.effective import Effective, Setting
from ..ecconf.loader import Configuration
from ..errors import PlanError
from ..host import accounts
from ..permissions.run import subject_of
from ..permissions.umask import Subject
from ..planned import Planned
from ..sandbox import chroot, places
from ..security import comparison as security_plan
from ..security import placement, requirements, safety_checks
from ..security.current import CurrentSecurity
from ..security.current import current as current_security
from ..security.stanza import Stanza
from ..task import Task

AUTO = "auto"
DEFAULT_USER = "ecuser"


def current(now: CurrentConfiguration, unit: str) -> CurrentSecurity:
    """Return the stanza in force, and what the node gives to it. unit: of systemd, whose bounding set applies."""
    return current_security(now.effective, security_host(unit))


def as_data(losers: List[Setting]) -> List[Dict[str, Any]]:
    """Assignments as the result shows them."""
    return [{"option": loser.name, "value": loser.value, "file": loser.file, "line": loser.line} for loser in losers]


def refuse_unsafe_settings(task: Task, stanza: Stanza, facts: safety_checks.Host) -> None:
    """Stop before anything is written if the daemon would start with what the documentation or the kernel warns of."""
    allow = list(task.params["allow"])
    # An earlier task of the same run may create the account or the directory.
    announced = [] if node_options.is_installed(task.node) else ["missing_identity", "missing_chroot"]
    found = safety_checks.violations(stanza, facts, allow)
    words = "the Security stanza is refused: " + "; ".join(found)
    if safety_checks.violations(stanza, facts, allow + announced):
        raise PlanError(words)
    if found:
        task.refuse_unless_announced(words)


def resolved(requested: Stanza, found: CurrentSecurity) -> Stanza:
    """Put what the configuration takes in the place of the word auto."""
    platforms = {"capabilities": requirements.LINUX, "privileges": requirements.SOLARIS}
    computed: Dict[str, Any] = {
        field: requirements.text(found.needed(platform), platform)
        for field, platform in platforms.items()
        if getattr(requested, field) == AUTO
    }
    return requested._replace(**computed)


def home_of(task: Task, configuration: Configuration, effective: Effective) -> Optional[str]:
    """The cluster's file, if the stanza is managed there; in check mode an earlier task may be about to include it."""
    try:
        return placement.cluster_home(configuration, effective, task.params["role"])
    except PlanError as error:
        if not task.check_mode:
            raise
        task.warn("%s; the main file is taken for it in check mode" % error)
        return None


def judged(task: Task, found: CurrentSecurity, stanza: Stanza) -> Dict[str, Any]:
    """Say what the configuration takes, compare it with the stanza, and warn of what is missing."""
    needed, comparison = found.needed(found.platform), found.compared(stanza)
    for warning in requirements.warnings(needed, comparison):
        task.warn(warning)
    value = requirements.text(needed, found.platform)
    option = "privileges" if found.host.solaris else "capabilities"
    reasons = [dict(reason._asdict()) for reason in needed]
    return {
        "needed": {"option": option, "value": value, "reasons": reasons},
        "compared": dict(comparison._asdict()),
    }


def daemon_of(stanza: Stanza) -> Optional[Subject]:
    """Return the daemon's account with all groups that it has; None where the node does not know it."""
    subject = subject_of(stanza.user or DEFAULT_USER)
    if subject is None:
        return None
    groups = [
        accounts.group_id(name)
        for name in [*(stanza.supplemental_groups or ()), *([stanza.group] if stanza.group else [])]
    ]
    return subject._replace(groups=subject.groups.union(number for number in groups if number is not None))


def contents_of(task: Task, stanza: Stanza, effective: Effective) -> chroot.Contents:
    """Look at the directory of a stanza's chroot, but for what the configuration has the daemon write to."""
    if not stanza.chroot or not os.path.isabs(stanza.chroot):
        return chroot.NOTHING
    root, prefix = stanza.chroot, os.path.normpath(task.node.prefix)
    found = places.written(
        places.named(effective, task.secret_options), prefix, lambda path: os.path.isdir(root + path)
    )
    written = [path for path, _reason in found if path != os.path.join(prefix, "etc")]
    written += [os.path.join(prefix, name) for name in chroot.WRITTEN_ETC]
    return chroot.contents(root, daemon_of(stanza), [*written, *chroot.SCRATCH])


def new_in_chroot(task: Task, before: Stanza, after: Stanza, effective: Effective) -> Tuple[chroot.Contents, List[str]]:
    """Return what is in the chroot of the stanza that is to be, and what of it is worse than before, in sentences."""
    found = contents_of(task, after, effective)
    old = contents_of(task, before, effective) if before.chroot == after.chroot else chroot.NOTHING
    known = {(one.path, one.kind) for one in old.findings}
    return found, [one.words for one in found.findings if (one.path, one.kind) not in known]


def warn_of_chroot(task: Task, stanza: Stanza, found: chroot.Contents) -> None:
    """Say what is wrong with the chroot that is or comes into force."""
    if found.total:
        words = "; ".join(one.words for one in found.findings[:3])
        task.warn(
            "the chroot %s has %d things that undo it: %s%s"
            % (stanza.chroot, found.total, words, "; ..." if found.total > 3 else "")
        )
    if not found.complete:
        task.warn("the chroot %s holds more than %d files; not all were looked at" % (stanza.chroot, chroot.MOST))


def plan(task: Task) -> Planned:
    """Lay what is requested over what is in force, run the safety checks, and write what differs by meaning."""
    now, reload = prepare(task)
    configuration, effective = now.configuration, now.effective
    found = current(now, task.params["unit"])
    requested = resolved(Stanza(*(task.params[field] for field in Stanza._fields)), found)
    stanza = security_plan.merge(found.stanza, requested)
    inside, worse = new_in_chroot(task, found.stanza, stanza, effective)
    refuse_unsafe_settings(task, stanza, found.host._replace(chroot=worse))
    warn_of_chroot(task, stanza, inside)
    for warning in placement.by_hand(found.declared, requested, configuration):
        task.warn(warning)
    home = home_of(task, configuration, effective)
    file = placement.stanza_file(configuration, effective, home)
    place = file if task.params["purge"] else home
    others = placement.conflicts(found.declared, stanza, requested, place, security_plan.same_option(found.host))
    result = dict(judged(task, found, stanza), overridden=as_data(found.overridden), file=file)
    result["chroot_findings"] = [dict(one._asdict(), remedy=one.remedy) for one in inside.findings]
    all_desired = security_plan.settings(requested, found.host)
    return planned(
        task,
        placement.plan_stanza(configuration, reload, all_desired, place, task.params["purge"]),
        declared={field: value for field, value in stanza._asdict().items() if value},
        conflicts=[dict(conflict._asdict()) for conflict in others],
        **result,
    )
