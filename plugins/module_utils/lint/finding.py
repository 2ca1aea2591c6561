# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the rules find, and what they look at."""

from typing import Dict, List, NamedTuple, Optional, Tuple

from ..catalog import catalog
from ..ecconf.effective import Effective, Setting
from ..ecconf.loader import Configuration
from ..ecconf.paths import Path, format_path

FATAL, WARNING, INFO = "fatal", "warning", "info"
SEVERITIES = (FATAL, WARNING, INFO)

Version = Tuple[int, ...]


class Finding(NamedTuple):
    """One finding: the rule's name, how bad it is, where it is, what it is, what to do, and the page that says so."""

    rule: str
    severity: str
    option: str
    scope: str
    file: str
    line: int
    message: str
    advice: str
    source: str


class Verdict(NamedTuple):
    """A finding that has not been given its place yet."""

    rule: str
    severity: str
    message: str
    advice: str
    source: str


class Release:
    """The version that names are judged for; look-ups in the catalog are done once. `version` is None where nobody knows it."""

    def __init__(self, version: Optional[str]) -> None:
        """Raises ValueError for a version that does not begin with a number."""
        self.version = version
        self.target = None if version is None else catalog.parse_version(version)
        self._entries: Dict[Tuple[str, str], Optional[catalog.Entry]] = {}
        self._named: Dict[str, List[catalog.Entry]] = {}

    def entry(self, name: str, scope: str) -> Optional[catalog.Entry]:
        """The catalog's entry of an option in a scope, both in lower case."""
        key = (name, scope)
        if key not in self._entries:
            self._entries[key] = catalog.lookup(name, scope)
        return self._entries[key]

    def named(self, name: str) -> List[catalog.Entry]:
        """All entries of a name in lower case."""
        if name not in self._named:
            self._named[name] = catalog.entries(name)
        return self._named[name]


class Subject(Release):
    """A configuration and the versions between which it is judged.

    `target` is the version that is to read the configuration, `origin` the one that it was written for (None: unknown).
    """

    target: Version

    def __init__(
        self, configuration: Configuration, effective: Effective, target: str, origin: Optional[str] = None
    ) -> None:
        """Raises ValueError for a version that does not begin with a number."""
        super().__init__(target)
        self.configuration = configuration
        self.effective = effective
        self.origin = None if origin is None else catalog.parse_version(origin)

    def crosses(self, change: str) -> bool:
        """Whether the way from the one version to the other passes a release; True where it could."""
        release = catalog.parse_version(change)
        return self.target >= release and (self.origin is None or self.origin < release)


def innermost(path: Path) -> str:
    """The lower-case name of the scope that a path ends in; 'global' at the top."""
    return path[-1][0].lower() if path else "global"


def at_setting(verdict: Verdict, setting: Setting) -> Finding:
    """A finding at an assignment."""
    return _at(verdict, setting.name, setting.path, setting.file, setting.line)


def at_scope(verdict: Verdict, subject: Subject, path: Path) -> Finding:
    """A finding at the first opening of a scope; the global scope opens with the main file."""
    opened = subject.effective.where(path) if path else [(subject.configuration.main, 1)]
    file, line = opened[0]
    return _at(verdict, "", path, file, line)


def _at(verdict: Verdict, option: str, path: Path, file: str, line: int) -> Finding:
    return Finding(
        verdict.rule,
        verdict.severity,
        option,
        format_path(path),
        file,
        line,
        verdict.message,
        verdict.advice,
        verdict.source,
    )
