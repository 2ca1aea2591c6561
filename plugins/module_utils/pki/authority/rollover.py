# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of an authority's roots: one signs, the next is announced before it does, old ones are trusted until what they
signed has expired.

Nothing is read or written here, and the clock is the caller's.
"""

from datetime import datetime, timedelta, timezone
from typing import Callable, List, NamedTuple, Optional, Tuple

from ..errors import CertificateError
from ..x509 import certificates, constraints, judge, requests
from ..x509 import pem as pems
from ..x509.certificates import Facts
from . import root as authority
from .root import DesiredAuthority

KEPT, CREATED, ANNOUNCED, SWITCHED, TIDIED = "kept", "created", "announced", "switched", "tidied"
_UNTIL = b"# signed until "
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class Root(NamedTuple):
    """A root with its key (PEM, b'' for one that signs no more). until: when it stopped signing (aware), None if unknown."""

    facts: Facts
    key: bytes = b""
    until: Optional[datetime] = None


class Roots(NamedTuple):
    """All roots of an authority: the one that signs, the one announced, and old ones, the newest first."""

    current: Optional[Root]
    following: Optional[Root]
    previous: Tuple[Root, ...]

    def all(self) -> List[Root]:
        """In the order of the bundle: the one that signs, the announced one, old ones."""
        return [root for root in (self.current, self.following) if root is not None] + list(self.previous)


class Decision(NamedTuple):
    """What happens, in one word of this file, and why. makes: whether a new root is needed. switches: whether the
    announced (or new) one begins to sign. keeps: the old roots that stay."""

    state: str
    reason: str
    makes: bool
    switches: bool
    keeps: Tuple[Root, ...]


def decide(roots: Roots, desired: DesiredAuthority, now: datetime, renew: bool = False) -> Decision:
    """What is to be done at `now` (aware). renew: begin with the next root, unless one is announced already.

    Raises CertificateError for the files of another authority.
    """
    _refuse_foreign(roots, desired.name)
    keeps = tuple(root for root in roots.previous if _is_needed(root, desired, now))
    if roots.current is None:
        return Decision(CREATED, "there is no authority yet", True, False, keeps)
    ends = roots.current.facts.not_after
    following = roots.following
    outdated = _outdated(following.facts, desired, now) if following else None
    if following is not None and outdated is None:
        return _announced(following, ends, desired, now, roots, keeps)
    reason = outdated or _reason(roots.current.facts, desired, now, renew)
    if reason is not None:
        at_once = desired.announce_days == 0 or now >= ends
        return Decision(SWITCHED if at_once else ANNOUNCED, reason, True, at_once, keeps)
    return _idle(roots, keeps)


def carry_out(
    roots: Roots, decision: Decision, make: Callable[[int], Root], desired: DesiredAuthority, now: datetime
) -> Roots:
    """The roots after a decision. make: a new root of a generation."""
    following = make(_next_generation(roots, desired.name)) if decision.makes else roots.following
    if roots.current is None:
        return Roots(following, None, decision.keeps)
    if not decision.switches:
        return Roots(roots.current, following, decision.keeps)
    stopped = roots.current._replace(key=b"", until=now.replace(microsecond=0))
    keeps = (stopped,) if now <= stopped.facts.not_after else ()
    return Roots(following, None, keeps + decision.keeps)


def bundle(roots: Roots) -> bytes:
    """What clients have to trust, PEM: for TLS_CA and TLS_Client_CA."""
    return b"".join(root.facts.pem for root in roots.all())


def write_previous(previous: Tuple[Root, ...]) -> bytes:
    """The file of old roots: each with the moment when it stopped signing."""
    return b"".join(_remark(root) + root.facts.pem for root in previous)


def read_previous(data: bytes, where: str) -> Tuple[Root, ...]:
    """The old roots of such a file. Raises CertificateError."""
    if not data.strip():
        return ()
    known = certificates.read_all(data, where, alone=True)
    lines, begun, found = data.split(b"\n"), 0, []  # type: List[bytes], int, List[Root]
    for facts, block in zip(known, pems.blocks(data)):
        remarks = [line[len(_UNTIL) :].strip() for line in lines[begun : block.line] if line.startswith(_UNTIL)]
        found.append(Root(facts, b"", _moment(remarks[-1], where) if remarks else None))
        begun = block.line
    return tuple(found)


def _announced(
    following: Root, ends: datetime, desired: DesiredAuthority, now: datetime, roots: Roots, keeps: Tuple[Root, ...]
) -> Decision:
    due = following.facts.not_before + timedelta(days=desired.announce_days)
    if now >= min(due, ends):
        return Decision(SWITCHED, "the next root was announced since %s" % _day(following), False, True, keeps)
    return _idle(roots, keeps)


def _idle(roots: Roots, keeps: Tuple[Root, ...]) -> Decision:
    if keeps != roots.previous:
        return Decision(TIDIED, "what an old root signed has expired", False, False, keeps)
    return Decision(KEPT, "", False, False, keeps)


def _reason(facts: Facts, desired: DesiredAuthority, now: datetime, renew: bool) -> Optional[str]:
    return _outdated(facts, desired, now) or ("a new root is forced" if renew else None)


def _outdated(facts: Facts, desired: DesiredAuthority, now: datetime) -> Optional[str]:
    """Why a root is not what is requested any more."""
    weak = judge.weaknesses(facts)
    if weak:
        return weak[0]
    if facts.kind != desired.kind:
        return "the key is %s, %s is requested" % (facts.kind, desired.kind)
    certificate = certificates.load(facts.pem)
    permitted = constraints.permitted_by(certificate)
    if permitted != desired.permitted:
        return "it may sign for %s, requested is %s" % (
            ", ".join(permitted) or "any name",
            ", ".join(desired.permitted),
        )
    if not constraints.are_whole(certificate) or facts.usages != requests.USAGES:
        return "it may sign for kinds of names, or for usages, that no certificate of a service needs"
    return facts.renewal_reason(now, desired.renew_at)


def _is_needed(root: Root, desired: DesiredAuthority, now: datetime) -> bool:
    """Whether something that an old root signed may still be valid."""
    return now <= trusted_until(root, desired.leaf_days)


def trusted_until(root: Root, leaf_days: int) -> datetime:
    """When nothing that an old root signed can be valid any more; the root's own end at the latest."""
    end, leaf = root.facts.not_after, timedelta(days=leaf_days)
    # Compared without a sum, which may be beyond the year 9999, where a root without an end is.
    return end if root.until is None or end - root.until <= leaf else root.until + leaf


def _refuse_foreign(roots: Roots, name: str) -> None:
    for root in (roots.current, roots.following):
        if root is not None and authority.generation_of(root.facts, name) is None:
            raise CertificateError(
                "the files belong to the authority %s, name is %r; use other files for another authority"
                % (root.facts.subject, name)
            )


def _next_generation(roots: Roots, name: str) -> int:
    return max([authority.generation_of(root.facts, name) or 0 for root in roots.all()] + [0]) + 1


def _remark(root: Root) -> bytes:
    return _UNTIL + root.until.strftime(_MOMENT).encode("ascii") + b"\n" if root.until is not None else b""


def _moment(text: bytes, where: str) -> datetime:
    try:
        return datetime.strptime(text.decode("ascii", "replace"), _MOMENT).replace(tzinfo=timezone.utc)
    except ValueError:
        raise CertificateError("%s: %r is no moment such as 2026-11-21T10:00:00Z" % (where, text))


def _day(root: Root) -> str:
    return root.facts.not_before.strftime("%Y-%m-%d")
