# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start and stop the daemon: through its systemd unit where the node has one, else through Momentum's `ec_ctl`.

`ec_ctl` is the documented starter (page *ec_ctl*), but a daemon that it starts beside systemd is invisible to the unit.
"""

import os
from typing import Dict, List, NamedTuple, Optional

from . import program as programs
from .program import Ran, Run

QUERY_TIMEOUT = 15.0  # seconds
ACTION_TIMEOUT = 300.0  # seconds; ec_ctl alone tries for about 55
SYSTEMD = "/run/systemd/system"  # sd_booted(3)
DAEMON_RELOAD = ("systemctl", "daemon-reload")
_PROPERTIES = "LoadState,ActiveState,SubState,Result"


class Unit(NamedTuple):
    """What systemd says of a unit. `active` is its ActiveState, such as active, activating, failed."""

    active: str
    sub: str
    result: str


class Manager:
    """How the daemon of one installation is started and stopped.

    `unit` is the name of the systemd unit, used if it is loaded; `run` runs programs; `starter` is Momentum's own, in bin, and
    may leave the daemon behind.
    """

    def __init__(
        self, prefix: str, unit: str, run: Run = programs.run, systemd: str = SYSTEMD, starter: str = "ec_ctl"
    ) -> None:
        self._start = programs.start if run is programs.run else run
        self.prefix = prefix
        self.name = unit
        self._run = run
        self._systemd = systemd
        self._starter = os.path.join(prefix, "bin", starter)

    def unit(self) -> Optional[Unit]:
        """The state of the unit; None where the node has no systemd or no such unit."""
        if not os.path.isdir(self._systemd):
            return None
        shown = show(self.name, _PROPERTIES, self._run)
        if shown.get("LoadState") != "loaded":
            return None
        return Unit(shown.get("ActiveState", ""), shown.get("SubState", ""), shown.get("Result", ""))

    def missing(self) -> str:
        """Why nothing here could start or stop the daemon; empty if something can."""
        if self.unit() is not None or os.access(self._starter, os.X_OK):
            return ""
        return "systemd has no unit %s, and %s is no program; install Momentum's packages, or write the unit first" % (
            self.name,
            self._starter,
        )

    def control_group(self) -> str:
        """The control group of the unit, '' where there is none."""
        return control_group(self.name, self._run, self._systemd)

    def command(self, verb: str, has_unit: bool) -> List[str]:
        """The argument list that starts, stops or restarts the daemon."""
        if has_unit:
            return ["systemctl", verb, self.name]
        return [self._starter, verb]

    def act(self, verb: str, has_unit: bool) -> Ran:
        """Start, stop or restart the daemon."""
        if has_unit and verb in ("start", "restart"):
            if show(self.name, "NeedDaemonReload", self._run).get("NeedDaemonReload") == "yes":
                # A drop-in that was written or put back since systemd read the unit is in force from now on.
                self._run(DAEMON_RELOAD, ACTION_TIMEOUT)
            # A unit that failed too often in a row refuses to start until it is forgiven.
            self._run(["systemctl", "reset-failed", self.name], QUERY_TIMEOUT)
        return self._start(self.command(verb, has_unit), ACTION_TIMEOUT)


def show(unit: str, properties: str, run: Run = programs.run) -> Dict[str, str]:
    """Ask systemctl(1) for properties of a unit; empty where it does not answer."""
    answer = run(["systemctl", "show", "--property=" + properties, unit], QUERY_TIMEOUT)
    if answer.status != 0:
        return {}
    return {key: value for key, _sign, value in (line.partition("=") for line in programs.lines(answer.output))}


def control_group(unit: str, run: Run = programs.run, systemd: str = SYSTEMD) -> str:
    """The control group of a unit, which only root can put processes into; '' for a unit without processes and without systemd."""
    if not os.path.isdir(systemd):
        return ""
    shown = show(unit, "LoadState,ControlGroup", run)
    group = shown.get("ControlGroup", "")
    # "/" would be every process of the node.
    return group if shown.get("LoadState") == "loaded" and group.strip("/") else ""
