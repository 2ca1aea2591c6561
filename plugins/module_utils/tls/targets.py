# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From an entry of a task to the scopes of a configuration that it is about.

A target names one scope, or bindings by name or pattern; a name that matches nothing is an error, not a new binding.
"""

import fnmatch
import re
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from ..ecconf import fallback
from ..ecconf.effective import Effective
from ..ecconf.paths import Path, format_path, parse_path
from ..errors import MomentumError
from . import options
from .complaints import Complaint

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(r"%s(?:\.%s)*\Z" % (_LABEL, _LABEL))
_ADDRESS = re.compile(r"\[IPv6:[0-9A-Fa-f:.]+\]\Z", re.I)
DOMAINS = (
    "name the domain of recipients as the DNS has it, such as partner.example, without a dot at its end and an international one as xn--...; "
    "for several at once a regular expression (page 4/config/ref-domain), such as /[.]partner[.]example$/"
)
AUTO, REQUIRED, UNMANAGED = "auto", "required", "unmanaged"


class Target(NamedTuple):
    """One entry of a task, with the scopes it stands for.

    `explicit` are the options it names by their keys in the task; an empty text asks that the option be absent. `offer` says whether
    clients shall be able to begin TLS: auto, required or unmanaged.
    """

    paths: Tuple[Path, ...]
    explicit: Dict[str, Any]
    profile: Optional[str] = None
    post_quantum: bool = True
    allow: FrozenSet[str] = frozenset()
    offer: str = AUTO


def fold(path: Path) -> Path:
    """A path in the form in which two spellings of one scope are equal: names of scopes in lower case."""
    return tuple((name.lower(), instance) for name, instance in path)


def is_domain(text: str) -> bool:
    """Whether a `Domain` of that name has recipients (page *ref-domain*): a name as in the DNS, an address, or a regular expression."""
    is_expression = len(text) > 2 and text.startswith("/") and text.endswith("/")
    return is_expression or bool(_NAME.match(text) or _ADDRESS.match(text))


class Domains:
    """The domains of a configuration as it spells them: to the DNS letters are the same in either case, and another spelling is another scope."""

    def __init__(self, effective: Effective) -> None:
        self._there: Dict[Tuple[Path, str], Path] = {}
        for path in effective.scopes("domain"):
            self._there.setdefault((fold(path[:-1]), (path[-1][1] or "").lower()), path)

    def path(self, around: Path, domain: str) -> Path:
        """Return the path of a domain in a scope."""
        return self._there.get((fold(around), domain.lower()), around + (("Domain", domain),))


def read(entries: Sequence[Dict[str, Any]], effective: Effective) -> Tuple[List[Target], List[Complaint]]:
    """Read all entries; what cannot be read comes back as complaints beside the rest."""
    found: List[Target] = []
    complaints: List[Complaint] = []
    bindings = _Bindings(effective)
    for entry in entries:
        try:
            found.append(_target(entry, bindings))
        except _BadScopeError as error:
            complaints.extend(error.complaints)
    return found, complaints


class _Bindings:
    """The bindings of a configuration by name."""

    def __init__(self, effective: Effective) -> None:
        self.paths = list(effective.scopes("binding"))
        self.domains = Domains(effective)
        self._named: Dict[str, List[int]] = {}
        for index, path in enumerate(self.paths):
            self._named.setdefault(path[-1][1] or "", []).append(index)

    def matching(self, pattern: str) -> List[int]:
        """The numbers of the bindings that a name or pattern stands for."""
        found = list(self._named.get(pattern, ()))
        if any(sign in pattern for sign in "*?["):
            names = (name for name in self._named if name != pattern and fnmatch.fnmatchcase(name, pattern))
            found += [index for name in names for index in self._named[name]]
        return found

    def names(self) -> List[str]:
        """All names in alphabetical order."""
        return sorted(self._named)


class _BadScopeError(MomentumError):
    def __init__(self, complaints: List[Complaint]) -> None:
        super().__init__("a scope that cannot be used")
        self.complaints = complaints


def _target(entry: Dict[str, Any], bindings: _Bindings) -> Target:
    if entry.get("bindings") is None:
        paths: Tuple[Path, ...] = (_of_scope(entry.get("scope") or []),)
    else:  # an empty list stands for no scope at all, never for the global one
        paths = _of_bindings(entry, bindings)
    return Target(
        paths,
        {key: entry[key] for key in options.BY_KEY if entry.get(key) is not None},
        entry.get("profile") or None,
        bool(entry.get("post_quantum", True)),
        frozenset(entry.get("allow") or ()),
        entry.get("offer") or AUTO,
    )


def _of_scope(elements: Sequence[str]) -> Path:
    """The path of a scope that takes options of TLS."""
    try:
        path = parse_path(elements)
    except ValueError as error:
        raise _bad(" > ".join(elements), "cannot be read: %s" % error, 'write it as in the file, such as Listen ":25"')
    name = options.scope_of(path)
    if name == "pathway_group":
        # page 4/config/ref-pathway-group: ecelerity does not see options of a listener that are there
        raise _bad(format_path(path), "Momentum ignores TLS options in a pathway_group", "target its pathways instead")
    if name not in options.all_scopes():
        known = ", ".join(sorted(options.all_scopes()))
        raise _bad(format_path(path), "no scope that takes TLS options", "use one of: %s" % known)
    if fallback.direction(path) is None:
        advice = "name it from the outside in: Listen and Peer inside a listener, Domain inside a Binding"
        raise _bad(format_path(path), "the scopes do not stand inside each other like this", advice)
    return path


def _of_bindings(entry: Dict[str, Any], bindings: _Bindings) -> Tuple[Path, ...]:
    """The paths of all bindings that names or patterns match, in the order of the configuration."""
    domain = entry.get("domain") or ""
    if domain and not is_domain(domain):
        raise _BadScopeError([Complaint("", 'Domain "%s"' % domain, "domain", domain, "is no domain", DOMAINS)])
    matching = {name: bindings.matching(name) for name in entry["bindings"]}
    unmatched = [name for name in entry["bindings"] if not matching[name]]
    if unmatched:
        advice = "the bindings are: %s" % (", ".join(bindings.names()) or "none")
        raise _BadScopeError(
            [Complaint("", 'Binding "%s"' % name, "bindings", name, "matches no binding", advice) for name in unmatched]
        )
    chosen = sorted({index for found in matching.values() for index in found})
    paths = [bindings.paths[index] for index in chosen]
    return tuple(bindings.domains.path(path, domain) if domain else path for path in paths)


def _bad(scope: str, reason: str, remedy: str) -> _BadScopeError:
    return _BadScopeError([Complaint("", scope, "scope", "", reason, remedy)])
