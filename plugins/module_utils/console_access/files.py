# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for the files beside the configuration: passwords, groups, the environment of ec_ctl, and what is made at boot.

Pure: files and accounts of the node come in through `Look`.
"""

from typing import Dict, List, NamedTuple, Optional, Tuple

from ..config.files import Look
from ..config.plan import Change, FileEdit, Plan
from ..errors import PlanError, assumption
from ..files.current import CurrentFile
from ..files.planned import Requested
from . import passwords, rotation, texts
from .options import Console

Attributes = Tuple[int, int, int]


class FilesPlan(NamedTuple):
    """Edits with owner, group and mode by path, changes in words, the paths of files with digests, and what check mode takes for
    granted, in warnings. requested: owners and modes that every run sets."""

    edits: List[FileEdit]
    attributes: Dict[str, Attributes]
    changes: List[Change]
    secret: List[str]
    assumed: List[str]
    requested: List[Requested]


class _Files:
    """Collects what is to be done to each file."""

    def __init__(self, look: Look, check_mode: bool) -> None:
        self.look = look
        self.check_mode = check_mode
        self.plan = FilesPlan([], {}, [], [], [], [])

    def text(self, path: str) -> Tuple[Optional[CurrentFile], str]:
        """A file and its text; bytes that are no UTF-8 come back as they were."""
        found = self.look.file(path)
        return found, found.text if found else ""

    def attributes(self, path: str, owner: str, group: str, mode: int) -> Attributes:
        """Numbers for names; an earlier task may announce the accounts in check mode. Raises PlanError."""
        numbers = (self.look.uid(owner), self.look.gid(group))
        for name, number in zip((owner, group), numbers):
            if number is None:
                words = "%s is to belong to %r, which the node does not know; create that account first" % (path, name)
                if not self.check_mode:
                    raise PlanError(words)
                self.plan.assumed.append(assumption(words))
        known = (-1 if numbers[0] is None else numbers[0], -1 if numbers[1] is None else numbers[1], mode)
        self.plan.requested.append(Requested(path, *known))
        return known

    def write(
        self, path: str, found: Optional[CurrentFile], text: str, attributes: Attributes, changes: List[Change]
    ) -> None:
        """Note what a file shall be."""
        content = text.encode("utf-8", "surrogateescape")
        if found is not None and (found.content, found.attributes) == (content, attributes):
            return
        if found is None:
            changes = [_change(path, "create", None, _words(attributes), "none")] + changes
        elif found.attributes != attributes:
            changes = [_change(path, "attributes", _words(found.attributes), _words(attributes), "none")] + changes
        self.plan.edits.append(FileEdit(path, found.content if found else None, content))
        self.plan.attributes[path] = attributes
        self.plan.changes.extend(changes)


def plan_files(requested: Console, environment: str, boot: str, look: Look, check_mode: bool) -> FilesPlan:
    """Plan the files; an empty path of `environment` or `boot` leaves that file alone. Raises PlanError."""
    files = _Files(look, check_mode)
    _passwords(files, requested)
    _groups(files, requested)
    if environment and requested.socket:
        _environment(files, environment, requested.socket)
    if boot and requested.socket:
        _boot(files, boot, requested)
    return files.plan


def with_rotation(files: FilesPlan, told: rotation.Rotation, socket: str, look: Look, later: bool) -> FilesPlan:
    """The plan with the file of ec_rotate; `later`: it is only announced, because the daemon has to move first."""
    edit = told.edit
    if edit is None:
        return files
    found = look.file(edit.path)
    change = _change(edit.path, "set", told.named, socket, "reload" if later else "none", rotation.KEY)
    if later:
        return files._replace(changes=files.changes + [change])
    attributes = rotation.ATTRIBUTES if found is None else found.attributes
    made = [_change(edit.path, "create", None, _words(attributes), "none")] if found is None else []
    return files._replace(
        edits=files.edits + [edit],
        attributes=dict(files.attributes, **{edit.path: attributes}),
        changes=files.changes + made + [change],
    )


def merge(files: FilesPlan, settings: Plan) -> Plan:
    """One plan of the configuration and the files beside it."""
    return Plan(settings.edits + files.edits, settings.changes + files.changes, settings.warnings + files.assumed)


def masked(edit: FileEdit) -> Dict[str, str]:
    """The difference of a file of passwords, without its digests."""
    before, after = ((content or b"").decode("utf-8", "replace") for content in (edit.before, edit.after))
    return {
        "before": passwords.masked(before, after, " (old)"),
        "after": passwords.masked(after, before, " (new)"),
        "before_header": edit.path,
        "after_header": edit.path,
    }


def groups_text(requested: Console, path: str, look: Look) -> str:
    """The file of groups as it will be."""
    found = look.file(path)
    text = found.text if found else ""
    asked = requested.authorization
    if asked is None or path != asked.groups_file or not asked.groups:
        return text
    return texts.with_groups(text, asked.groups, asked.exclusive)


def _passwords(files: _Files, requested: Console) -> None:
    asked = requested.passwords
    if asked is None:
        return
    found, text = files.text(asked.path)
    edited = passwords.edit(text, asked.realm, asked.users, asked.exclusive)
    # Whether the daemon reads the file at every session or keeps it is not documented.
    changes = [_change(asked.path, "%s_user" % step, None, None, "reload", name) for step, name in edited.steps]
    attributes = files.attributes(asked.path, asked.owner, asked.group, asked.mode)
    files.write(asked.path, found, edited.text, attributes, changes)
    files.plan.secret.append(asked.path)


def _groups(files: _Files, requested: Console) -> None:
    asked = requested.authorization
    if asked is None or not asked.groups:
        return
    found, text = files.text(asked.groups_file)
    after = texts.with_groups(text, asked.groups, asked.exclusive)
    changes = [] if text == after else [_change(asked.groups_file, "set_groups", None, None, "reload")]
    attributes = files.attributes(asked.groups_file, "root", requested.group, 0o640)
    files.write(asked.groups_file, found, after, attributes, changes)


def _environment(files: _Files, path: str, endpoint: str) -> None:
    """The daemon's own fragment keeps whose it is."""
    found, text = files.text(path)
    after = texts.with_control(text, endpoint)
    changes = (
        [] if text == after else [_change(path, "set", texts.control_of(text) or None, endpoint, "none", "CONTROL")]
    )
    files.write(path, found, after, found.attributes if found else (0, 0, 0o644), changes)


def _boot(files: _Files, path: str, requested: Console) -> None:
    found, text = files.text(path)
    directory = requested.socket.rpartition("/")[0]
    after = texts.boot(directory, requested.owner, requested.group, requested.directory_mode)
    changes = [] if text == after or found is None else [_change(path, "set", None, directory, "none")]
    files.plan.requested.append(Requested(path, 0, 0, 0o644))
    files.write(path, found, after, (0, 0, 0o644), changes)


def _words(attributes: Tuple[int, ...]) -> str:
    return "%d:%d %04o" % attributes


def _change(
    path: str, action: str, before: Optional[str], after: Optional[str], level: str, subject: str = ""
) -> Change:
    return Change(path, 0, "", subject, action, before, after, level)
