# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run found: exact counts, and lists of bounded length."""

from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Optional

from .apply import Extended
from .judge import Attributes
from .umask import Subject, because


def shown(path: str) -> str:
    """A path that can be in a line of text: what is not printable (or not UTF-8) is escaped."""
    if path.isprintable():
        return path
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in path)


def kinds_of(found: Extended) -> List[str]:
    """Which access lists an object has: access, default."""
    return [kind for kind, there in (("access", found.access_list), ("default", found.default_list)) if there]


def _lists(item: Dict[str, Any]) -> str:
    """What a difference says of the access lists that go."""
    return "".join(", %s list" % kind for kind in item["lists_removed"])


def _without(item: Dict[str, Any]) -> str:
    """What a difference says of the object after the run beside owner, group and mode."""
    return (", a new file" if item["replaced"] else "") + (", no list" if item["lists_removed"] else "")


class Names(NamedTuple):
    """How numbers of users and groups are shown."""

    user: Callable[[int], str]
    group: Callable[[int], str]

    def text(self, attributes: Attributes) -> str:
        """OWNER:GROUP MODE."""
        return "%s:%s %04o" % (self.user(attributes.uid), self.group(attributes.gid), attributes.mode)


class Bounded:
    """A list that keeps its first `limit` items and counts all."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.items: List[Dict[str, Any]] = []
        self.total = 0

    def add(self, item: Dict[str, Any]) -> None:
        """Count one more, and keep it while there is room."""
        self.total += 1
        if len(self.items) < self.limit:
            self.items.append(item)

    def follow(self, earlier: "Bounded") -> None:
        """Take in what an earlier walk of the same run changed; an object that both have changed is one."""
        present = {item["path"]: item for item in self.items}
        for item in earlier.items:
            again = present.get(item["path"])
            if again is None:
                self.add(item)
            else:
                again["before"] = item["before"]


EXECUTED = ("programs", "services", "environment", "scripts")  # parts whose files root executes, loads or sources


class Findings:
    """Collects what the walk reports. watched: paths whose owner, group and mode after the walk are kept where it changes them."""

    def __init__(self, names: Names, limit: int = 200, watched: FrozenSet[str] = frozenset()) -> None:
        self.names = names
        self.watched: Dict[str, Optional[Attributes]] = dict.fromkeys(watched)
        self.differences = Bounded(limit)
        self.refused = Bounded(limit)
        self.out_of_reach = Bounded(limit)
        self.access_lists = Bounded(limit)
        self.executed = Bounded(limit)
        self.missing: List[str] = []
        self.not_entered: List[str] = []
        self.counts = {"directories": 0, "files": 0, "links": 0, "special": 0, "vanished": 0}

    def difference(
        self,
        path: str,
        part: str,
        present: Attributes,
        requested: Attributes,
        found: Extended,
        replaced: bool,
        taken: bool,
    ) -> None:
        """An object is not as it should be (and will be, unless it is only looked at). replaced: it becomes a new file;
        taken: its access lists are removed."""
        item = {
            "path": shown(path),
            "before": self.names.text(present),
            "after": self.names.text(requested),
            "part": part,
            "access_list": bool(found.access_list or found.default_list),
            "lists_removed": kinds_of(found) if taken else [],
            "replaced": replaced,
            "context": found.context,
        }
        self.differences.add(item)
        if replaced and part in EXECUTED:
            self.executed.add(item)
        if path in self.watched:
            self.watched[path] = requested

    def refuse(self, path: str, reason: str) -> None:
        """An object was left alone."""
        self.refused.add({"path": shown(path), "reason": reason})

    def keeps_out(self, path: str, subject: Subject, present: Attributes, need: int, opened: bool) -> None:
        """The service cannot use an object now; `opened` tells whether it can after the run."""
        item = {
            "path": shown(path),
            "present": self.names.text(present),
            "reason": because(subject, present.mode, present.uid, present.gid, need),
            "repaired": opened,
        }
        self.out_of_reach.add(item)

    def has_list(self, path: str, found: Extended) -> None:
        """An object has an access list, or a default one for what is created in it."""
        self.access_lists.add({"path": shown(path), "kinds": kinds_of(found)})

    def diff(self) -> Dict[str, str]:
        """Before and after as text, a line for each difference in the list, and one for the rest."""
        rest = self.differences.total - len(self.differences.items)
        more = ["... and %d more\n" % rest] if rest else []
        lines = {
            key: "".join(["%s %s%s\n" % (item["path"], item[key], of(item)) for item in self.differences.items] + more)
            for key, of in (("before", _lists), ("after", _without))
        }
        return dict(lines, before_header="owner, group and mode", after_header="owner, group and mode")
