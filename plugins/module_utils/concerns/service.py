# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The running daemon."""

import datetime
import os
from typing import Any, Dict, List, NamedTuple, Optional

from .. import node_options as nodes
from ..config.current import CurrentConfiguration
from ..console_access import rotation
from ..daemon import health, process, reconcile
from ..daemon.console import Console
from ..daemon.controller import Daemon, Gate, Load, require_installed
from ..daemon.kinds import ECELERITY, KINDS, Kind, at_home, program_of
from ..daemon.process import Process
from ..daemon.reconcile import CurrentDaemon, DesiredDaemon, Result
from ..ecconf.paths import Path, parse_path
from ..errors import MomentumError, PlanError, assumption
from ..files import intended, working_copy
from ..host.service_manager import Manager
from ..license import judge as licenses
from ..license import tools
from ..license.current import CurrentLicense
from ..license.current import current as current_license
from ..license.judge import DesiredLicense, Judgement
from ..node_options import Node
from ..planned import Planned
from ..state import pending
from ..task import Task


def current(node: Node, kind: Kind = ECELERITY, unit: str = "") -> CurrentDaemon:
    """Return the daemon of a node as it is. unit: of systemd; that of the kind where it is empty."""
    return daemon_of(node, kind, unit, Gate(), lambda: nodes.current(node)).current()


def loader(task: Task) -> Load:
    """How the daemon reads the configuration: a broken one is no basis, except to stop the daemon."""

    def load() -> CurrentConfiguration:
        now = nodes.current(task.node, nodes.basis(task.node, task.check_mode))
        if task.params["state"] != "stopped":
            nodes.refuse_broken(now.configuration)
        return now

    return load


def daemon_of(node: Node, kind: Kind, unit: str, gate: Gate, load: Load) -> Daemon:
    """The daemon of a node. Raises what `load` raises."""
    unit = unit or kind.program
    manager = Manager(node.prefix, unit if "." in unit else unit + ".service", starter=kind.starter)
    return Daemon(node, manager, Console(node.prefix, gate.control), gate, load, kind)


def requested(task: Task, kind: Kind) -> Daemon:
    """The daemon of this node, as the task describes it."""
    asked = task.params["health"]
    ports = list(kind.ports) if asked["ports"] is None else asked["ports"]
    rotate = task.params["rotate_config"]
    rotate = rotation.usual(task.node.prefix) if rotate is None else rotate
    gate = Gate(
        ports, asked["control"] or "", asked["require_capabilities"], asked["version"], scopes_of(asked["tls"]), rotate
    )
    daemon = daemon_of(task.node, kind, task.params["name"] or "", gate, loader(task))
    daemon.announced = task.announced
    return daemon


def scopes_of(elements: List[List[str]]) -> List[Path]:
    """The scopes that a task names. Raises PlanError for one that cannot be read."""
    try:
        return [parse_path(one) for one in elements]
    except ValueError as error:
        raise PlanError(
            "health.tls: %s. Write scopes as in the file, such as [ESMTP_Listener, 'Listen \":25\"']." % error
        )


def as_result(outcome: Result, daemon: Any = None) -> Dict[str, Any]:
    """What the module returns."""
    return {
        "changed": outcome.action != "none",
        "action": outcome.action,
        "reasons": outcome.reasons,
        "deferred": outcome.deferred,
        "pending": outcome.pending,
        "health": [dict(finding._asdict()) for finding in outcome.findings],
        "process": process.as_data(outcome.process) if outcome.process else {},
        "commands": daemon.commands if daemon else [],
        "tls_cache": daemon.tls_cache if daemon else "untouched",
        "rotation": list(daemon.told) if daemon else [],
        "restored": list(outcome.restored),
        "license": {},
        "diff": [],
    }


class Licensed(NamedTuple):
    """The licence of a node and what a task makes of it; both are empty for a daemon that needs none."""

    current: Optional[CurrentLicense] = None
    judgement: Judgement = Judgement()

    def as_data(self) -> Dict[str, Any]:
        """For the result."""
        if self.current is None:
            return {}
        return {
            "path": self.current.path,
            "present": self.current.is_present,
            "days_left": self.judgement.days_left,
            "refusal": self.judgement.refusal,
        }


class Unlicensed(PlanError):
    """A daemon that runs could not start again, so it is not stopped."""

    def __init__(self, licensed: Licensed, running: Process) -> None:
        super().__init__("the daemon is not stopped: %s" % licensed.judgement.refusal)
        self.licensed = licensed
        self.running = running

    def details(self) -> Dict[str, Any]:
        """For the result."""
        return {"license": self.licensed.as_data(), "process": process.as_data(self.running)}


class NotHealthy(MomentumError):
    """The daemon is not as it must be; the result says what was found and done."""

    def __init__(self, words: str, result: Dict[str, Any]) -> None:
        super().__init__(words)
        self.result = result

    def details(self) -> Dict[str, Any]:
        """The result of the module."""
        return self.result


def plan(task: Task) -> Planned:
    """Plan what the daemon needs: in check mode all of it is foreseen, else it acts after the files are written."""
    kind = KINDS[task.params["daemon"]]
    if not task.params["main"]:
        task.node = at_home(task.node, kind)
    if not os.path.exists(program_of(task.node, kind)):
        if task.params["state"] == "stopped":
            return Planned(as_result(Result("none", [], [], "none", None)), writes=False)
        if task.check_mode:
            return Planned(
                as_result(Result("start", ["Momentum is not installed yet"], [], "none", None)), writes=False
            )
        require_installed(task.node, kind)
    daemon = requested(task, kind)
    refuse_unknown_unit(task, daemon.unit_missing())
    if task.params["state"] != "stopped" and daemon.console_missing():
        raise PlanError(daemon.console_missing())
    licensed = licensed_by(task, daemon)
    refuse_unlicensed(task, daemon, licensed)
    if task.check_mode:
        return Planned(acted(task, daemon, licensed), writes=False)
    if task.is_part and working_copy.is_replaced_at_start(task.node.prefix):
        daemon.refuse_impossible(reconcile.action(daemon, desired_of(task)))  # before the parts are written
    nothing = as_result(Result("none", [], [], "none", None))
    # The configuration is read again only where earlier parts of a node's plan are about to change it.
    changes = bool(intended.state())
    return Planned(
        nothing, proof=lambda: acted(task, requested(task, kind) if changes else daemon, licensed), writes=False
    )


def licensed_by(task: Task, daemon: Daemon) -> Licensed:
    """Look at the licence of a daemon that needs one, and warn of what will stop it. Raises PlanError."""
    if not daemon.kind.is_mta:
        return Licensed()
    asked = task.params["license"]
    # A run has the file itself, whatever put it there.
    is_announced = asked["announced"] and task.check_mode
    desired = DesiredLicense(asked["require"], asked["expires"], asked["warn_days"], is_announced)
    now = current_license(daemon.effective, task.node.prefix)
    requires_word = desired.require == licenses.VALID and now.is_present and not now.closed
    said = tools.ask(task.node.prefix, now.path) if requires_word else None
    judgement = licenses.judge(now, desired, datetime.date.today(), said)
    for warning in judgement.warnings:
        task.warn(warning)
    return Licensed(now, judgement)


def refuse_unlicensed(task: Task, daemon: Daemon, licensed: Licensed) -> None:
    """Raise Unlicensed before a daemon that runs is stopped for a restart that it would not come back from. One that does not run is started:
    Momentum tries to fetch a licence then, and there is nothing to lose; this is a warning."""
    refusal = licensed.judgement.refusal
    if not refusal or task.params["state"] == "stopped":
        return
    running = daemon.current().process
    if running is None:
        task.warn("the daemon may not start: %s" % refusal)
    elif reconcile.action(daemon, desired_of(task)) == "restart":
        raise Unlicensed(licensed, running)


def refuse_unknown_unit(task: Task, missing: str) -> None:
    """Raise PlanError for a unit that systemd does not know; in check mode warn, because an earlier task may be about to write it."""
    if missing and not task.check_mode:
        raise PlanError(missing)
    if missing:
        task.warn(assumption(missing))


def warn_of_fips(task: Task, licensed: Licensed) -> None:
    """Warn where the node's library may refuse the signature of a licence, which nobody here can read."""
    required = task.params["license"]["require"]
    if licensed.current is None or required != licenses.READABLE or tools.fips() != tools.ENFORCED:
        return
    task.warn(
        "OpenSSL on this node permits what FIPS 140-3 does and no more, so Momentum accepts a licence that is signed with ECDSA alone, "
        "which 5.3.0 can read and earlier versions cannot; how %s is signed is not known. license.require: valid has ec_lic confirm it "
        "(momentum_license_require in the roles)" % licensed.current.path
    )


def desired_of(task: Task) -> DesiredDaemon:
    """What a task, and the parts before it, ask of the daemon."""
    params = task.params
    level = pending.strongest(params["activation"], task.level)
    timeout, deferring = params["health"]["timeout"], params["defer_restart"]
    return DesiredDaemon(
        params["state"], level, params["transactions"], timeout, deferring, task.take_back, task.hand_back
    )


def acted(task: Task, daemon: Daemon, licensed: Licensed) -> Dict[str, Any]:
    """Decide, act, prove. Raises NotHealthy with everything that was found."""
    params = task.params
    outcome = reconcile.reconcile(daemon, desired_of(task), task.check_mode)
    result = dict(as_result(outcome, daemon), license=licensed.as_data())
    if outcome.action in ("start", "restart"):
        warn_of_fips(task, licensed)
    if outcome.failure:
        # Health is judged from outside; why the daemon is as it is, its own log says.
        log = "; see journalctl -u %s" % (params["name"] or daemon.kind.program) if outcome.findings else ""
        remedies = health.remedies(outcome.findings)
        raise NotHealthy(outcome.failure + log + (". " + remedies if remedies else ""), result)
    return result
