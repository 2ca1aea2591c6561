# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep a node's units: read and plan all of them, then write what differs in one transaction."""

import os
from datetime import datetime
from typing import List, NamedTuple, Optional

from ...files.current import CurrentFile, current_file
from ...files.planned import Directory, PlannedFile, missing_above
from ...planned import Planned
from ...state import pending as activations
from ...state.activation import daemon
from ..errors import CertificateError, naming
from . import directories, shown
from .edits import archived, edits_of, is_complete
from .layout import Edit, attributes
from .make import Made, make
from .plan import Surroundings, UnitPlan, plan
from .reasons import KEPT, REQUESTED
from .unit import AUTHORITY, Unit


class Node(NamedTuple):
    """Where Momentum is installed, where the collection keeps its records, and the name of the node."""

    prefix: str
    state_dir: str
    nodename: str


class Work(NamedTuple):
    """A plan with what it writes. made is None, and so is nothing known of the files, where check mode made nothing."""

    planned: UnitPlan
    made: Optional[Made]
    edits: List[Edit]

    @property
    def changes(self) -> bool:
        """Whether anything is written."""
        return self.made is None or bool(self.edits)


def plan_changes(units: List[Unit], node: Node, now: datetime, check_mode: bool, is_part: bool = False) -> Planned:
    """Plan all units; keys and certificates are made, but in check mode, and not written yet. now: aware, UTC. Raises
    CertificateError with every unit that is refused (then nothing was made), UnsafePath, OSError.

    is_part: other parts of a node depend on the certificates. Where units wait for the authority of the task, which comes back with their
    certificates, only their requests are written; the result names them in `waiting`, and foretells everything else."""
    outcomes = plan_all(units, Surroundings(look, node.nodename, node.state_dir, now, check_mode))
    asking = {one.unit.name: one.unit for one in outcomes if is_part and waits_for_the_authority(one)}
    works = [_work(one, now, check_mode or bool(asking) and one.unit.name not in asking) for one in outcomes]
    changing = [work for work in works if work.changes]
    level = activations.strongest("none", *(_level(work, node.prefix) for work in changing))
    result = {
        "changed": bool(changing),
        "activation": level,
        "units": [shown.unit(work.planned, work.made, work.edits, now) for work in works],
        "diff": [shown.difference(work.planned, work.edits) for work in changing],
        "warnings": [words for one in outcomes for words in shown.warnings(one, node.nodename, now)],
    }
    # The daemon reads nothing of what the collection keeps for itself.
    own = os.path.join(node.state_dir, "")
    reloading = [work for work in changing if _level(work, node.prefix) != "none"]
    concerned = [path for path in _paths(reloading) if not path.startswith(own)]
    paths = _paths(changing)
    if asking:
        result["waiting"] = list(asking)
        paths += [path for unit in asking.values() for path in unit.pair_files]
        changing = [work for work in changing if work.planned.unit.name in asking]
    whole = Planned(result, activations=[daemon(level, concerned)], paths=paths)
    if check_mode:
        return whole
    edits: List[Edit] = []
    above: List[Directory] = []
    for work in changing:
        old = archived(work.planned, work.edits, node.state_dir, now)
        above += _missing_above(work, old, node.state_dir)
        edits += old + work.edits
    files = [PlannedFile(edit.path, edit.before, edit.content, edit.owner, edit.group, edit.mode) for edit in edits]
    return whole._replace(files=files, directories=above)


def waits_for_the_authority(planned: UnitPlan) -> bool:
    """Whether a request is made that the controller signs within the same task."""
    return planned.state == REQUESTED and planned.unit.source == AUTHORITY


def plan_all(units: List[Unit], around: Surroundings) -> List[UnitPlan]:
    """Plan every unit before anything is made; all refusals in one CertificateError."""
    outcomes: List[UnitPlan] = []
    refused: List[str] = []
    for unit in units:
        try:
            outcomes.append(plan(unit, around))
        except CertificateError as error:
            refused.append(str(error))
    if refused:
        raise CertificateError("; ".join(refused))
    return outcomes


def look(path: str) -> Optional[CurrentFile]:
    """A regular file as it is, None where there is none. Raises UnsafePath, OSError."""
    try:
        return current_file(path, "pem")
    except NotADirectoryError:
        return None


def _work(planned: UnitPlan, now: datetime, check_mode: bool) -> Work:
    if not is_complete(planned):
        _refuse_open_directories(planned)
        if check_mode:
            return Work(planned, None, [])
    made = make(planned, now)
    edits = edits_of(planned, made, look)
    if edits and is_complete(planned):
        _refuse_open_directories(planned)
    if edits and planned.state == KEPT:
        planned = planned._replace(reason=planned.reason + "; its files are corrected")
    return Work(planned, made, edits)


def _refuse_open_directories(planned: UnitPlan) -> None:
    unit, found = planned.unit, planned.found
    for path in (unit.key, unit.combined):
        if path:
            owner = attributes(unit, found, found.files[path], True)[0]
            with naming(unit.name):
                directories.refuse_open(path, owner)


def _level(work: Work, prefix: str) -> str:
    """What makes the daemon take the change over: nothing for a request, or where only attributes change."""
    unit = work.planned.unit
    if work.planned.state == REQUESTED or (work.made and all(edit.before == edit.content for edit in work.edits)):
        return "none"
    if unit.activation:
        return unit.activation
    etc = os.path.join(prefix, "etc", "")
    return "reload" if any(path.startswith(etc) for path in unit.pair_files) else "none"


def _paths(works: List[Work]) -> List[str]:
    """The files that are written. Where check mode has made nothing, those that the unit names will be."""
    found: List[str] = []
    for work in works:
        unit = work.planned.unit
        planned = [edit.path for edit in work.edits]
        if work.made is None and work.planned.state == REQUESTED:
            planned = [unit.request] if unit.request else []
        elif work.made is None:
            planned = unit.pair_files
        found += [path for path in planned if path]
    return found


def _missing_above(work: Work, old: List[Edit], state_dir: str) -> List[Directory]:
    unit, missing = work.planned.unit, []
    for edit in old + work.edits:
        ours = edit.path.startswith(os.path.join(state_dir, ""))
        mode = 0o700 if ours else unit.directory_mode
        missing += missing_above(edit.path, edit.owner, edit.group, mode)
    return missing
