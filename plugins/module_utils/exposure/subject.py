# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the rules look at, and what they find."""

import json
from typing import Any, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..catalog import catalog
from ..console_access.listens import is_loopback
from ..ecconf.effective import Effective, Setting
from ..ecconf.paths import Path, format_path
from ..ecconf.syntax.atoms import parse_bool, quote
from ..security.requirements import is_on
from . import networks
from .rules import BY_NAME, OPEN


class Proxy(NamedTuple):
    """The configuration of a web server that is the proxy of the API. text: None where it cannot be read; reason: why. page: of the manuals.
    is_open: whether that page says that it lets everybody in as it is installed."""

    path: str
    text: Optional[str]
    reason: str = ""
    page: str = "4/auth"
    is_open: bool = False


class ServiceFile(NamedTuple):
    """A file of a service beside the daemon. kind: see rules.FILES. text: None where it cannot be read; reason: why. mode: its permission bits.
    beside: paths that say what it does not."""

    kind: str
    path: str
    text: Optional[str]
    mode: int = 0
    reason: str = ""
    beside: Sequence[str] = ()


class Finding(NamedTuple):
    """What is open, or what is not known. scope, option, value: what is in force; value is the whole one, which may be a secret. default: whether nothing
    sets it, so that it is the version's default. remedy: with the exact entry of momentum_settings where one helps."""

    name: str
    status: str
    scope: Path
    option: str
    value: Any
    default: bool
    file: str
    line: int
    because: str
    page: str
    remedy: str


class Subject:
    """A configuration and the release that reads it. version: None where it is not known, so that every rule applies. proxies: those that the
    node has. services: files of Webhooks and RabbitMQ."""

    def __init__(
        self,
        effective: Effective,
        main: str,
        version: Optional[str],
        proxies: Sequence[Proxy] = (),
        secret_options: FrozenSet[str] = frozenset(),
        services: Sequence[ServiceFile] = (),
    ) -> None:
        self.effective = effective
        self.main = main
        self.version = version
        self.proxies = proxies
        self.secret_options = secret_options
        self.services = services
        self._peers: Optional[Dict[Path, List[Path]]] = None
        self._divided: Dict[Tuple[Path, int], List[networks.Piece]] = {}

    def applies(self, name: str) -> bool:
        """Whether a rule is about something that the version has."""
        rule = BY_NAME[name]
        if not self.version:
            return True
        if rule.since and catalog.parse_version(self.version) < catalog.parse_version(rule.since):
            return False
        entry = catalog.lookup(rule.option, rule.scope) if rule.option else None
        return entry is None or catalog.available(entry, self.version) is not False

    def in_force(self, path: Path, option: str) -> Optional[Setting]:
        """Return the assignment in force for a scope, without those that Momentum ignores; None for the default."""
        return next((one for one in self.effective.candidates(path, option) if _is_recognised(one)), None)

    def peers(self, path: Path) -> List[Path]:
        """Return the Peer scopes that are directly in a scope, in load order."""
        if self._peers is None:
            self._peers = {}
            for one in self.effective.scopes("peer"):
                self._peers.setdefault(one[:-1], []).append(one)
        return self._peers.get(path, [])

    def divided(self, path: Path, family: int) -> List[networks.Piece]:
        """Return all addresses of a family by the Peer directly in a scope that clients with them belong to."""
        key = (path, family)
        if key not in self._divided:
            known = [(peer, networks.network(peer[-1][1] or "")) for peer in self.peers(path)]
            pieces = [networks.Piece(one.first, one.last, peer) for peer, one in known if one and one.family == family]
            self._divided[key] = networks.divided(pieces, family)
        return self._divided[key]

    def entrances(self, kind: str) -> List[Path]:
        """Return the places of a kind of listener that programs beyond the host reach, in load order: every Listen that is on and bound neither to the loopback
        nor to a socket of the file system, and a listener without any."""
        listens = [path for path in self.effective.scopes("listen") if len(path) == 2 and path[0][0].lower() == kind]
        served = {path[:1] for path in listens}
        alone = [path for path in self.effective.scopes(kind) if len(path) == 1 and path not in served]
        found = [path for path in listens if is_beyond_host(path[-1][1] or "")] + alone
        return [path for path in found if is_on(self.effective, path)]

    def where(self, path: Path) -> Tuple[str, int]:
        """Return file and line of the last opening of a scope; those of the main file where no file opens it."""
        opened = self.effective.where(path) if path else []
        return opened[-1] if opened else (self.main, 1)

    def at(self, name: str, setting: Optional[Setting], path: Path, option: str, default: Any, **words: str) -> Finding:
        """Return a finding at an assignment, or at the scope `path` where the default of an option is in force."""
        words.setdefault("page", BY_NAME[name].page)
        if setting is None:
            file, line = self.where(path)
            return Finding(name, OPEN, path, option, default, bool(option), file, line, **words)
        return Finding(
            name, OPEN, setting.path, setting.name, setting.value, False, setting.file, setting.line, **words
        )


def _is_recognised(setting: Setting) -> bool:
    return catalog.recognised(setting.name, setting.path[-1][0] if setting.path else "global")


def is_beyond_host(address: str) -> bool:
    """Whether programs beyond the host reach an address of a Listen, of SNMP or the like."""
    return not address.startswith("/") and not is_loopback(address) and not is_loopback(address.strip("[]") + ":0")


def truth(setting: Optional[Setting]) -> bool:
    """Whether a boolean is set, and true."""
    return setting is not None and parse_bool(str(setting.value)) is True


def words_of(value: Any) -> List[str]:
    """Return the elements of a list, whether it is written as one or as a text with blanks."""
    items = value if isinstance(value, (list, tuple)) else str(value).replace(",", " ").split()
    return [str(item) for item in items]


def entry(path: Path, option: str, value: Any = None, state: str = "") -> str:
    """Return an entry of momentum_settings as it is written in YAML."""
    scope = [name if instance is None else "%s %s" % (name, quote(instance)) for name, instance in path]
    parts = ["scope: %s" % json.dumps(scope)] if scope else []
    parts += ["option: %s" % option] if option else []
    parts += ["value: %s" % json.dumps(value)] if value is not None else []
    return "{%s}" % ", ".join(parts + (["state: %s" % state] if state else []))


def settings(*entries: str) -> str:
    """Return the variable with its entries; module users give them to `settings` of msys.momentum.config."""
    return "momentum_settings: [%s]" % ", ".join(entries)


def places(paths: List[Path]) -> str:
    """Return the first of some scopes in words, and how many more there are."""
    return format_path(paths[0]) + (" and %d more" % (len(paths) - 1) if len(paths) > 1 else "")


Findings = Iterator[Finding]
