# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep a node's units: read and plan all of them, then write what differs in one transaction."""

import os
from datetime import datetime
from typing import List, NamedTuple, Optional

from ...files.current import CurrentFile, current_file
from ...files.planned import Directory, Foretold, PlannedFile, missing_above
from ...planned import Planned
from ...state import pending as activations
from ...state.activation import daemon
from ..errors import CertificateError, naming
from . import directories, layout, shown
from .edits import archived, edits_of, is_complete
from .layout import Edit, attributes, permanent
from .make import Made, make
from .plan import Surroundings, UnitPlan, plan
from .reasons import KEPT, REQUESTED
from .unit import AUTHORITY, Unit


class Node(NamedTuple):
    """Where Momentum is installed, where the collection keeps its records, the name of the node, and what becomes of a directory before
    files are written (directories.refuse_open)."""

    prefix: str
    state_dir: str
    nodename: str
    becomes: directories.Becomes = directories.stays


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
    works = [
        _work(one, now, check_mode or bool(asking) and one.unit.name not in asking, node.becomes) for one in outcomes
    ]
    changing = [work for work in works if work.changes]
    # What the certificates need that wait for the authority, the parts after this one must know: they judge a daemon that is to load them.
    levels = [_level(work, node.prefix, work.planned.unit.name in asking) for work in changing]
    level = activations.strongest("none", *levels)
    result = {
        "changed": bool(changing),
        "activation": level,
        "units": [shown.unit(work.planned, work.made, work.edits, now) for work in works],
        "diff": [shown.difference(work.planned, work.edits) for work in changing],
        "warnings": [words for one in outcomes for words in shown.warnings(one, node.nodename, now)],
    }
    # The daemon reads nothing of what the collection keeps for itself.
    own = os.path.join(node.state_dir, "")
    reloading = [work for work, one in zip(changing, levels) if one != "none"]
    concerned = [path for path in _paths(reloading) if not path.startswith(own)]
    paths = _paths(changing)
    # Where keys and certificates are not written now, later parts see their owners and modes alone.
    foretold = [
        one
        for work in changing
        if check_mode or asking
        for one in _foretold(work, work.planned.unit.name in asking, own)
    ]
    if asking:
        result["waiting"] = list(asking)
        paths += [path for unit in asking.values() for path in unit.pair_files]
        changing = [work for work in changing if work.planned.unit.name in asking]
    requested = [one for unit in units for one in permanent(unit)]
    due = [daemon(level, concerned)]
    whole = Planned(result, activations=due, paths=paths, foretold=foretold, requested=requested)
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


def _work(planned: UnitPlan, now: datetime, check_mode: bool, becomes: directories.Becomes) -> Work:
    if not is_complete(planned):
        # What is signed elsewhere is deployed by a later task, which judges the directory: another may have changed it meanwhile.
        if planned.state != REQUESTED or planned.unit.source == AUTHORITY:
            _refuse_open_directories(planned, becomes)
        if check_mode:
            return Work(planned, None, [])
    made = make(planned, now)
    edits = edits_of(planned, made, look)
    if edits and is_complete(planned):
        _refuse_open_directories(planned, becomes)
    if edits and planned.state == KEPT:
        planned = planned._replace(reason=planned.reason + "; its files are corrected")
    return Work(planned, made, edits)


def _refuse_open_directories(planned: UnitPlan, becomes: directories.Becomes) -> None:
    unit, found = planned.unit, planned.found
    for path in (unit.key, unit.combined):
        if path:
            owner = attributes(unit, found, found.files[path], True)[0]
            with naming(unit.name):
                directories.refuse_open(path, owner, becomes)
                directories.refuse_open_above(path, owner, becomes)


def _level(work: Work, prefix: str, is_signed_next: bool) -> str:
    """What makes the daemon take the change over: nothing for a request that is not signed within the task, or where only attributes change."""
    unit = work.planned.unit
    if is_signed_next:
        return unit.activation or _below_etc(unit, prefix)
    if work.planned.state == REQUESTED or (work.made and all(edit.before == edit.content for edit in work.edits)):
        return "none"
    return unit.activation or _below_etc(unit, prefix)


def _below_etc(unit: Unit, prefix: str) -> str:
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


def _foretold(work: Work, is_signed_next: bool, own: str) -> List[Foretold]:
    """The files that are written, but for those in the state directory (own), with the directories that are made for them."""
    unit = work.planned.unit
    unmade = unit.pair_files if is_signed_next else _paths([work]) if work.made is None else []
    files = layout.foretold(unit, work.planned.found, unmade)
    files += [Foretold(edit.path, edit.owner, edit.group, edit.mode) for edit in work.edits if edit.content is not None]
    files = [one for one in files if not one.path.startswith(own)]
    above = [one for file in files for one in missing_above(file.path, file.owner, file.group, unit.directory_mode)]
    return [Foretold(*one, is_directory=True) for one in above] + files


def _missing_above(work: Work, old: List[Edit], state_dir: str) -> List[Directory]:
    unit, missing = work.planned.unit, []
    for edit in old + work.edits:
        ours = edit.path.startswith(os.path.join(state_dir, ""))
        mode = 0o700 if ours else unit.directory_mode
        missing += missing_above(edit.path, edit.owner, edit.group, mode)
    return missing
