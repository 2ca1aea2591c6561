# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of the configuration and settings in them."""

from typing import Any, Dict, List

from .. import node_options as nodes
from ..apply import planned, prepare
from ..config import impact, reader
from ..config.files import (
    FilePlan,
    activated_by,
    desired,
    merge,
    plan_files,
)
from ..config.option_modes import as_octal
from ..config.plan import NOTHING, DesiredSetting
from ..config.plan import plan as plan_settings
from ..daemon.version import of_package
from ..ecconf.paths import parse_path
from ..errors import PlanError
from ..files import obstacles
from ..lint.declared_options import Setting, refuse
from ..planned import Planned
from ..redaction import redaction
from ..task import Task

# What Momentum reads, and what is in force of it. `prepare` asks it for every concern that plans over the configuration.
current = nodes.current


def requested(entry: Dict[str, Any]) -> DesiredSetting:
    """Read one entry of the option `settings`."""
    if entry["option"] and entry["state"] == "present" and entry["value"] is None:
        raise PlanError("option %r has no value; give one, or say 'state: absent'" % entry["option"])
    if entry["state"] == "commented" and not entry["option"]:
        raise PlanError("only options can be commented out, not the scope %r" % entry["scope"])
    try:
        path = parse_path(entry["scope"])
    except ValueError as error:
        raise PlanError("scope %r cannot be read: %s" % (entry["scope"], error))
    keys = ("option", "value", "state", "include", "readonly", "file")
    return DesiredSetting(path=path, **{key: entry[key] for key in keys})


def declared(task: Task, all_desired: List[DesiredSetting]) -> List[Setting]:
    """The entries that set something, as the catalog judges them."""
    return [
        Setting(
            "settings[%d]" % index,
            desired.path,
            desired.option,
            desired.value,
            repr(redaction.mask_value(desired.option or "", desired.value, task.secret_options)),
            entry["allow"],
        )
        for index, (desired, entry) in enumerate(zip(all_desired, task.params["settings"]))
        if desired.state == "present"
    ]


def judged(task: Task, files: FilePlan, contents: Dict[str, bytes]) -> FilePlan:
    """Judge lines that lose their marks by what the whole configuration specifies before and after."""
    if not any(change.action == "unmark" for change in files.changes):
        return files
    before, after = (
        current(task.node, nodes.basis(task.node, task.check_mode, over)).effective for over in ({}, contents)
    )
    return activated_by(files, impact.activation(before, after))


def plan(task: Task) -> Planned:
    """Plan the files first, then the settings over them, and carry both out as one."""
    all_desired = [requested(entry) for entry in task.params["settings"]]
    refuse(declared(task, all_desired), lambda: of_package(task.node))
    obstacles.refuse_twice("files", [entry["path"] for entry in task.params["files"]])
    files = plan_files([desired(entry) for entry in task.params["files"]], reader.look(), task.check_mode)
    created = {edit.path: edit.after for edit in files.edits}
    files = judged(task, files, created)
    settings = NOTHING
    if all_desired:
        now, reload = prepare(task, created)
        settings = plan_settings(now.configuration, reload, as_octal(all_desired, now.effective))
    whole = planned(task, merge(files, settings), files.attributes, files.directories)
    return whole._replace(requested=files.requested)
