# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bring the daemon up to date, prove its health, and put the old state back where it is not healthy.

The order of things is here; how each is done on a node is `daemon.Daemon`, which tests replace.
"""

from typing import Any, Callable, List, NamedTuple, Optional, Sequence

from ..state.pending import Pending
from . import health
from .decision import Decision, Situation, decide, to_restore
from .drift import Drift
from .health import Finding
from .process import Process


def _nothing() -> str:
    return ""


class DesiredDaemon(NamedTuple):
    """What a task asks for: the state, the level and transactions of the tasks before, seconds for the gate, whether
    the restart of a daemon that runs is left to a later task, and what undoes, before and after files are put back, what the same task has
    changed beside them (see `planned.Planned.undo` and `hand_back`)."""

    state: str = "started"
    activation: str = "none"
    transactions: Sequence[str] = ()
    timeout: float = 60.0
    defer_restart: bool = False
    take_back: Callable[[], str] = _nothing
    hand_back: Callable[[], str] = _nothing


class CurrentDaemon(NamedTuple):
    """The daemon as it is: its process, systemd's word, what is pending, the drift, and whether the process differs from the
    declared identity and is older than its files."""

    process: Optional[Process]
    unit: Optional[str]
    pending: Pending
    drift: Drift
    differs: bool


class Result(NamedTuple):
    """What was done. `failure` is empty for success; `restored` are the transactions that were put back; `deferred` tells
    that a restart is pending and was left to a later task."""

    action: str
    reasons: List[str]
    findings: List[Finding]
    pending: str
    process: Optional[Process]
    failure: str = ""
    restored: Sequence[str] = ()
    deferred: bool = False


def situation(now: CurrentDaemon, desired: DesiredDaemon) -> Situation:
    """What the decision depends on."""
    return Situation(
        running=now.process is not None,
        unit=now.unit,
        asked=desired.activation,
        pending=now.pending.level,
        drift=now.drift.level,
        outdated=now.process is not None and now.process.deleted,
        differs=now.differs,
    )


def action(daemon: Any, desired: DesiredDaemon) -> str:
    """Return what `reconcile` would do now; nothing is done or proven."""
    now: CurrentDaemon = daemon.current()
    decided = decide(desired.state, situation(now, desired)).action
    return "none" if desired.defer_restart and decided == "restart" and now.process is not None else decided


def reconcile(daemon: Any, desired: DesiredDaemon, check_mode: bool = False) -> Result:
    """Decide, act once, prove. In check mode only what would be done is reported."""
    now: CurrentDaemon = daemon.current()
    decision = decide(desired.state, situation(now, desired))
    if decision.action == "none":
        return _confirm(daemon, desired, now, decision, check_mode)
    if desired.defer_restart and decision.action == "restart" and now.process is not None:
        return Result("none", decision.reasons, [], "restart", now.process, deferred=True)
    daemon.refuse_impossible(decision.action)
    if check_mode:
        return Result(decision.action, decision.reasons, [], now.pending.level, now.process)
    findings = _activate(daemon, decision.action, desired, now.process)
    if health.is_healthy(findings):
        if desired.state == "stopped":
            return Result(decision.action, decision.reasons, findings, now.pending.level, None)
        daemon.remember(now.pending)
        return Result(decision.action, decision.reasons, findings, "none", daemon.process())
    return _put_back(daemon, desired, now, decision, findings)


def _confirm(daemon: Any, desired: DesiredDaemon, now: CurrentDaemon, decision: Decision, check_mode: bool) -> Result:
    """Nothing is to be done; prove that all is well."""
    if desired.state == "stopped":
        return Result("none", [], [], now.pending.level, None)
    findings = daemon.prove(desired.timeout, None)
    failure = "" if health.is_healthy(findings) else "the daemon is not healthy: " + health.describe(findings)
    if not failure and not check_mode:
        daemon.remember_first()
    return Result("none", [], findings, now.pending.level, daemon.process(), failure)


def _activate(daemon: Any, action: str, desired: DesiredDaemon, before: Optional[Process]) -> List[Finding]:
    """Act, then prove; a refused action is a finding that ends the matter.

    A daemon that loaded its files is told to drop what it keeps of TLS, on the way back too, before it is proven what it serves. A new process
    keeps nothing.
    """
    refusal = daemon.act(action)
    if refusal:
        return [Finding(False, action, "done", refusal)]
    if action == "stop":
        return list(daemon.prove_stopped(desired.timeout))
    if action == "reload":
        daemon.flush_tls()
    return list(daemon.prove(desired.timeout, before if action == "restart" else None))


def _put_back(
    daemon: Any, desired: DesiredDaemon, now: CurrentDaemon, decision: Decision, findings: List[Finding]
) -> Result:
    """Undo what the task has changed, and restore the files of the transactions, newest first; bring the daemon back to them."""
    words = "the %s did not lead to a healthy daemon: %s" % (decision.action, health.describe(findings))
    transactions = to_restore(now.pending.transactions, desired.transactions)
    level = now.pending.level if now.pending.level != "none" else desired.activation
    outcome = Result(decision.action, decision.reasons, findings, level, daemon.process(), words)
    if decision.action == "stop":
        return outcome
    told = [desired.take_back()] + ([] if transactions else [desired.hand_back()])
    if not (transactions or any(told)):
        return outcome
    restored, problem = daemon.restore(transactions)
    # Not before the files are back: who has a directory can exchange what is in it.
    told += [desired.hand_back()] if transactions else []
    words = "; ".join([words] + [one for one in told if one])
    if problem:
        return outcome._replace(failure="%s; not everything was put back: %s" % (words, problem), restored=restored)
    again = _activate(daemon, "restart" if decision.action == "start" else decision.action, desired, daemon.process())
    if not health.is_healthy(again):
        words += "; the old files are back, but the daemon is not healthy with them: " + health.describe(again)
        daemon.forget(restored)
        return outcome._replace(failure=words, restored=restored, process=daemon.process())
    daemon.remember(now.pending)
    words += "; the old configuration is back in force"
    return outcome._replace(failure=words, restored=restored, process=daemon.process(), pending="none")
