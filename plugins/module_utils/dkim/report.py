# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task reports of keys that sign, in data and in sentences. Nothing of a private key is among it. Pure."""

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from ..pki.x509 import keys
from . import record as records
from .key import DEPLOYED, LEFT, MADE, REMOVED, REPLACED, PlannedKey
from .record import Record

NONE, SWITCHED, WAITING = "none", "switched", "waiting"
_PUBLISH = (records.ABSENT, records.DIFFERS)


class Published(NamedTuple):
    """What the DNS has of a key: one of the words of record.compare, unknown where nobody answers, or not_asked; the reason; whether it is marked as
    a test."""

    status: str = records.NOT_ASKED
    words: str = ""
    is_testing: bool = False


class Judged(NamedTuple):
    """A planned key with what the DNS has of it. switch: whether the configuration comes to sign with it, or waits for its record. signing: the
    selectors with which its domain signs afterwards. is_foretold: the key is yet to be made, by a run. is_used: whether something signed with it
    before the task."""

    plan: PlannedKey
    published: Published
    switch: str
    signing: Sequence[str]
    is_foretold: bool
    is_used: bool

    @property
    def record(self) -> Record:
        """Its record: without a value where nobody knows the key yet, and the one of a revoked key where it is removed."""
        name = self.plan.desired.name
        if not self.plan.desired.is_present:
            return records.revoked(name)
        return Record(name, "") if self.is_foretold else records.of_key(name, self.plan.key)

    def shown(self) -> Dict[str, Any]:
        """The entry of a result."""
        one, record = self.plan, self.record
        return {
            "domain": one.desired.domain,
            "selector": one.desired.selector,
            "protocol": one.desired.protocol,
            "path": one.path,
            "kind": keys.kind_of(one.key) if one.key is not None else "",
            "action": one.action,
            "signs": one.desired.selector in self.signing,
            "switch": self.switch,
            "published": self.published.status,
            "because": self.published.words,
            "disclosed": bool(one.found.readers),
            "record": {
                "name": record.name,
                "value": record.value,
                "strings": record.strings,
                "line": record.line if record.value else "",
            },
        }

    def sentences(self) -> List[str]:
        """What the operator has to do."""
        one, name, line = self.plan, self.plan.desired.name, self.record.line
        found = []
        if one.action == REMOVED:
            found.append(
                "%s: leave the record for a week, until no mail that was signed with it is under way; then publish %s, or remove it"
                % (name, line)
            )
        elif one.action == LEFT:
            found.append("%s: %s stays, because the configuration still signs with it" % (name, one.path))
        elif self.is_foretold:
            found.append("%s: a run makes the key and reports the record to publish" % name)
        elif one.desired.is_present and self._is_due():
            found.append("publish: %s (%s)" % (line, self.published.words or "not compared with the DNS"))
        elif self.published.status == records.UNKNOWN:
            found.append("%s: the record cannot be compared: %s" % (name, self.published.words))
        if self.is_used and one.action in (MADE, DEPLOYED) and self.published.status != records.MATCH:
            found.append(
                "%s: the configuration signs with this key as soon as it is there; see that its record is published"
                % name
            )
        if self.published.is_testing and self.published.status == records.MATCH:
            found.append(
                "%s: the record has t=y, so that verifiers treat mail with it as unsigned; take that out when the test is over"
                % name
            )
        if self.switch == WAITING:
            now = "signs with %s" % ", ".join(self.signing) if self.signing else "is not signed for"
            found.append(
                "%s: %s until this record is published; run again then" % (name, "%s %s" % (one.desired.domain, now))
            )
        return found

    def _is_due(self) -> bool:
        is_new = self.plan.action in (MADE, DEPLOYED, REPLACED)
        return self.published.status in _PUBLISH or is_new and self.published.status != records.MATCH


class Named(NamedTuple):
    """A key that the configuration names and no entry of the task. words: why it is left alone; '' where it is managed."""

    path: str
    place: Tuple[str, int]
    readers: str
    words: str = ""

    def shown(self) -> Dict[str, Any]:
        """The entry of a result."""
        return {
            "path": self.path,
            "file": self.place[0],
            "line": self.place[1],
            "disclosed": bool(self.readers),
            "left": self.words,
        }


def disclosures(planned: Sequence[PlannedKey], named: Sequence[Named]) -> List[str]:
    """Return a sentence for each key that others could read."""
    open_keys = [(one.path, one.found.readers) for one in planned] + [(one.path, one.readers) for one in named]
    return [
        "%s could be read by %s: consider the key disclosed, and have another selector sign" % (path, readers)
        for path, readers in open_keys
        if readers
    ]
