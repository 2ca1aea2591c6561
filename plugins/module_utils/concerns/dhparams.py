# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file of Diffie-Hellman parameters."""

import os
from typing import Any, Callable, Dict, Optional

from ..apply import planned
from ..config import files as file_plan
from ..config import reader
from ..config.files import FilePlan
from ..config.plan import Change, FileEdit, Plan
from ..errors import PlanError
from ..files import intended
from ..files.current import CurrentFile, current_file
from ..host import accounts
from ..planned import Planned
from ..task import Task
from ..tls.files import dhparams
from ..tls.files.dhparams import DesiredParameters

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "path": {"type": "path", "required": True},
    "group": {"type": "str", "choices": ["ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"]},
    "generate": {"type": "int"},
    "owner": {"type": "str"},
    "group_owner": {"type": "str"},
    "mode": {"type": "raw", "default": "0644"},
}


def find(path: str, absent: Callable[[str], None]) -> Optional[CurrentFile]:
    """Read the file as it is; refuse places and contents that are not for parameters."""
    if not os.path.isabs(path):
        raise PlanError("path %r is not absolute; write it from / on" % path)
    reader.refuse_without_directory(path, absent)
    found = current_file(path)
    dhparams.refuse_foreign(path, found.content if found else b"")
    return found


def attributes(task: Task, found: Optional[CurrentFile]) -> FilePlan:
    """Plan owner, group and mode."""
    params = task.params
    owner = params["owner"] or str(found.owner if found else os.geteuid())
    group = params["group_owner"] or str(found.group if found else os.getegid())
    keys = {"path": params["path"], "source": None, "owner": owner, "group": group}
    requested = file_plan.desired(dict(keys, mode=params["mode"], directory_mode="0755"))
    if requested.mode & 0o022:
        raise PlanError("mode %04o lets others than the owner weaken the parameters; use 0644" % requested.mode)
    # The directory is there, or an earlier task makes it; numbers need no account.
    look = file_plan.Look(lambda path: found, lambda path: True, accounts.user_id, accounts.group_id)
    return file_plan.plan_files([requested], look, task.check_mode)


def contents(path: str, found: Optional[CurrentFile], requested: DesiredParameters, check_mode: bool) -> Plan:
    """Plan the parameters; none are generated in check mode."""
    if found and dhparams.holds(found.content, requested):
        return Plan([], [], [])
    if requested.group:
        made = dhparams.write(dhparams.of_group(requested.group))
    else:
        made = b"" if check_mode else dhparams.write(dhparams.generate(requested.bits))
    present = dhparams.read(found.content) if found else None
    step = Change(path, 0, "", "", "set", dhparams.describe(present), requested.describe(), "reload")
    return Plan([FileEdit(path, found.content if found else None, made)], [step], [])


def plan(task: Task) -> Planned:
    """Plan attributes and content, and write both as one."""
    path = task.params["path"]
    requested = dhparams.desired(task.params["group"], task.params["generate"])
    found = find(path, task.refuse_unless_announced)
    files, parameters = attributes(task, found), contents(path, found, requested, task.check_mode)
    edits = file_plan.merge(files, parameters)
    if task.node.validate == "auto" and not intended.exists(task.node.main):
        # Without a configuration Momentum's checkers have nothing to judge.
        task.node = task.node._replace(validate="never")
    edits = edits._replace(changes=[change._replace(activation="reload") for change in edits.changes])
    whole = planned(task, edits, files.attributes, **after_the_run(found, requested, not parameters.edits))
    if parameters.edits and requested.bits:
        headers = {"before_header": path, "after_header": path}
        whole.result["diff"] = [dict(headers, prepared="%s: %s\n" % (path, requested.describe()))]
    return whole


def after_the_run(found: Optional[CurrentFile], requested: DesiredParameters, kept: bool) -> Dict[str, Any]:
    """Say what the file holds now, or would."""
    holds = dhparams.read(found.content) if found and kept else None
    if holds is None and requested.group:
        holds = dhparams.of_group(requested.group)
    return {"group": holds.group, "bits": holds.bits} if holds else {"group": "", "bits": requested.bits}
