# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys that a task requests, judged before anything is read. Pure.

What signs with which kind is from pages *opendkim* (RSA, in PEM), *openarc* and *dkim2* (RSA and Ed25519, from 5.3 on).
"""

import re
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..catalog.catalog import parse_version
from ..errors import PlanError

DKIM, ARC, DKIM2 = "dkim", "arc", "dkim2"
ED25519 = "ed25519"
# From a protocol to the first release that has it. opendkim, or dkim_sign before it, is in every release.
SINCE = {ARC: "5.0", DKIM2: "5.3"}
PAGES = {DKIM: "opendkim", ARC: "openarc", DKIM2: "dkim2"}

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_SELECTOR = re.compile(r"%s(?:\.%s)*\Z" % (_LABEL, _LABEL))
_DOMAIN = re.compile(r"%s(?:\.%s)+\Z" % (_LABEL, _LABEL))
_LONGEST = 253  # RFC 1035, as text


class DesiredKey(NamedTuple):
    """A key. domain: in small letters. path: '' for where the configuration names it, else the documented place. content: the PEM text; '' to
    make a key. signs: whether the configuration is to sign with it. is_present: False removes it."""

    domain: str
    selector: str
    protocol: str = DKIM
    kind: str = "rsa-2048"
    path: str = ""
    content: str = ""
    signs: bool = False
    is_present: bool = True

    @property
    def name(self) -> str:
        """The name of its record, which is what errors call it."""
        return "%s._domainkey.%s" % (self.selector, self.domain)


def all_desired(entries: Sequence[Dict[str, Any]]) -> List[DesiredKey]:
    """Read the option `keys`. Raises PlanError for what cannot be."""
    found = [_desired("keys[%d]" % number, entry) for number, entry in enumerate(entries)]
    names: Dict[str, int] = {}
    signing: Dict[str, str] = {}
    for number, one in enumerate(found):
        if names.setdefault(one.name.lower(), number) != number:
            raise PlanError(
                "keys[%d]: %s is listed twice; a selector of a domain has one key, so keep one of both"
                % (number, one.name)
            )
        if one.signs and signing.setdefault(one.domain, one.selector) != one.selector:
            raise PlanError(
                "keys[%d]: %s signs with the selector %s already; set signs for one selector of a domain alone"
                % (number, one.domain, signing[one.domain])
            )
    return found


def _desired(where: str, entry: Dict[str, Any]) -> DesiredKey:
    domain, selector = entry["domain"].lower().rstrip("."), entry["selector"]
    if not _DOMAIN.match(domain):
        raise PlanError(
            "%s: domain %r is no domain; write it as in the DNS, such as example.com (an international one as xn--...)"
            % (where, entry["domain"])
        )
    if not _SELECTOR.match(selector):
        raise PlanError(
            "%s: selector %r is none; use letters, digits, hyphens and dots, such as s2026a" % (where, selector)
        )
    found = DesiredKey(
        domain,
        selector,
        entry["protocol"],
        entry["kind"],
        entry["path"] or "",
        entry["content"] or "",
        bool(entry["signs"]),
        entry["state"] == "present",
    )
    if len(found.name) > _LONGEST:
        raise PlanError("%s: %s has more than %d characters; use a shorter selector" % (where, found.name, _LONGEST))
    _refuse_contradictions(where, found)
    return found


def _refuse_contradictions(where: str, one: DesiredKey) -> None:
    if one.signs and not one.is_present:
        raise PlanError("%s: %s cannot sign and be absent; have another selector sign first" % (where, one.name))
    if one.signs and one.protocol != DKIM:
        raise PlanError(
            "%s: no option selects the key of %s, the Lua policy does (page %s); leave signs out, and name selector and keyfile there"
            % (where, one.protocol, PAGES[one.protocol])
        )
    if one.content and not one.is_present:
        raise PlanError("%s: content is given for a key that is to be absent; take one of both out" % where)
    refuse_kind(where, one, one.kind)


def refuse_kind(where: str, one: DesiredKey, kind: str) -> None:
    """Raise PlanError for a kind of key with which a protocol does not sign."""
    if kind.startswith("rsa-") or kind == ED25519 and one.protocol == DKIM2:
        return
    raise PlanError(
        "%s: Momentum does not sign %s with a key of kind %s (page %s); use rsa-2048%s"
        % (
            where,
            one.protocol,
            kind,
            PAGES[one.protocol],
            ", or protocol dkim2 with ed25519" if kind == ED25519 else "",
        )
    )


def refuse_version(keys: Sequence[DesiredKey], version: Callable[[], Optional[str]]) -> None:
    """Raise PlanError for a protocol that the release does not have, and for Ed25519 where nobody knows the release. version: finds it out."""
    bounded = [one for one in keys if one.is_present and one.protocol in SINCE]
    known = version() if bounded else None
    for one in bounded:
        if known is None and one.kind == ED25519:
            raise PlanError(
                "%s: ed25519 signs since %s, and the version of Momentum is unknown; say it with the option 'version' (roles: "
                "momentum_version)" % (one.name, SINCE[one.protocol])
            )
        if known is not None and _number(known) < _number(SINCE[one.protocol]):
            raise PlanError(
                "%s: %s is in Momentum since %s (page %s), the node has %s; leave this key out"
                % (one.name, one.protocol, SINCE[one.protocol], PAGES[one.protocol], known)
            )


def _number(version: str) -> Tuple[int, ...]:
    try:
        return parse_version(version)
    except ValueError:
        raise PlanError("version %r is no version of Momentum; write it as numbers, such as 5.3.0" % version)
