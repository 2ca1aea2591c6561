# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file of Diffie-Hellman parameters."""

import os
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from ..apply import planned
from ..config import files as file_plan
from ..config import reader
from ..config.files import FilePlan
from ..config.plan import Change, FileEdit, Plan
from ..errors import PlanError
from ..files.current import CurrentFile, current_file
from ..files.planned import Requested
from ..host import accounts
from ..planned import Planned
from ..task import Task
from ..tls.files import dhparams
from ..tls.files.dhparams import DesiredParameters, Parameters


class CurrentParameters(NamedTuple):
    """The file as it is, and the parameters in it; None for what is not there, or cannot be read as parameters."""

    file: Optional[CurrentFile]
    parameters: Optional[Parameters]


def current(path: str) -> CurrentParameters:
    """Return what a file of parameters holds. Raises UnsafePath, OSError."""
    file = current_file(path)
    return CurrentParameters(file, None if file is None else dhparams.read(file.content))


def find(path: str, absent: Callable[[str], None]) -> CurrentParameters:
    """Read the file as it is; refuse places and contents that are not for parameters."""
    if not os.path.isabs(path):
        raise PlanError("path %r is not absolute; write it from / on" % path)
    reader.refuse_without_directory(path, absent)
    found = current(path)
    dhparams.refuse_foreign(path, found.file.content if found.file else b"")
    return found


def attributes(task: Task, file: Optional[CurrentFile]) -> FilePlan:
    """Plan owner, group and mode."""
    params = task.params
    owner = params["owner"] or str(file.owner if file else os.geteuid())
    group = params["group_owner"] or str(file.group if file else os.getegid())
    keys = {"path": params["path"], "source": None, "owner": owner, "group": group}
    requested = file_plan.desired(dict(keys, mode=params["mode"], directory_mode="0755"))
    if requested.mode & 0o022:
        raise PlanError("mode %04o lets others than the owner weaken the parameters; use 0644" % requested.mode)
    # The directory is there, or an earlier task makes it; numbers need no account.
    look = file_plan.Look(lambda path: file, lambda path: True, accounts.user_id, accounts.group_id)
    return file_plan.plan_files([requested], look, task.check_mode)


def said_of(params: Dict[str, Any], requested: List[Requested]) -> List[Requested]:
    """What the task says in every run: owner and group are kept where it does not name them."""
    owner, group = (params["owner"], params["group_owner"])
    return [one._replace(owner=one.owner if owner else None, group=one.group if group else None) for one in requested]


def contents(path: str, found: CurrentParameters, requested: DesiredParameters, check_mode: bool) -> Plan:
    """Plan the parameters; none are generated in check mode."""
    if dhparams.holds(found.parameters, requested):
        return Plan([], [], [])
    if requested.group:
        made = dhparams.write(dhparams.of_group(requested.group))
    else:
        made = b"" if check_mode else dhparams.write(dhparams.generate(requested.bits))
    step = Change(path, 0, "", "", "set", dhparams.describe(found.parameters), requested.describe(), "reload")
    return Plan([FileEdit(path, found.file.content if found.file else None, made)], [step], [])


def plan(task: Task) -> Planned:
    """Plan attributes and content, and write both as one."""
    path = task.params["path"]
    requested = dhparams.desired(task.params["group"], task.params["generate"])
    found = find(path, task.refuse_unless_announced)
    files, parameters = attributes(task, found.file), contents(path, found, requested, task.check_mode)
    edits = file_plan.merge(files, parameters)
    edits = edits._replace(changes=[change._replace(activation="reload") for change in edits.changes])
    whole = planned(task, edits, files.attributes, **after_the_run(found, requested, not parameters.edits))
    if parameters.edits and requested.bits:
        headers = {"before_header": path, "after_header": path}
        whole.result["diff"] = [dict(headers, prepared="%s: %s\n" % (path, requested.describe()))]
    return whole._replace(requested=said_of(task.params, files.requested))


def after_the_run(found: CurrentParameters, requested: DesiredParameters, kept: bool) -> Dict[str, Any]:
    """Say what the file holds now, or would."""
    holds = found.parameters if kept else None
    if holds is None and requested.group:
        holds = dhparams.of_group(requested.group)
    return {"group": holds.group, "bits": holds.bits} if holds else {"group": "", "bits": requested.bits}
