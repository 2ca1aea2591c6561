# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of module `control` at the node: see, plan, refuse, write, describe."""

import os
from typing import Any, Dict, List, NamedTuple, Optional

from .. import obstacles
from ..config_plan import Change
from ..ecconf.effective import Effective
from ..errors import PlanError
from ..file_plan import Directory, Look
from ..host import look as look_at_host
from ..module import MomentumModule
from ..paths import UnsafePath
from ..writing import Attributes, carry_out, difference, prepare
from . import directory as directories
from . import endpoints, roles, rotation
from . import files as texts_plan
from .listens import Listen, listens, uri_of, usable
from .options import Console, console
from .plan import Outcome, loggers_of, settle
from .texts import groups_with

MANAGER = "eccluster.conf"
VOLATILE = ("/run/", "/var/run/")
TMPFILES = ("/usr/bin/systemd-tmpfiles", "/bin/systemd-tmpfiles")
CRON = ("/etc/cron.d/msys-ecelerity-core", "/etc/cron.d/msys-ecelerity", "/etc/crontab")
BOOT_FILE = "/etc/tmpfiles.d/msys-momentum-control%s.conf"


class Places(NamedTuple):
    """The files beside the configuration; empty paths are left alone. `leftover` is one that is to go."""

    environment: str
    boot: str
    leftover: str


def work(module: MomentumModule) -> Dict[str, Any]:
    """Do all that a task asks for, nothing in check mode, and describe it. Raises PlanError."""
    wanted = console(module.params)
    look = look_at_host()
    owner = look.uid(wanted.owner)
    configuration, reload = prepare(module)
    outcome = settle(reload, wanted, lambda path: directories.exposed(path, owner))
    _judge_roles(module, wanted, outcome.after, look)
    places = _places(module, wanted)
    made = _directory(module, wanted, look)
    if made.assumed:
        module.warn(made.assumed)
    files = texts_plan.plan_files(wanted, places.environment, places.boot, look, module.check_mode)
    told = _rotation(module, wanted, usable(listens(Effective(configuration))), look)
    later = rotation.stays_behind(told, wanted.socket, endpoints.listening(owner or 0))
    files = texts_plan.with_rotation(files, told, wanted.socket, look, later)
    attributes: Dict[str, Attributes] = dict(files.attributes)
    _warn(module, outcome)
    _warn_of_cron(module, wanted)
    gone = _leftover(places.leftover)
    # carry_out looks at the files that it writes itself; these are changed after it.
    obstacles.refuse(
        [places.leftover] if gone is not None else [], [made.directory.path] if made.directory is not None else []
    )
    result = carry_out(
        module,
        texts_plan.merge(files, outcome.plan),
        attributes,
        _above(places.boot),
        **_described(outcome, wanted),
    )
    _hide_digests(result, files)
    if later and told.edit is not None:
        result["diff"].append(difference(told.edit))
    _finish(module, result, made, places.leftover, gone)
    return result


def _places(module: MomentumModule, wanted: Console) -> Places:
    """Where the files beside the configuration are."""
    manager = os.path.basename(module.node.main) == MANAGER
    own = "" if manager else os.path.join(module.node.prefix, "etc", "environment")
    environment = module.params["environment_file"]
    boot = module.params["boot_file"]
    if boot is not None:
        return Places(own if environment is None else environment, boot, "" if wanted.socket else boot)
    usual = BOOT_FILE % ("-eccluster" if manager else "")
    helps = wanted.socket.startswith(VOLATILE) and any(map(os.path.exists, TMPFILES))
    return Places(own if environment is None else environment, usual if helps else "", "" if helps else usual)


def _rotation(module: MomentumModule, wanted: Console, before: List[str], look: Look) -> rotation.Rotation:
    """What ec_rotate is to be told. It asks one console: on a node with both daemons that of the MTA, whose logs it rotates."""
    asked = module.params["rotate_config"]
    path = rotation.usual(module.node.prefix) if asked is None else asked
    if not path or not wanted.socket:
        return rotation.Rotation("", None)
    told = rotation.plan(module.node.prefix, path, wanted.socket, look.file)
    is_anothers = asked is None and os.path.basename(module.node.main) == MANAGER and told.named not in before
    return told._replace(edit=None) if is_anothers else told


def _above(path: str) -> List[Directory]:
    """The directory of a file, if it is missing."""
    parent = os.path.dirname(path)
    return [Directory(parent, 0, 0, 0o755)] if path and not os.path.isdir(parent) else []


def _directory(module: MomentumModule, wanted: Console, look: Look) -> directories.DirectoryPlan:
    """The socket's directory; one that was allowed to be everybody's is not touched."""
    if not wanted.socket:
        return directories.NO_DIRECTORY
    owner, group = look.uid(wanted.owner), look.gid(wanted.group)
    for name, number in ((wanted.owner, owner), (wanted.group, group)):
        if number is None:
            module.refuse_unless_announced(
                "the socket's directory is to belong to %r, which the node does not know; create that account first"
                % name
            )
    if directories.exposed(wanted.socket, owner):
        return directories.NO_DIRECTORY
    numbers = [-1 if number is None else number for number in (owner, group)]
    path = os.path.dirname(wanted.socket)
    return directories.plan_directory(Directory(path, numbers[0], numbers[1], wanted.directory_mode), module.check_mode)


def _judge_roles(module: MomentumModule, wanted: Console, after: Effective, look: Look) -> None:
    """Warn of patterns that allow more than they seem to; refuse roles that would lock this collection out."""
    found = roles.grants(after)
    asked = wanted.authorization
    managed = [role.name for role in asked.roles] if asked is not None else []
    for words in roles.surprising([grant for grant in found if grant.name in managed]):
        module.warn(words)
    socket = next((one for one in listens(after) if one.address == wanted.socket), None)
    if socket is None or not socket.authorization or "root_locked_out" in wanted.allow:
        return
    denied = roles.denied(found, ["root"] + _groups_of_root(after, socket, wanted, look))
    if denied:
        raise PlanError(
            "commands at %s would be limited, and no role lets root give %s, which msys.momentum.service and ec_rotate need; add a role "
            "'root' (allow: root_locked_out)" % (wanted.socket, ", ".join(repr(command) for command in denied))
        )


def _groups_of_root(after: Effective, socket: Listen, wanted: Console, look: Look) -> List[str]:
    setting = after.resolve(socket.path, "AuthorizationParameters")
    uri = uri_of(setting.value) if setting is not None else ""
    path = uri[len("groups://") :] if uri.startswith("groups:///") else ""
    return groups_with(texts_plan.groups_text(wanted, path, look), "root") if path else []


def _warn(module: MomentumModule, outcome: Outcome) -> None:
    """Say what stays unsafe."""
    for one, removed in outcome.unsafe:
        if not removed:
            module.warn("%s; it stays without 'purge'" % one.words())


def _warn_of_cron(module: MomentumModule, wanted: Console) -> None:
    """An entry of cron that names another socket wins over the file of ec_rotate, and is the operator's."""
    from ..reading import text

    for path in CRON if wanted.socket else ():
        try:
            entries = text(path, "startup")
        except (OSError, UnsafePath):
            continue
        for number, socket in rotation.cron_sockets(entries):
            if socket != wanted.socket:
                module.warn(
                    "%s:%d: ec_rotate is told the console's socket %s; take -s out, so that it reads its file"
                    % (path, number, socket)
                )


def _described(outcome: Outcome, wanted: Console) -> Dict[str, Any]:
    """What the result tells about the console beside the changes."""
    found = listens(outcome.after)
    shown = ("address", "authentication", "authorization", "enabled", "file", "line")
    return {
        "endpoint": _endpoint(found, wanted),
        "listens": [{field: getattr(one, field) for field in shown} for one in found],
        "unsafe": [
            {
                "address": one.listen.address,
                "danger": one.danger.name,
                "because": one.danger.reason,
                "file": one.listen.file,
                "line": one.listen.line,
                "removed": removed,
            }
            for one, removed in outcome.unsafe
        ],
        "roles": [dict(grant._asdict()) for grant in roles.grants(outcome.after)],
        "acctlog": _acctlog(outcome.after),
    }


def _endpoint(found: List[Listen], wanted: Console) -> str:
    endpoints = usable(found)
    return wanted.socket if wanted.socket in endpoints else (endpoints or [""])[0]


def _acctlog(after: Effective) -> str:
    settings = [after.get(path, "acctlog") for path in loggers_of(after)]
    return next((str(setting.value) for setting in settings if setting is not None), "")


def _hide_digests(result: Dict[str, Any], files: texts_plan.FilesPlan) -> None:
    """Exchange the differences of files of passwords for ones without digests."""
    hidden = {edit.path: texts_plan.masked(edit) for edit in files.edits if edit.path in files.secret}
    result["diff"] = [hidden.get(entry["before_header"], entry) for entry in result["diff"]]


def _finish(
    module: MomentumModule, result: Dict[str, Any], made: directories.DirectoryPlan, leftover: str, gone: Optional[str]
) -> None:
    """What is no file to write: the socket's directory, and a file for the boot that nobody needs any more."""
    from ..files import ensure_directory

    changes = list(made.changes)
    if made.directory is not None and not module.check_mode:
        ensure_directory(*made.directory)
    if gone is not None:
        changes.append(Change(leftover, 0, "", "", "remove", None, None, "none"))
        result["diff"].append({"before": gone, "after": "", "before_header": leftover, "after_header": leftover})
        if not module.check_mode:
            _remove(leftover)
    result["changes"] += [dict(change._asdict()) for change in changes]
    result["changed"] = result["changed"] or bool(changes)


def _leftover(path: str) -> Optional[str]:
    """The text of a file that this module wrote; None if there is none, or if it is somebody else's."""
    from ..host import file
    from .texts import BOOT_HEAD

    found = file(path) if path else None
    text = found.content.decode("utf-8", "replace") if found else ""
    return text if text.startswith(BOOT_HEAD) else None


def _remove(path: str) -> None:
    from ..files import remove
    from ..paths import locate

    with locate(path) as place:
        remove(place, place.name)
