# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scopes of a configuration that sign, with the keys that they name. Nothing is read but where links lead.

Pages *opendkim* and *dkim* of 3.x: `key` is a path in which %{d} is the responsible domain and %{s} the selector; `dkim_domain` scopes
override the stanza, and `base_domain` there is the domain that signs. Page *domainkeys*: dk_sign names keys likewise.
"""

import os
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..ecconf.effective import Effective, Setting
from ..ecconf.paths import Path, format_path
from ..errors import PlanError

# The first two sign by DKIM; which of them a release has, its configuration shows.
SIGNING = ("opendkim", "dkim_sign")
NAMING = SIGNING + ("dk_sign",)
INNER = ("dkim_domain", "dk_domain")
_DOMAIN, _SELECTOR = "%{d}", "%{s}"


class Signer(NamedTuple):
    """A scope that signs. domain: the one in the signature, as it is written; '' for a stanza, which signs for any. selector: '' for none. key: the option that
    names its key, None for none. digest: '' for the default."""

    path: Path
    domain: str
    selector: str
    key: Optional[Setting]
    digest: str

    @property
    def file(self) -> str:
        """The path of its key, '' where that is not known without a message."""
        if self.key is None or not self.domain or not self.selector:
            return ""
        return expanded(str(self.key.value), self.domain, self.selector)

    @property
    def instance(self) -> str:
        """The domain of whose mail the scope is, as it is written; '' for a stanza."""
        return self.path[-1][1] or "" if len(self.path) > 1 else ""

    @property
    def is_of_domain(self) -> bool:
        """Whether each domain has a key of its own."""
        return self.key is not None and _DOMAIN in str(self.key.value)

    @property
    def pattern(self) -> str:
        """The path of its key with `*` for what only a message decides; '' without a key."""
        return "" if self.key is None else expanded(str(self.key.value), self.domain or "*", self.selector or "*")


def expanded(key: str, domain: str, selector: str) -> str:
    """Return the path that an option `key` amounts to."""
    return key.replace(_DOMAIN, domain).replace(_SELECTOR, selector)


def is_same_file(one: str, other: str) -> bool:
    """Whether two paths lead to one file."""
    return os.path.normpath(one) == os.path.normpath(other) or os.path.realpath(one) == os.path.realpath(other)


def signing(found: Sequence[Signer], stanza: Optional[Signer], domain: str) -> List[str]:
    """Return the selectors with which a domain signs in a stanza: those of its scopes, else that of the stanza, which signs for any."""
    if stanza is None:
        return []
    scopes = of_domain(found, stanza, domain) or [
        one for one in found if one.path == stanza.path and one.key is not None
    ]
    return list(dict.fromkeys(one.selector for one in scopes if one.selector))


def signers(effective: Effective) -> List[Signer]:
    """Return all scopes that sign, stanzas before the domains in them."""
    return [one for name in NAMING for path in effective.scopes(name) for one in _of_stanza(effective, path)]


def _of_stanza(effective: Effective, stanza: Path) -> Iterator[Signer]:
    for path in effective.within(stanza):
        inner = path[-1] if path != stanza else None
        if inner is not None and inner[0].lower() not in INNER:
            continue
        options = [_innermost(effective, (path, stanza), name) for name in ("selector", "key", "digest")]
        base = effective.get(path, "base_domain") if inner else None
        domain = "" if inner is None else str(base.value) if base is not None else inner[1] or ""
        yield Signer(path, domain, _text(options[0]), options[1], _text(options[2]).lower())


def _innermost(effective: Effective, paths: Tuple[Path, Path], name: str) -> Optional[Setting]:
    return next((found for found in (effective.get(path, name) for path in paths) if found is not None), None)


def _text(setting: Optional[Setting]) -> str:
    return "" if setting is None else str(setting.value)


def stanza_of(found: List[Signer], instance: str) -> Optional[Signer]:
    """Return the stanza that signs by DKIM; None where there is none. instance: its name, '' for the only one. Raises PlanError."""
    stanzas = [one for one in found if len(one.path) == 1 and one.path[0][0].lower() in SIGNING]
    if instance:
        named = [one for one in stanzas if one.path[0][1] == instance]
        if not named and stanzas:
            raise PlanError(
                "stanza %r: the configuration has no opendkim of that name, but %s; name one of them"
                % (instance, ", ".join(format_path(one.path) for one in stanzas))
            )
        stanzas = named
    if len(stanzas) > 1:
        raise PlanError(
            "several stanzas sign (%s); name one with the option 'stanza' (roles: momentum_dkim_stanza)"
            % ", ".join(format_path(one.path) for one in stanzas)
        )
    return stanzas[0] if stanzas else None


def of_domain(found: Sequence[Signer], stanza: Optional[Signer], domain: str) -> List[Signer]:
    """Return the scopes of a stanza that sign as a domain."""
    return [
        one for one in found if stanza is not None and one.path[:-1] == stanza.path and one.domain.lower() == domain
    ]


def documented(prefix: str, domain: str, selector: str) -> str:
    """Return the documented path of a key (page *using-dkim*)."""
    return os.path.join(prefix, "etc", "conf", "dkim", domain, "%s.key" % selector)


def place(
    found: List[Signer], stanza: Optional[Signer], prefix: str, domain: str, selector: str
) -> Tuple[str, Optional[Setting]]:
    """Return the path of the key of a selector, and the option that names it; None for the documented path.

    A `key` without %{s} is one file, so only for the selector that is in force with it; the documented path is the next one's."""
    candidates = of_domain(found, stanza, domain)
    for one in candidates:
        if one.selector == selector and one.file:
            return one.file, one.key
    for one in candidates + ([stanza] if stanza is not None else []):
        if one.key is not None and _SELECTOR in str(one.key.value):
            return expanded(str(one.key.value), one.domain or domain, selector), one.key
    return documented(prefix, domain, selector), None
