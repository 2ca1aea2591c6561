# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of keywords of other services."""

import os
import re
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..config import keyword_files, keyword_includes, reader, web_server
from ..database import login_rules
from ..errors import CheckFailed, PlanError
from ..files import file_mode, obstacles, safe_files
from ..files.current import CurrentFile, current_file
from ..files.planned import PlannedFile, Requested
from ..host import accounts, program, service_manager
from ..planned import Judge, Planned
from ..redaction import redaction
from ..state import directory as state_directory
from ..state import pending
from ..state.activation import Activation, daemon
from ..task import Task
from ..text import visible

NEW = (0, 0, 0o644)
STAGED = "{file}"  # in a check, the file as it is to be
CHECK_TIMEOUT = 60.0  # seconds
UNIT_NAME = re.compile(r"[A-Za-z0-9:_.@][A-Za-z0-9:_.@\\-]*\Z")
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
    """Plan one file. absent: gets the refusal for a missing account, directory or file. Raises PlanError."""
    _refuse_style(entry)
    found = current(entry["path"])
    if found is None and entry["tls"] is not None:
        absent(
            "%s does not exist, and what belongs in it is the service's to say; install the service first"
            % entry["path"]
        )
    present = found.attributes if found else NEW
    requested = (
        _account(entry["path"], entry["owner"], accounts.user_id, present[0], absent),
        _account(entry["path"], entry["group"], accounts.group_id, present[1], absent),
        present[2] if entry["mode"] is None else _mode(entry),
    )
    return Edit(entry["path"], found, _content(entry, found.content if found else b""), requested)


def _refuse_style(entry: Dict[str, Any]) -> None:
    """Raise PlanError where a style has no settings, or knows nothing of TLS, or a check would look at no file."""
    rules = entry["style"] in ("postgresql_access", "apache")
    for option in ("settings", "tls"):
        if entry[option] is not None and rules != (option == "tls"):
            raise PlanError(
                "%s: style %s has no %s; use %s"
                % (entry["path"], entry["style"], option, "tls" if rules else "settings")
            )
    if entry["style"] == "postgresql_access" and entry["tls"] == web_server.OFFERED:
        raise PlanError(
            "%s: TLS is offered by postgresql.conf (ssl); in this file it can only be required" % entry["path"]
        )
    if entry["check"] and not any(STAGED in word for word in entry["check"]):
        raise PlanError(
            "%s: check: no word holds %s, so that the command would look at another file" % (entry["path"], STAGED)
        )


def _content(entry: Dict[str, Any], before: bytes) -> bytes:
    if entry["content"] is not None:
        if not visible.is_clean(entry["content"]):
            raise PlanError("the content of %s must have no control characters but line feeds and tabs" % entry["path"])
        return str(entry["content"]).encode("utf-8")
    text = before.decode("utf-8", "surrogateescape")
    try:
        after = _with_settings(entry, text) if entry["tls"] is None else _with_tls(entry, text)
        return after.encode("utf-8", "surrogateescape")
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


def _with_tls(entry: Dict[str, Any], before: str) -> str:
    if not before:
        return before  # the file does not exist, or says nothing
    if entry["style"] == "apache":
        return web_server.edited(before, entry["path"], entry["tls"])
    return login_rules.tls_only(before)


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


def permanent(entry: Dict[str, Any], edit: Edit) -> Requested:
    """What the task says of owner, group and mode in every run."""
    keys = ("owner", "group", "mode")
    owner, group, mode = (number if entry[key] else None for key, number in zip(keys, edit.attributes))
    return Requested(edit.path, owner, group, mode)


def difference(entry: Dict[str, Any], edit: Edit) -> Dict[str, str]:
    """What changes, without the file around it."""
    words = ["content" if entry["content"] is not None else ""]
    if edit.before is None or edit.before.content == edit.content:
        words.append("created" if edit.before is None else "owner, group or mode")
    shown = redaction.mask_value("", entry["settings"] or {})
    words += ["%s: %s" % (name, _shown(value)) for name, value in sorted(shown.items())]
    if entry["tls"] is not None and edit.before is not None:
        changed = _lines_between(edit.before.content, edit.content)
        words += ["tls %s: line %s" % (entry["tls"], ", ".join(map(str, changed)))] if changed else []
    lines = "\n".join(word for word in words if word)
    return {"before_header": edit.path, "after_header": edit.path, "prepared": "%s\n%s\n" % (edit.path, lines)}


def closed(entry: Dict[str, Any], edit: Edit) -> List[int]:
    """Return the numbers of the lines that let in who comes without TLS, and no longer do."""
    if entry["tls"] != web_server.REQUIRED or edit.before is None:
        return []
    before = edit.before.content
    # What a server needs where TLS is only offered closes nothing.
    offered = _content(dict(entry, tls=web_server.OFFERED), before) if entry["style"] == "apache" else before
    kept = _lines_between(before, offered)
    return [number for number in _lines_between(before, edit.content) if number not in kept]


def _lines_between(before: bytes, after: bytes) -> List[int]:
    """Return the numbers of the lines that differ; none is ever added or removed."""
    return [number for number, pair in enumerate(zip(before.split(b"\n"), after.split(b"\n")), 1) if pair[0] != pair[1]]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    return ("on" if value else "off") if isinstance(value, bool) else "" if value is None else str(value)


Show = Callable[[str, str], Dict[str, str]]
Pairs = Sequence[Tuple[Dict[str, Any], Edit]]


def restarts(pairs: Pairs, show: Show = service_manager.show) -> List[Activation]:
    """Return the restart of each service that runs and has read other content than its files are to have, such as before a run that was killed.

    Raises PlanError for what is no name of a service."""
    found: Dict[str, List[str]] = {}
    for entry, edit in pairs:
        if entry["service"]:
            if not UNIT_NAME.match(entry["service"]):
                raise PlanError("%s: service: %r is no name of a unit of systemd" % (edit.path, entry["service"]))
            since = _began(entry["service"], show)
            if since is not None and (edit.changes or os.stat(edit.path).st_mtime > since):
                found.setdefault(entry["service"], []).append(edit.path)
    # One that was stopped meanwhile stays so.
    commands = {name: ("systemctl", "try-restart", name) for name in found}
    return [Activation(name, files, argv=commands[name], undo=commands[name]) for name, files in found.items()]


def _began(service: str, show: Show) -> Optional[float]:
    """Return when a service began to start, in seconds since the epoch; None for one that does not run, and without systemd."""
    shown = show(service, "ActiveState,InactiveExitTimestampMonotonic")
    microseconds = shown.get("InactiveExitTimestampMonotonic", "")
    if shown.get("ActiveState") != "active" or not microseconds.isdigit():
        return None
    return time.time() - time.monotonic() + int(microseconds) / 1e6


class ProgramJudge(Judge):
    """The programs that read the files, asked by the checks of a task. checks: from a path to the command."""

    def __init__(self, task: Task, checks: Dict[str, List[str]]) -> None:
        self.task = task
        self.checks = checks

    def judges(self, files: Sequence[PlannedFile]) -> Dict[str, Any]:
        """Each program looks at the staged file, before it is in force."""
        self._may_quote(files)
        return {"check_staged": self._check_all} if self.checks else {}

    def foresee(self, files: Sequence[PlannedFile]) -> None:
        """Ask the programs about copies. What they refuse of the present file, too, an earlier task may be about to make: it is a warning.

        Raises TransactionError as the run would."""
        self._may_quote(files)
        for file in files:
            if file.path in self.checks:
                self._foresee_one(file)

    def _foresee_one(self, file: PlannedFile) -> None:
        from ..transaction.transaction import TransactionError, foresee_check
        from ..validation.staging_tree import watched_directory

        with watched_directory(self.task.private_directory()) as directory:
            after, before = (os.path.join(directory, name) for name in ("after", "before"))
            for path, content in ((after, file.after), (before, file.before)):
                safe_files.write_file(path, content or b"", os.geteuid(), os.getegid(), 0o600)
            try:
                foresee_check(lambda: self._check_all({file.path: after}))
            except TransactionError as error:
                if self._accepts(file.path, before):
                    raise
                self.task.refuse_unless_announced(str(error))

    def _accepts(self, path: str, source: str) -> bool:
        try:
            self._check_all({path: source})
        except CheckFailed:
            return False
        return True

    def _check_all(self, staged: Dict[str, Optional[str]]) -> None:
        """Raise CheckFailed with what a program says, without the lines that it quotes."""
        for path, command in self.checks.items():
            source = staged.get(path)
            if source is None:
                continue
            ran = program.run([word.replace(STAGED, source) for word in command], CHECK_TIMEOUT)
            if ran.status != 0:
                words = redaction.without_lines(ran.output.replace(source, path), self.task.quotable)
                raise CheckFailed("%s: %s" % (command[0], program.shown(words) or "it refuses %s" % path))

    def _may_quote(self, files: Sequence[PlannedFile]) -> None:
        """Keep the secrets of what the programs read out of errors."""
        checked = [file for file in files if file.path in self.checks]
        if checked:
            self.task.quotable = [text or b"" for file in checked for text in (file.before, file.after)]


def plan(task: Task) -> Planned:
    """Plan all files; those that differ are written."""
    entries = task.params["files"]
    obstacles.refuse_twice("files", [entry["path"] for entry in entries])
    pairs = [(entry, edit_of(entry, task.refuse_unless_announced)) for entry in entries]
    changing = [(entry, edit) for entry, edit in pairs if edit.changes]
    if changing:
        # Before what is missing: nobody is to create a directory among the records.
        state_directory.refuse([edit.path for _entry, edit in changing], [], task.node.state_dir)
    for _entry, edit in changing:
        reader.refuse_without_directory(edit.path, task.refuse_unless_announced)
    level = pending.strongest("none", *(entry["activation"] for entry, _edit in changing))
    closing = [(edit, closed(entry, edit)) for entry, edit in changing]
    due = restarts(pairs)
    result = {
        "changed": bool(changing or due),
        "activation": level,
        "files": [edit.path for _entry, edit in changing],
        "services": [one.name for one in due],
        "closed": [{"path": edit.path, "lines": lines} for edit, lines in closing if lines],
        "diff": [difference(entry, edit) for entry, edit in changing],
    }
    files = [
        PlannedFile(edit.path, edit.before.content if edit.before else None, edit.content, *edit.attributes)
        for _entry, edit in changing
    ]
    concerned = [edit.path for entry, edit in changing if entry["activation"] != "none"]
    requested = [permanent(entry, edit) for entry, edit in pairs]
    checks = {edit.path: list(entry["check"]) for entry, edit in changing if entry["check"]}
    return Planned(
        result,
        files,
        activations=[*due, daemon(level, concerned)],
        judge=ProgramJudge(task, checks),
        requested=requested,
    )
