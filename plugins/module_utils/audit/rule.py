# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rule is, and what it sees."""

from typing import Callable, FrozenSet, Iterator, NamedTuple, Sequence, Tuple

from ..catalog.catalog import parse_version
from .evidence import Evidence, Host

PASS, FAIL, UNKNOWN, NOT_APPLICABLE, WAIVED = "pass", "fail", "unknown", "not_applicable", "waived"
# The worst first.
STATUSES = (FAIL, UNKNOWN, PASS, NOT_APPLICABLE)
CRITICAL, HIGH, MEDIUM, LOW, INFO = "critical", "high", "medium", "low", "info"
SEVERITIES = (CRITICAL, HIGH, MEDIUM, LOW, INFO)
# Where something is seen: what the configuration declares, files, the running process, and what a client meets.
DECLARED, DISK, PROCESS, WIRE = "declared", "disk", "process", "wire"
LAYERS = (DECLARED, DISK, PROCESS, WIRE)


class Seen(NamedTuple):
    """One thing that a rule has looked at. status: pass, fail or unknown. what: what was seen, as a fact, without secrets. file, line: where it stands,
    or the path of the object. remedy: what fixes this one, where it is more exact than that of the rule."""

    status: str
    layer: str
    what: str
    file: str = ""
    line: int = 0
    remedy: str = ""


class Applies(NamedTuple):
    """To which nodes a rule applies. since, before: versions of Momentum, the first that has what it is about, and the first that has not; one that
    nobody knows has everything. systems: of 'linux', 'solaris'. daemons: of 'ecelerity', 'eccmgr'."""

    since: str = ""
    before: str = ""
    systems: FrozenSet[str] = frozenset(["linux", "solaris"])
    daemons: FrozenSet[str] = frozenset(["ecelerity", "eccmgr"])

    def reason_against(self, host: Host) -> str:
        """Return why a rule does not apply to a node; empty if it does."""
        if host.daemon not in self.daemons:
            return "it is about %s, and this node has %s" % (
                " and ".join(sorted(self.daemons)),
                host.daemon or "neither",
            )
        if host.system not in self.systems:
            return "it is about %s" % " and ".join(sorted(self.systems))
        if host.version and self.since and parse_version(host.version) < parse_version(self.since):
            return "it is about %s and later, and this node has %s" % (self.since, host.version)
        if host.version and self.before and parse_version(host.version) >= parse_version(self.before):
            return "it is about versions before %s, and this node has %s" % (self.before, host.version)
        return ""


MTA = Applies(daemons=frozenset(["ecelerity"]))
LINUX = Applies(systems=frozenset(["linux"]))
LINUX_MTA = Applies(systems=frozenset(["linux"]), daemons=frozenset(["ecelerity"]))

# Yields what it sees. Nothing at all means that the node has nothing of the kind. Raises CouldNotLook for what cannot be read, which is never a pass.
Check = Callable[[Evidence], Iterator[Seen]]


class Rule(NamedTuple):
    """One rule. id: MSEC-AREA-NNN, stable. title: what must hold, as a sentence. why: what happens otherwise. layers: on which it looks. remedy: the
    variable of the roles or the arguments of a module that fix it. references: pages of the manuals ('page 4/config/...'), RFCs, NIST SP 800-53,
    DISA STIG, where one fits."""

    id: str
    title: str
    why: str
    severity: str
    layers: Tuple[str, ...]
    check: Check
    remedy: str
    references: Sequence[str]
    applies: Applies = Applies()

    @property
    def area(self) -> str:
        """The middle of the id."""
        return self.id.split("-")[1]
