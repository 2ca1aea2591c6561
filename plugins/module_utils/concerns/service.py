# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The running daemon."""

import os
from typing import Any, Dict, List

from .. import node_options as nodes
from ..config.current import CurrentConfiguration
from ..console_access import rotation
from ..daemon import process, reconcile
from ..daemon.console import Console
from ..daemon.controller import Daemon, Gate, Load, require_installed
from ..daemon.kinds import ECELERITY, KINDS, Kind, at_home, program_of
from ..daemon.reconcile import CurrentDaemon, DesiredDaemon, Result
from ..ecconf.paths import Path, parse_path
from ..errors import MomentumError, PlanError, assumption
from ..files import intended
from ..host.service_manager import Manager
from ..node_options import Node
from ..planned import Planned
from ..state import pending
from ..task import Task

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "daemon": {"type": "str", "choices": list(KINDS), "default": "ecelerity"},
    "state": {"type": "str", "choices": ["started", "stopped", "restarted", "reloaded"], "default": "started"},
    "name": {"type": "str"},
    "activation": {"type": "str", "choices": ["none", "reload", "restart"], "default": "none"},
    "transactions": {"type": "list", "elements": "str", "default": []},
    "defer_restart": {"type": "bool", "default": False},
    "rotate_config": {"type": "str"},
    "health": {
        "type": "dict",
        "apply_defaults": True,
        "options": {
            "ports": {"type": "list", "elements": "int"},
            "timeout": {"type": "int", "default": 60},
            "control": {"type": "str"},
            "require_capabilities": {"type": "bool", "default": True},
            "version": {"type": "str", "default": ""},
            "tls": {"type": "list", "elements": "list", "default": []},
        },
    },
}


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
    return daemon_of(task.node, kind, task.params["name"] or "", gate, loader(task))


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
        "diff": [],
    }


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
    if task.check_mode:
        return Planned(acted(task, daemon, kind), writes=False)
    nothing = as_result(Result("none", [], [], "none", None))
    # The configuration is read again only where earlier parts of a node's plan are about to change it.
    changes = bool(intended.state())
    return Planned(nothing, proof=lambda: acted(task, requested(task, kind) if changes else daemon, kind), writes=False)


def refuse_unknown_unit(task: Task, missing: str) -> None:
    """Raise PlanError for a unit that systemd does not know; in check mode warn, because an earlier task may be about to write it."""
    if missing and not task.check_mode:
        raise PlanError(missing)
    if missing:
        task.warn(assumption(missing))


def acted(task: Task, daemon: Daemon, kind: Kind) -> Dict[str, Any]:
    """Decide, act, prove. Raises NotHealthy with everything that was found."""
    params = task.params
    level = pending.strongest(params["activation"], task.level)
    timeout, deferring = params["health"]["timeout"], params["defer_restart"]
    desired = DesiredDaemon(params["state"], level, params["transactions"], timeout, deferring, task.take_back)
    outcome = reconcile.reconcile(daemon, desired, task.check_mode)
    result = as_result(outcome, daemon)
    if outcome.failure:
        # Health is judged from outside; why the daemon is as it is, its own log says.
        log = "; see journalctl -u %s" % (params["name"] or kind.program) if outcome.findings else ""
        raise NotHealthy(outcome.failure + log, result)
    return result
