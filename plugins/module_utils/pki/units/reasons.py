# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a unit needs a new certificate, and why: a table of reasons, the first that holds counts."""

from datetime import datetime
from typing import Callable, List, NamedTuple, Optional, Tuple

from ..certain import certain
from ..x509 import judge, names
from ..x509.requests import LONGEST_COMMON_NAME, DesiredCertificate
from .current import CurrentPair
from .unit import ASKING, Unit

CREATED, RENEWED, REPLACED, KEPT, REQUESTED = "created", "renewed", "replaced", "kept", "requested"


class Case(NamedTuple):
    """All that a reason may look at. now: aware."""

    unit: Unit
    found: CurrentPair
    desired: DesiredCertificate
    now: datetime


class Reason(NamedTuple):
    """What the outcome is called, and why, in a few words."""

    state: str
    words: str


def desired_for(unit: Unit, found: CurrentPair, nodename: str) -> DesiredCertificate:
    """What the certificate shall say. What the task leaves out is taken from the present certificate: its names, its
    common name. Without one the node's own name is used."""
    leaf = found.leaf
    # Authorities sign for other kinds of names only where the task lists them.
    kinds = ("DNS:", "IP:") if unit.source in ASKING else ("DNS:", "IP:", "email:", "URI:")
    present = tuple(name for name in leaf.names if name.startswith(kinds)) if leaf is not None else ()
    requested = unit.names or present or names.canonicals([unit.common_name or nodename])
    if unit.common_name and names.is_host(unit.common_name) and not unit.names:
        requested = tuple(dict.fromkeys(requested + names.canonicals([unit.common_name])))
    return DesiredCertificate(unit.common_name or _common_name(unit, found, requested), requested, unit.usages)


def _common_name(unit: Unit, found: CurrentPair, requested: Tuple[str, ...]) -> str:
    """The present common name where it still fits, else the first of the names."""
    present = found.leaf.common_name if found.leaf is not None else ""
    if present and (names.covers(requested, present) if names.is_host(present) else unit.source not in ASKING):
        return present
    hosts = (name.partition(":")[2] for name in requested if name.startswith(("DNS:", "IP:")))
    return next((host for host in hosts if len(host) <= LONGEST_COMMON_NAME), "")


def why(case: Case) -> Optional[Reason]:
    """The reason for a new certificate, None where the present one may stay."""
    for state, reason in _REASONS:
        words = reason(case)
        if words:
            return Reason(state, words)
    return None


def _missing(case: Case) -> Optional[str]:
    if case.found.leaf is None:
        return "there is no certificate yet"
    return "there is no key yet" if case.found.key is None else None


def _forced(case: Case) -> Optional[str]:
    return "a new key and certificate are forced" if case.unit.rekey else None


def _misfit(case: Case) -> Optional[str]:
    return None if case.found.is_pair else "key and certificate do not belong together"


def _weak(case: Case) -> Optional[str]:
    found = judge.weaknesses(case.found.leaf) if case.found.leaf is not None else []
    return found[0] if found else None


def _kind(case: Case) -> Optional[str]:
    requested, present = case.unit.key_type, case.found.kind
    return "the key is %s, %s is requested" % (present, requested) if requested and requested != present else None


def _names(case: Case) -> Optional[str]:
    leaf = certain(case.found.leaf)
    if leaf.names == case.desired.names:
        return None
    absent = names.missing(leaf.names, case.desired.names)
    if absent:
        return "it does not name %s" % ", ".join(absent)
    # An authority elsewhere may add names of its own.
    surplus = [name for name in leaf.names if name not in case.desired.names and not name.startswith("other:")]
    if surplus and case.unit.source != "external":
        return "it names %s, which is not requested" % ", ".join(surplus)
    return None


def _subject(case: Case) -> Optional[str]:
    leaf, requested = certain(case.found.leaf), case.unit.common_name
    if not requested or requested == leaf.common_name or case.unit.source == "external":
        return None
    return "its common name is %r, %r is requested" % (leaf.common_name, requested)


def _usages(case: Case) -> Optional[str]:
    leaf = certain(case.found.leaf)
    lacking = [usage for usage in case.desired.usages if not leaf.serves(usage)]
    return "it lacks the extended key usage %s" % ", ".join(usage + "Auth" for usage in lacking) if lacking else None


def _issuer(case: Case) -> Optional[str]:
    leaf, unit = certain(case.found.leaf), case.unit
    if unit.source != "self_signed" and leaf.self_signed:
        return "it is self-signed, one of an authority is requested"
    if unit.issuer_key and leaf.authority_key != unit.issuer_key:
        return "it was signed by another key of the authority"
    return None


def _due(case: Case) -> Optional[str]:
    leaf = certain(case.found.leaf)
    return leaf.renewal_reason(case.now, case.unit.renew_at)


_REASONS: List[Tuple[str, Callable[[Case], Optional[str]]]] = [
    (CREATED, _missing),
    (RENEWED, _forced),
    (REPLACED, _misfit),
    (REPLACED, _weak),
    (REPLACED, _kind),
    (REPLACED, _names),
    (REPLACED, _subject),
    (REPLACED, _usages),
    (REPLACED, _issuer),
    (RENEWED, _due),
]
