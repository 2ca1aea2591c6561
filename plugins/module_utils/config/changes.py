# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks of the configuration, and what a plan makes of it: the words that all plans share."""

import re
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from ..catalog import catalog
from ..ecconf import EditError, edit
from ..ecconf.loader import Configuration
from ..ecconf.paths import Path, format_path
from ..ecconf.syntax.atoms import parse_bool
from ..errors import PlanError
from ..redaction import redaction
from ..state.pending import strongest

Reload = Callable[[Dict[str, bytes]], Configuration]

# Names of options and scopes in the manuals, and in modules of their own: hook:x, NAS-IP-Address.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*\Z")


class DesiredSetting(NamedTuple):
    """One requested setting: an option, or an include line, or (with neither) a scope.

    `same` tells whether two values mean the same; without it the catalog does.
    """

    path: Path
    option: Optional[str] = None
    value: Any = None
    state: str = "present"
    include: Optional[str] = None
    readonly: bool = False
    file: Optional[str] = None
    same: Optional[Callable[[Any, Any], bool]] = None

    @property
    def kind(self) -> str:
        """One of 'include', 'option' and 'scope'."""
        return "include" if self.include is not None else "scope" if self.option is None else "option"

    @property
    def where(self) -> Path:
        """The path for comparisons: names in lower case, instances as they are."""
        return fold(self.path)

    def means(self, value: Any) -> bool:
        """Whether a value is the requested one."""
        if self.same is not None:
            return self.same(value, self.value)
        if isinstance(self.value, bool) and isinstance(value, str) and parse_bool(value) is self.value:
            return True
        return catalog.same(self.option or "", self.path, value, self.value)

    def agrees(self, other: "DesiredSetting") -> bool:
        """Whether another request about an option asks for the same."""
        return self.state == other.state and (
            self.state != "present" or self.value == other.value or self.means(other.value)
        )

    def words(self) -> str:
        """What an error calls it, without secrets: its value is left out, and names may be connection strings."""
        place = "scope %r" % redaction.mask_text(format_path(self.path))
        if self.kind == "scope":
            return place
        return "%s %r of %s" % (self.kind, redaction.mask_text(self.option or self.include or ""), place)


class Change(NamedTuple):
    """One step of a plan, in words that a result can carry."""

    file: str
    line: int
    scope: str
    subject: str
    action: str
    before: Any
    after: Any
    activation: str


class FileEdit(NamedTuple):
    """The bytes of one file before (None: no such file) and after."""

    path: str
    before: Optional[bytes]
    after: bytes


class Plan(NamedTuple):
    """What has to be done; empty where all that is requested already holds."""

    edits: List[FileEdit]
    changes: List[Change]
    warnings: List[str]

    @property
    def activation(self) -> str:
        """The most that one of the changes needs: none, reload or restart."""
        return strongest(*[change.activation for change in self.changes])


NOTHING = Plan([], [], [])


def fold(path: Path) -> Path:
    """A path for comparisons."""
    return tuple((name.lower(), instance) for name, instance in path)


class Requests:
    """The settings of one task, each once, by the scope and option that they are about.

    Raises PlanError for settings that contradict one another, or that no configuration can have.
    """

    def __init__(self, settings: Iterable[DesiredSetting]) -> None:
        """Take the settings in the order in which they are to be written."""
        self.all: List[DesiredSetting] = []
        self._known: Dict[Any, DesiredSetting] = {}
        self._options: Dict[Tuple[Path, str], List[DesiredSetting]] = {}
        self._others: Dict[Path, List[DesiredSetting]] = {}
        for one in settings:
            _refuse_impossible(one)
            self._add(one)
        for one in self.all:
            self._refuse_removed(one)

    def of_option(self, where: Path, key: str) -> Sequence[DesiredSetting]:
        """The settings for an option (lower case) of a scope, whatever file they name."""
        return self._options.get((where, key), ())

    def of_scope(self, where: Path) -> Sequence[DesiredSetting]:
        """The settings for a scope itself and for its include lines."""
        return self._others.get(where, ())

    def _add(self, one: DesiredSetting) -> None:
        subject = one.option.lower() if one.option is not None else one.include
        other = self._known.setdefault((one.where, one.kind, subject, one.file), one)
        if other is one:
            self.all.append(one)
            if one.option is not None:
                self._options.setdefault((one.where, one.option.lower()), []).append(one)
            else:
                self._others.setdefault(one.where, []).append(one)
        elif one.kind == "option" and not other.agrees(one):
            raise PlanError("%s is requested twice, with different values; keep one of them" % other.words())
        elif (other.state, other.readonly) != (one.state, one.readonly):
            raise PlanError("%s is requested twice, in different ways; keep one of them" % other.words())

    def _refuse_removed(self, one: DesiredSetting) -> None:
        """Refuse what belongs to a scope that is to be removed altogether."""
        for depth in range(1, len(one.path) + 1) if one.state == "present" else ():
            for other in self.of_scope(one.where[:depth]):
                if other.kind == "scope" and other.state == "absent" and other.file is None:
                    raise PlanError(
                        "%s is requested, and the removal of %s too; keep one" % (one.words(), other.words())
                    )


def _refuse_impossible(one: DesiredSetting) -> None:
    """Refuse names that nobody can mean. A scope or include that is to be removed may have any: somebody wrote it."""
    try:
        if one.option is not None:
            if not _NAME.match(one.option):
                raise EditError("not the name of an option")
            edit.check_name(one.option)
        if one.kind == "include" and one.state == "present":
            edit.check_target(one.include or "")
        if one.kind == "option" and isinstance(one.value, dict) and not all(map(_is_key, one.value)):
            raise EditError("a key must be a text of one line that is not empty")
        if one.file is not None and (not one.file or "\0" in one.file):
            raise EditError("'file' must name a file")
    except EditError as error:
        raise PlanError("%s: %s" % (one.words(), error))


def _is_key(key: Any) -> bool:
    text = str(key)
    return bool(text) and "\n" not in text and "\r" not in text


def refuse_new_scope(one: DesiredSetting, path: Path) -> None:
    """Raise PlanError for a scope that a configuration cannot have, before it is made."""
    try:
        for element in path:
            if not _NAME.match(element[0]):
                raise EditError("not the name of a scope: %r" % element[0])
            edit.check_element(element)
    except EditError as error:
        raise PlanError("%s: %s" % (one.words(), error))
