# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration as one tree: the parts of a scope that is opened several times merged, later values in front."""

from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from .ecreader import Value


class Setting(NamedTuple):
    """One option in force. name: as written; file, line: where."""

    name: str
    value: Value
    file: str
    line: int


class Reader:
    """Values in force, by whatever means they are looked up."""

    def effective(self, name: str) -> Optional[Setting]:
        """What is in force."""
        raise NotImplementedError

    def text(self, name: str, default: str = "") -> str:
        """A scalar in force, or the default."""
        setting = self.effective(name)
        return setting.value if setting and isinstance(setting.value, str) else default

    def items(self, name: str) -> List[str]:
        """A list in force, or an empty one; a scalar is a list of one element."""
        setting = self.effective(name)
        if setting is None:
            return []
        return setting.value if isinstance(setting.value, list) else [str(setting.value)]

    def boolean(self, name: str, default: bool) -> bool:
        """A boolean in force, or the default."""
        return truth(self.text(name), default)


class Scope(Reader):
    """A scope with its options (by lower-case name) and its inner scopes (by lower-case name and instance)."""

    def __init__(self, name: str, instance: Optional[str] = None, parent: "Optional[Scope]" = None) -> None:
        self.name, self.instance, self.parent = name, instance, parent
        self.options: Dict[str, Setting] = {}
        self.scopes: Dict[Tuple[str, Optional[str]], Scope] = {}

    def open(self, name: str, instance: Optional[str]) -> "Scope":
        """The inner scope of that name and instance, new or already there."""
        return self.scopes.setdefault((name.lower(), instance), Scope(name, instance, self))

    def named(self, name: str) -> "List[Scope]":
        """All inner scopes of a name, in order."""
        return [scope for (key, _instance), scope in self.scopes.items() if key == name.lower()]

    def child(self, name: str, instance: Optional[str] = None) -> "Optional[Scope]":
        """One inner scope."""
        return self.scopes.get((name.lower(), instance))

    def get(self, name: str) -> Optional[Setting]:
        """What stands here."""
        return self.options.get(name.lower())

    def effective(self, name: str) -> Optional[Setting]:
        """What is in force here: this scope, else the nearest scope around it that has it."""
        scope: Optional[Scope] = self
        while scope is not None:
            if name.lower() in scope.options:
                return scope.options[name.lower()]
            scope = scope.parent
        return None

    def walk(self) -> "Iterator[Scope]":
        """This scope and all inner ones."""
        pending = [self]
        while pending:
            scope = pending.pop()
            yield scope
            pending.extend(reversed(list(scope.scopes.values())))


class Chain(Reader):
    """Several scopes, the first that has an option takes precedence; after them the scopes around the last one."""

    def __init__(self, scopes: List[Scope]) -> None:
        self.scopes = scopes

    def effective(self, name: str) -> Optional[Setting]:
        """What is in force."""
        found = (scope.get(name) for scope in self.scopes)
        return next((one for one in found if one is not None), None) or self.scopes[-1].effective(name)


def truth(text: str, default: bool = False) -> bool:
    """Booleans of both documented vocabularies; the default for anything else."""
    lowered = text.lower()
    if lowered in ("on", "true", "enabled", "yes", "1"):
        return True
    return False if lowered in ("off", "false", "disabled", "no", "0") else default
