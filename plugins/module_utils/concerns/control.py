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
from ..console_access.passwords import REALM
from ..console_access.safety_checks import SAFETY_CHECKS
from ..console_access.work import (
    Surroundings,
    Work,
    change_beside,
    changes_beside,
    hide_digests,
    plan_work,
)
from ..host.accounts import known_user_id
from ..planned import Planned
from ..task import Task

USER: Dict[str, Dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "password": {"type": "str", "no_log": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
TCP: Dict[str, Dict[str, Any]] = {
    "address": {"type": "str", "required": True},
    "mechanism": {"type": "str", "choices": ["digest", "login"], "default": "digest"},
    "uri": {"type": "str"},
    "realm": {"type": "str"},
    "log_authentication": {"type": "bool", "default": True},
}
# The options of `password_file` and `users` hold paths and names; only `password` is a secret.
PASSWORD_FILE: Dict[str, Dict[str, Any]] = {
    "path": {"type": "path"},
    "owner": {"type": "str", "default": "ecuser"},
    "group": {"type": "str", "default": "ecuser"},
    "mode": {"type": "raw", "default": "0640"},
    "realm": {"type": "str", "default": REALM},
    "users": {"type": "list", "elements": "dict", "default": [], "options": USER},
    "exclusive": {"type": "bool", "default": False},
}
GROUP: Dict[str, Dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "members": {"type": "list", "elements": "str", "default": []},
}
ROLE: Dict[str, Dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "allow": {"type": "list", "elements": "str", "required": True},
}
AUTHORIZATION: Dict[str, Dict[str, Any]] = {
    "enabled": {"type": "bool", "default": True},
    "socket": {"type": "bool", "default": False},
    "uri": {"type": "str"},
    "groups_file": {"type": "path"},
    "groups": {"type": "list", "elements": "dict", "default": [], "options": GROUP},
    "roles": {"type": "list", "elements": "dict", "default": [], "options": ROLE},
    "exclusive": {"type": "bool", "default": False},
}
ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "socket": {"type": "str", "default": "/run/ecelerity/control"},
    "socket_mode": {"type": "raw", "default": "0660"},
    "socket_directory_mode": {"type": "raw", "default": "0750"},
    "socket_owner": {"type": "str", "default": "ecuser"},
    "socket_group": {"type": "str", "default": "ecuser"},
    "tcp": {"type": "list", "elements": "dict", "default": [], "options": TCP},
    "password_file": {"type": "dict", "no_log": False, "options": PASSWORD_FILE},
    "authorization": {"type": "dict", "options": AUTHORIZATION},
    "timeout": {"type": "int"},
    "acctlog": {"type": "str"},
    "file": {"type": "str"},
    "environment_file": {"type": "str"},
    "rotate_config": {"type": "str"},
    "boot_file": {"type": "str"},
    "purge": {"type": "bool", "default": True},
    "allow": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": [check.name for check in SAFETY_CHECKS] + ["root_locked_out"],
    },
}


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
    return whole._replace(beside=lambda: change_beside(work))


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
