# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that a task asks of the console as one plan: the configuration, the files beside it, the socket's directory."""

import os
from typing import Any, Dict, List, NamedTuple, Optional

from ..config.current import CurrentConfiguration
from ..config.files import Look
from ..config.plan import Change, FileEdit, Plan, Reload
from ..ecconf.effective import Effective
from ..errors import PlanError, assumption
from ..files import intended, obstacles
from ..files.current import current_file
from ..files.made import MadeDirectories
from ..files.planned import Directory
from ..files.reading import text
from ..files.safe_files import remove
from ..files.safe_paths import UnsafePath, locate
from . import directory as directories
from . import endpoints, roles, rotation
from . import files as texts_plan
from .current import CurrentConsole, current
from .listens import Listen, uri_of
from .options import Console
from .plan import ConsolePlan, plan_console
from .texts import BOOT_HEAD, groups_with

MANAGER = "eccluster.conf"
VOLATILE = ("/run/", "/var/run/")
TMPFILES = ("/usr/bin/systemd-tmpfiles", "/bin/systemd-tmpfiles")
CRON = ("/etc/cron.d/msys-ecelerity-core", "/etc/cron.d/msys-ecelerity", "/etc/crontab")
BOOT_FILE = "/etc/tmpfiles.d/msys-momentum-control%s.conf"


class Surroundings(NamedTuple):
    """What a task says beside the console itself: None for a path stands for the usual one, an empty path for none.

    prefix, main: of the node. check: whether nothing will be written, so that accounts may still be made by an earlier task.
    """

    prefix: str
    main: str
    environment: Optional[str]
    boot: Optional[str]
    rotation: Optional[str]
    check: bool

    @property
    def manager(self) -> bool:
        """Whether this is about the manager of a cluster."""
        return os.path.basename(self.main) == MANAGER


class RelatedFiles(NamedTuple):
    """The files beside the configuration; empty paths are left alone. `leftover` is one that is to go."""

    environment: str
    boot: str
    leftover: str


class Work(NamedTuple):
    """One plan for everything. above: directories to create first. later: an edit that the next run makes. made: the socket's directory.
    leftover: a file to remove. gone: its text; None if there is no such file. described: for the result."""

    plan: Plan
    attributes: Dict[str, texts_plan.Attributes]
    above: List[Directory]
    files: texts_plan.FilesPlan
    later: Optional[FileEdit]
    made: directories.DirectoryPlan
    leftover: str
    gone: Optional[str]
    described: Dict[str, Any]
    warnings: List[str]


def plan_work(around: Surroundings, requested: Console, now: CurrentConfiguration, reload: Reload, look: Look) -> Work:
    """Plan all that a task asks for. Raises PlanError."""
    owner = look.uid(requested.owner)
    before = current(now.effective, owner)
    outcome = plan_console(before, reload, requested)
    warnings = _judge_roles(requested, outcome.after, look)
    places = _places(around, requested)
    made = _directory(around, requested, look, warnings)
    if made.assumed:
        warnings.append(made.assumed)
    files = texts_plan.plan_files(requested, places.environment, places.boot, look, around.check)
    told = _rotation(around, requested, before.endpoints, look)
    later = rotation.stays_behind(told, requested.socket, endpoints.listening(owner or 0))
    files = texts_plan.with_rotation(files, told, requested.socket, look, later)
    gone = _leftover(places.leftover)
    # What writes the plan looks at its own files; these are changed after it.
    obstacles.refuse(
        [places.leftover] if gone is not None else [], [made.directory.path] if made.directory is not None else []
    )
    return Work(
        plan=texts_plan.merge(files, outcome.plan),
        attributes=dict(files.attributes),
        above=_above(places.boot),
        files=files,
        later=told.edit if later else None,
        made=made,
        leftover=places.leftover,
        gone=gone,
        described=_described(outcome, requested),
        warnings=warnings + _unsafe(outcome) + _told_by_cron(requested),
    )


def _places(around: Surroundings, requested: Console) -> RelatedFiles:
    """Where the files beside the configuration are."""
    own = "" if around.manager else os.path.join(around.prefix, "etc", "environment")
    environment = own if around.environment is None else around.environment
    if around.boot is not None:
        return RelatedFiles(environment, around.boot, "" if requested.socket else around.boot)
    usual = BOOT_FILE % ("-eccluster" if around.manager else "")
    helps = requested.socket.startswith(VOLATILE) and any(map(os.path.exists, TMPFILES))
    return RelatedFiles(environment, usual if helps else "", "" if helps else usual)


def _rotation(around: Surroundings, requested: Console, before: List[str], look: Look) -> rotation.Rotation:
    """What is to be set in ec_rotate's file. It asks one console: on a node with both daemons that of the MTA, whose logs it rotates."""
    path = rotation.usual(around.prefix) if around.rotation is None else around.rotation
    if not path or not requested.socket:
        return rotation.Rotation("", None)
    told = rotation.plan(around.prefix, path, requested.socket, look.file)
    is_anothers = around.rotation is None and around.manager and told.named not in before
    return told._replace(edit=None) if is_anothers else told


def _above(path: str) -> List[Directory]:
    """The directory of a file, if it is missing."""
    parent = os.path.dirname(path)
    return [Directory(parent, 0, 0, 0o755)] if path and not intended.is_directory(parent) else []


def _directory(around: Surroundings, requested: Console, look: Look, warnings: List[str]) -> directories.DirectoryPlan:
    """The socket's directory; one that was allowed to be everybody's is not touched."""
    if not requested.socket:
        return directories.NO_DIRECTORY
    owner, group = look.uid(requested.owner), look.gid(requested.group)
    for name, number in ((requested.owner, owner), (requested.group, group)):
        if number is None:
            words = "the socket's directory is to belong to %r, which the node does not know; create that account first"
            if not around.check:
                raise PlanError(words % name)
            warnings.append(assumption(words % name))
    if directories.exposed(requested.socket, owner):
        return directories.NO_DIRECTORY
    numbers = [-1 if number is None else number for number in (owner, group)]
    path = os.path.dirname(requested.socket)
    return directories.plan_directory(Directory(path, numbers[0], numbers[1], requested.directory_mode), around.check)


def _judge_roles(requested: Console, after: CurrentConsole, look: Look) -> List[str]:
    """Warnings of patterns that allow more than they seem to; refuses roles that would lock this collection out."""
    found = after.roles
    asked = requested.authorization
    managed = [role.name for role in asked.roles] if asked is not None else []
    warnings = list(roles.surprising([grant for grant in found if grant.name in managed]))
    socket = after.at(requested.socket)
    if socket is None or not socket.authorization or "root_locked_out" in requested.allow:
        return warnings
    denied = roles.denied(found, ["root"] + _groups_of_root(after.effective, socket, requested, look))
    if denied:
        raise PlanError(
            "commands at %s would be limited, and no role lets root give %s, which msys.momentum.service and ec_rotate need; add a role "
            "'root' (allow: root_locked_out)" % (requested.socket, ", ".join(repr(command) for command in denied))
        )
    return warnings


def _groups_of_root(after: Effective, socket: Listen, requested: Console, look: Look) -> List[str]:
    setting = after.resolve(socket.path, "AuthorizationParameters")
    uri = uri_of(setting.value) if setting is not None else ""
    path = uri[len("groups://") :] if uri.startswith("groups:///") else ""
    return groups_with(texts_plan.groups_text(requested, path, look), "root") if path else []


def _unsafe(outcome: ConsolePlan) -> List[str]:
    """What stays unsafe, in words."""
    return ["%s; it stays without 'purge'" % one.words() for one, removed in outcome.unsafe if not removed]


def _told_by_cron(requested: Console) -> List[str]:
    """An entry of cron that names another socket takes precedence over the file of ec_rotate, and is the operator's."""
    found: List[str] = []
    for path in CRON if requested.socket else ():
        try:
            entries = text(path, "startup")
        except (OSError, UnsafePath):
            continue
        words = "%s:%d: ec_rotate is called with the console's socket %s; remove -s, so that it reads its file"
        named = rotation.cron_sockets(entries)
        found += [words % (path, number, socket) for number, socket in named if socket != requested.socket]
    return found


def _described(outcome: ConsolePlan, requested: Console) -> Dict[str, Any]:
    """What the result tells about the console beside the changes."""
    after = outcome.after
    shown = ("address", "authentication", "authorization", "enabled", "file", "line")
    return {
        "endpoint": _endpoint(after, requested),
        "listens": [{field: getattr(one, field) for field in shown} for one in after.listens],
        "unsafe": [
            {
                "address": one.listen.address,
                "danger": one.check.name,
                "because": one.check.reason,
                "file": one.listen.file,
                "line": one.listen.line,
                "removed": removed,
            }
            for one, removed in outcome.unsafe
        ],
        "roles": [dict(grant._asdict()) for grant in after.roles],
        "acctlog": after.acctlog,
    }


def _endpoint(after: CurrentConsole, requested: Console) -> str:
    return requested.socket if requested.socket in after.endpoints else (after.endpoints or [""])[0]


def hide_digests(diff: List[Dict[str, str]], files: texts_plan.FilesPlan) -> List[Dict[str, str]]:
    """The differences, those of files of passwords exchanged for ones without digests."""
    hidden = {edit.path: texts_plan.masked(edit) for edit in files.edits if edit.path in files.secret}
    return [hidden.get(entry["before_header"], entry) for entry in diff]


def changes_beside(planned: Work) -> List[Change]:
    """What changes that is no file to write: the socket's directory, and a file for the boot that nobody needs any more."""
    gone = [] if planned.gone is None else [Change(planned.leftover, 0, "", "", "remove", None, None, "none")]
    return list(planned.made.changes) + gone


def change_beside(planned: Work, made: MadeDirectories) -> Dict[str, Any]:
    """Make those changes; nothing more is to be reported of them. made: gets the directory that is created."""
    if planned.made.directory is not None:
        made.ensure(planned.made.directory)
    if planned.gone is not None:
        with locate(planned.leftover) as place:
            remove(place, place.name)
    return {}


def _leftover(path: str) -> Optional[str]:
    """The text of a file that this module wrote; None if there is none, or if it is somebody else's."""
    found = current_file(path) if path else None
    content = found.content.decode("utf-8", "replace") if found else ""
    return content if content.startswith(BOOT_HEAD) else None
