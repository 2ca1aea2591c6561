# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What speaks against a certificate for a service, in sentences. An empty list is the only good answer."""

import re
from datetime import datetime
from typing import Any, List, Optional, Sequence

from . import chain as chains
from . import keys, names
from .certificates import Facts
from .requests import DesiredCertificate

WEAK_SIGNATURES = frozenset(["md2", "md4", "md5", "sha1", "sha224"])
_EXPIRED, _FUTURE = " expired on ", " is not yet valid, it begins on "
_VALIDITY = re.compile(r"(?:%s|%s)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\Z" % (_EXPIRED, _FUTURE))


def problems(
    facts: Facts, key: Optional[Any], chain: Sequence[Facts], desired: Optional[DesiredCertificate], now: datetime
) -> List[str]:
    """Judge a certificate with its key, its chain (from its issuer on) and what is requested of it, each where given."""
    found = validity(facts, now) + weaknesses(facts)
    if key is not None and keys.public_digest(key) != facts.public_digest:
        found.append("the certificate is for another key")
    found += lapsed(chain, now)
    for link in chain:
        found += ["in the chain: " + words for words in weaknesses(link)]
    found += chains.problems(facts, chain)
    return found + (unmet(facts, desired) if desired is not None else [])


def lapsed(chain: Sequence[Facts], now: datetime) -> List[str]:
    """Which certificates of a chain have expired or are not valid yet."""
    return ["in the chain: " + words for link in chain for words in validity(link, now)]


def validity(facts: Facts, now: datetime) -> List[str]:
    """Whether it has expired or is not valid yet."""
    if now > facts.not_after:
        return ["%s%s%s" % (_name(facts), _EXPIRED, _day(facts.not_after))]
    if now < facts.not_before:
        return ["%s%s%s" % (_name(facts), _FUTURE, _day(facts.not_before))]
    return []


def is_of_validity(words: str) -> bool:
    """Tell whether a sentence is one of `validity` or `lapsed`."""
    return _VALIDITY.search(words) is not None


def weaknesses(facts: Facts) -> List[str]:
    """Whether key or signature are too weak; the signature of a self-signed certificate proves nothing anyway."""
    found: List[str] = []
    if keys.is_weak(facts.kind, facts.bits):
        found.append("%s has a weak key (%s); RSA needs 2048 bits, elliptic curves 256" % (_name(facts), facts.kind))
    if facts.signature_hash in WEAK_SIGNATURES and not facts.self_signed:
        found.append("%s has a weak signature (%s)" % (_name(facts), facts.signature_hash))
    return found


def unmet(facts: Facts, desired: DesiredCertificate) -> List[str]:
    """Which names and usages that are requested are not in it."""
    found: List[str] = []
    absent = names.missing(facts.names, desired.names)
    if absent:
        found.append("%s does not name %s" % (_name(facts), ", ".join(absent)))
    lacking = [usage for usage in desired.usages if not facts.serves(usage)]
    if lacking:
        found.append(
            "%s lacks the extended key usage %s" % (_name(facts), ", ".join(usage + "Auth" for usage in lacking))
        )
    return found


def _name(facts: Facts) -> str:
    return "the certificate %s" % (facts.subject or ", ".join(facts.names) or facts.serial)


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
