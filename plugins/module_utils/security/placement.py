# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which file the Security stanza is managed, and what contradicts it elsewhere.

On the nodes of a default cluster the stanza of ecelerity-cluster.conf overrides the one of ecelerity.conf (pages
*capabilities* and *ecelerity-cluster.conf file*), so that is where it belongs. A Local_Changes_File is loaded last and takes precedence
over all others (page *local_changes_file*).
"""

import os
from typing import Any, Callable, List, NamedTuple, Optional, Sequence

from ..config import impact
from ..config.plan import DesiredSetting, Plan, Reload, plan
from ..ecconf.effective import Effective, Setting
from ..ecconf.loader import Configuration
from ..errors import PlanError
from .stanza import SCOPE, Declared, Stanza

CLUSTER_FILE = "ecelerity-cluster.conf"
ROLES = ("auto", "standalone", "cluster")


class Conflict(NamedTuple):
    """An assignment elsewhere that says something else; `wins` tells whether it was in force before the run."""

    option: str
    value: Any
    file: str
    line: int
    wins: bool


def cluster_home(configuration: Configuration, effective: Effective, role: str) -> Optional[str]:
    """The cluster's file, where the stanza is managed there; None where each option is managed where it is in force.

    Raises PlanError for a node that is declared to be of a cluster and does not include that file.
    """
    if role == "standalone":
        return None
    included = [file.path for file in configuration.files if os.path.basename(file.path) == CLUSTER_FILE]
    if role == "cluster":
        if not included:
            raise PlanError("%s does not include %s; include it first" % (configuration.main, CLUSTER_FILE))
        return included[-1]
    opened = {file for file, _line in effective.where(SCOPE)}
    return next((path for path in reversed(included) if path in opened), None)


def stanza_file(configuration: Configuration, effective: Effective, home: Optional[str]) -> str:
    """The file whose stanza counts: the cluster's, else the one that opens it last, else the main file."""
    opened = [file for file, _line in effective.where(SCOPE) if file != configuration.local_changes]
    return home or (opened[-1] if opened else configuration.main)


def assignments(setting: Optional[Setting]) -> List[Setting]:
    """All assignments of an option in load order; the last one is in force."""
    return [] if setting is None else list(setting.overridden) + [setting]


def conflicts(
    found: Declared, stanza: Stanza, managed: Stanza, home: Optional[str], same: Callable[[str, Any, Any], bool]
) -> List[Conflict]:
    """Name the assignments that say something else than `stanza`, the one that holds after the run.

    What is set in the file that keeps the option is not among them: that is `home` for what the task manages, else the
    file where it is in force. `same` compares the values of an option by meaning.
    """
    contradicting = []
    for field, setting, value in zip(Stanza._fields, found, stanza):
        places = assignments(setting)
        in_home = [place.file for place in places if place.file == home]
        moves = home is not None and getattr(managed, field)
        keeps = home if in_home or moves else places[-1].file if places else None
        for place in places:
            if place.file != keeps and not (value and same(field, place.value, value)):
                contradicting.append(Conflict(place.name, place.value, place.file, place.line, place is places[-1]))
    return contradicting


def by_hand(found: Declared, managed: Stanza, configuration: Configuration) -> List[str]:
    """Say which managed options were changed by console commands that somebody made permanent."""
    words = "%s of the Security stanza is in %s:%d, the Local_Changes_File, which takes precedence over all other files"
    return [
        words % (setting.name, setting.file, setting.line)
        for field, setting in found._asdict().items()
        if setting is not None and setting.file == configuration.local_changes and getattr(managed, field) is not None
    ]


def plan_stanza(
    configuration: Configuration,
    reload: Reload,
    all_desired: Sequence[DesiredSetting],
    home: Optional[str],
    purge: bool,
) -> Plan:
    """Plan the managed options into `home` (None: where each is in force); with `purge` no other file keeps one.

    An option that another file would still override is changed in that file instead, as nothing else has an effect.
    """
    if home is None:
        return plan(configuration, reload, all_desired)
    placed = [desired._replace(file=home) if desired.state == "present" else desired for desired in all_desired]
    others = _elsewhere(configuration, all_desired, home) if purge else []
    made = plan(configuration, reload, others + placed)
    after = _after(made, configuration, reload)
    losing = [_loses(after, desired, home) for desired in all_desired]
    if any(losing):
        placed = [desired if loses else there for desired, loses, there in zip(all_desired, losing, placed)]
        made = plan(configuration, reload, placed)
        after = _after(made, configuration, reload)
    return _as_effective(made, Effective(configuration), after)


def _after(made: Plan, configuration: Configuration, reload: Reload) -> Effective:
    """What holds once a plan is carried out; where it edits nothing, that is what was read."""
    return Effective(reload({edit.path: edit.after for edit in made.edits}) if made.edits else configuration)


def _elsewhere(configuration: Configuration, all_desired: Sequence[DesiredSetting], home: str) -> List[DesiredSetting]:
    """Request the removal of the managed options from all files but one."""
    effective = Effective(configuration)
    gone = []
    for desired in all_desired:
        places = assignments(effective.get(desired.path, desired.option or "")) if desired.state == "present" else []
        files = dict.fromkeys(place.file for place in places if place.file != home)
        gone += [DesiredSetting(desired.path, desired.option, None, "absent", file=file) for file in files]
    return gone


def _loses(after: Effective, desired: DesiredSetting, home: str) -> bool:
    """Whether an option that was planned into a file is in force from another one."""
    setting = after.get(desired.path, desired.option or "")
    return desired.state == "present" and (setting is None or setting.file != home)


def _as_effective(made: Plan, before: Effective, after: Effective) -> Plan:
    """A plan that only takes away or repeats what has no effect needs no activation."""
    if not made.changes or impact.activation(before, after) != "none":
        return made
    return made._replace(changes=[change._replace(activation="none") for change in made.changes])
