# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of keywords of other services."""

from typing import Any, Callable, Dict, NamedTuple, Optional, Tuple

from ..config import keyword_files, keyword_includes, reader
from ..errors import PlanError
from ..files import file_mode, obstacles
from ..files.current import CurrentFile, current_file
from ..files.planned import PlannedFile
from ..host import accounts
from ..planned import Planned
from ..redaction import redaction
from ..state import directory as state_directory
from ..state import pending
from ..state.activation import daemon
from ..task import Task
from ..text import visible

FILE = {
    "path": {"type": "path", "required": True},
    "style": {"type": "str", "choices": ["postgresql", "ldap"]},
    "settings": {"type": "dict"},
    "content": {"type": "str", "no_log": True},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw"},
    "activation": {"type": "str", "choices": list(pending.LEVELS), "default": "none"},
}
ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "files": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": FILE,
        "mutually_exclusive": [["settings", "content"]],
        "required_one_of": [["settings", "content"]],
        "required_by": {"settings": ["style"]},
    },
}
NEW = (0, 0, 0o644)
Absent = Callable[[str], None]
NOBODY_YET = -1  # an account that an earlier task of a check mode run would have made


class Edit(NamedTuple):
    """A file as it is to be."""

    path: str
    before: Optional[CurrentFile]
    content: bytes
    attributes: Tuple[int, int, int]

    @property
    def changes(self) -> bool:
        """Whether anything is to be written."""
        return self.before is None or (self.before.content, self.before.attributes) != (self.content, self.attributes)


def current(path: str) -> Optional[CurrentFile]:
    """Return a file of keywords as it is; None where there is none. Raises UnsafePath, OSError."""
    return current_file(path, "keywords")


def edit_of(entry: Dict[str, Any], absent: Absent) -> Edit:
    """Plan one file. absent: gets the refusal for a missing account or directory. Raises PlanError."""
    found = current(entry["path"])
    present = found.attributes if found else NEW
    requested = (
        _account(entry["path"], entry["owner"], accounts.user_id, present[0], absent),
        _account(entry["path"], entry["group"], accounts.group_id, present[1], absent),
        present[2] if entry["mode"] is None else _mode(entry),
    )
    return Edit(entry["path"], found, _content(entry, found.content if found else b""), requested)


def _content(entry: Dict[str, Any], before: bytes) -> bytes:
    if entry["content"] is not None:
        if not visible.is_clean(entry["content"]):
            raise PlanError("the content of %s must have no control characters but line feeds and tabs" % entry["path"])
        return str(entry["content"]).encode("utf-8")
    try:
        return _with_settings(entry, before.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    except PlanError as error:
        raise PlanError("%s: %s" % (entry["path"], error))


def _with_settings(entry: Dict[str, Any], before: str) -> str:
    path, style = entry["path"], keyword_files.STYLES[entry["style"]]
    requested = {name: keyword_files.text_of(style, name, value) for name, value in entry["settings"].items()}
    for name in requested:
        if entry["style"] == "postgresql" and name.lower() in keyword_includes.DIRECTIVES:
            raise PlanError(
                "settings: %s is no setting: a file may have several. Write the line into the file yourself" % name
            )
    if entry["style"] != "postgresql":
        return keyword_files.edited(before, style, requested)
    after = keyword_files.edited(before, style, requested, keyword_includes.of(path))
    keyword_includes.refuse_overridden(path, after, requested)
    return after


def _account(
    path: str, name: Optional[str], lookup: Callable[[str], Optional[int]], present: int, absent: Absent
) -> int:
    if not name:
        return present
    number = lookup(name)
    if number is None:
        absent("%s: there is no account %r on the node; create it first" % (path, name))
    return NOBODY_YET if number is None else number


def _mode(entry: Dict[str, Any]) -> int:
    mode = file_mode.number("%s: mode" % entry["path"], entry["mode"])
    if mode & 0o022:
        raise PlanError("%s: mode %04o lets others than the owner change the file" % (entry["path"], mode))
    return mode


def difference(entry: Dict[str, Any], edit: Edit) -> Dict[str, str]:
    """What changes, without the file around it."""
    words = ["content" if entry["content"] is not None else ""]
    if edit.before is None or edit.before.content == edit.content:
        words.append("created" if edit.before is None else "owner, group or mode")
    shown = redaction.mask_value("", entry["settings"] or {})
    words += ["%s: %s" % (name, _shown(value)) for name, value in sorted(shown.items())]
    lines = "\n".join(word for word in words if word)
    return {"before_header": edit.path, "after_header": edit.path, "prepared": "%s\n%s\n" % (edit.path, lines)}


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    return ("on" if value else "off") if isinstance(value, bool) else "" if value is None else str(value)


def plan(task: Task) -> Planned:
    """Plan all files; those that differ are written."""
    entries = task.params["files"]
    obstacles.refuse_twice("files", [entry["path"] for entry in entries])
    pairs = [(entry, edit_of(entry, task.refuse_unless_announced)) for entry in entries]
    changing = [(entry, edit) for entry, edit in pairs if edit.changes]
    if changing:
        state_directory.refuse([edit.path for _entry, edit in changing], [], task.node.state_dir)
    for _entry, edit in changing:
        reader.refuse_without_directory(edit.path, task.refuse_unless_announced)
    level = pending.strongest("none", *(entry["activation"] for entry, _edit in changing))
    result = {
        "changed": bool(changing),
        "activation": level,
        "files": [edit.path for _entry, edit in changing],
        "diff": [difference(entry, edit) for entry, edit in changing],
    }
    files = [
        PlannedFile(edit.path, edit.before.content if edit.before else None, edit.content, *edit.attributes)
        for _entry, edit in changing
    ]
    concerned = [edit.path for entry, edit in changing if entry["activation"] != "none"]
    return Planned(result, files, activations=[daemon(level, concerned)])
