# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which one action brings the daemon where it shall be. Pure: what was seen comes in, what to do comes out."""

from typing import List, NamedTuple, Optional, Sequence

from ..state.pending import LEVELS, strongest


class Situation(NamedTuple):
    """What was seen on the node.

    `unit`: systemd's ActiveState, None without a unit. `running`: the daemon's process exists. `asked`, `pending` and
    `drift` are activation levels: what the tasks before ask for, what earlier runs left undone, and what files that the
    process has not loaded need. `outdated`: its program was replaced. `differs`: it is not who it shall be, and
    started before the configuration was changed last, so that a restart may cure it.
    """

    running: bool
    unit: Optional[str] = None
    asked: str = "none"
    pending: str = "none"
    drift: str = "none"
    outdated: bool = False
    differs: bool = False


class Decision(NamedTuple):
    """The action (none, start, reload, restart or stop) and why."""

    action: str
    reasons: List[str]


def decide(state: str, seen: Situation) -> Decision:
    """Choose the action for a desired state: started, stopped, restarted or reloaded."""
    if state == "stopped":
        reasons = ["state is stopped"] if seen.running or seen.unit in ("active", "activating", "reloading") else []
        return Decision("stop" if reasons else "none", reasons)
    if not seen.running:
        # To start an active unit does nothing: it lost its daemon, or waits to try it again.
        tries = seen.unit in ("active", "activating", "reloading")
        return Decision("restart" if tries else "start", ["the daemon is not running"])
    levels = _levels(state, seen)
    level = strongest(*[reason.level for reason in levels])
    return Decision(level, [reason.words for reason in levels])


class _Reason(NamedTuple):
    level: str
    words: str


def _levels(state: str, seen: Situation) -> List[_Reason]:
    # What this run has changed is pending, too, and differs from what the daemon has loaded; check mode has changed nothing.
    pending, drift = [
        level if strongest(level, seen.asked) != seen.asked else "none" for level in (seen.pending, seen.drift)
    ]
    reasons = [
        _Reason({"restarted": "restart", "reloaded": "reload"}.get(state, "none"), "state is %s" % state),
        _Reason(seen.asked, "this run changed what needs a %s" % seen.asked),
        _Reason(pending, "an earlier change still needs a %s" % pending),
        _Reason(drift, "files on disk differ from what the daemon has loaded"),
        _Reason("restart" if seen.outdated else "none", "the daemon's program was replaced"),
        _Reason("restart" if seen.differs else "none", "the daemon is not who the configuration specifies"),
    ]
    return [reason for reason in reasons if reason.level != LEVELS[0]]


def to_restore(pending: Sequence[str], asked: Sequence[str]) -> List[str]:
    """The transactions to put back, newest first: what was pending came before what this run adds."""
    return list(reversed(list(dict.fromkeys(list(pending) + list(asked)))))
