# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access to the console."""

from typing import Any, Dict

from ..apply import Attributes, difference, planned, prepare
from ..config.current import CurrentConfiguration
from ..config.reader import look
from ..console_access.current import CurrentConsole
from ..console_access.current import current as current_console
from ..console_access.options import console
from ..console_access.work import (
    Surroundings,
    Work,
    change_beside,
    changes_beside,
    hide_digests,
    plan_work,
)
from ..files.made import MadeDirectories
from ..files.planned import Foretold, Requested
from ..host.accounts import known_user_id
from ..planned import Planned
from ..task import Task


def current(now: CurrentConfiguration, owner: str) -> CurrentConsole:
    """Return the console that the configuration opens. owner: the account that makes its sockets."""
    return current_console(now.effective, known_user_id(owner))


def plan(task: Task) -> Planned:
    """Plan configuration, files and directory, and refuse what would be unsafe."""
    given = task.params
    requested = console(given)
    now, reload = prepare(task)
    around = Surroundings(
        prefix=task.node.prefix,
        main=task.node.main,
        environment=given["environment_file"],
        boot=given["boot_file"],
        rotation=given["rotate_config"],
        check=task.check_mode,
    )
    work = plan_work(around, requested, now, reload, look())
    for words in work.warnings:
        task.warn(words)
    attributes: Dict[str, Attributes] = dict(work.attributes)
    whole = planned(task, work.plan, attributes, work.above, **work.described)
    add_beside(whole.result, work)
    made = MadeDirectories()
    changed, always = work.made.directory, work.made.requested
    return whole._replace(
        beside=lambda: change_beside(work, made),
        undo=made.remove_empty,
        foretold=[] if changed is None else [Foretold(*changed, True)],
        requested=[*work.files.requested, *([] if always is None else [Requested(*always)])],
    )


def add_beside(result: Dict[str, Any], work: Work) -> None:
    """Report what changes beside the files, and hide digests of passwords."""
    result["diff"] = hide_digests(result["diff"], work.files)
    if work.later is not None:
        result["diff"].append(difference(work.later))
    if work.gone is not None:
        headers = {"before_header": work.leftover, "after_header": work.leftover}
        result["diff"].append(dict(headers, before=work.gone, after=""))
    beside = changes_beside(work)
    result["changes"] += [dict(change._asdict()) for change in beside]
    result["changed"] = result["changed"] or bool(beside)
