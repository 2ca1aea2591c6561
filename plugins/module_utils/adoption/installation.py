# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a hand-made installation stands outside of its configuration: packages, the service, owners. Only reads."""

import os
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from ..console_access import endpoints, rotation
from ..daemon import process
from ..daemon.kinds import ECELERITY, KINDS, Kind, program_of, search_for
from ..ecconf.effective import Effective
from ..errors import PlanError
from ..files import foreseen, reading
from ..files.current import current_file
from ..files.file_mode import PERMISSIONS
from ..host import program as programs
from ..host import rpm
from ..host.program import Run
from ..host.service_manager import control_group, show
from ..node_options import ARGUMENTS, Node
from . import variables as adoption
from .variables import is_usable

TIMEOUT = 30.0  # seconds; the RPM database may be locked for a moment
# The packages that the installation manual names for each daemon (steps for 5.3); the first one stands for the rest.
ROLE_PACKAGES = {
    "ecelerity": ("msys-role-mta",),
    "eccmgr": ("msys-role-manager", "msys-role-db", "msys-ecelerity-mobility-db"),
}
OFF = ("", "bad", "disabled", "masked", "masked-runtime")


class Attributes(NamedTuple):
    """Owner, group and mode of a path; numbers where no account has that id."""

    owner: str
    group: str
    mode: str


class Installation(NamedTuple):
    """`packages`: names of RPM packages that all have `package_version`; empty where no package owns the daemon.

    `unit`: the systemd unit that runs the daemon, with its suffix. `enabled`: whether the node starts it when it boots; None
    where there is no such unit. `console`: the endpoint that answers without a password; empty if none does.
    """

    daemon: str
    packages: Sequence[str]
    package_version: str
    unit: str
    enabled: Optional[bool]
    running: bool
    console: str
    rotation: str
    rotation_reaches: bool
    ports: Sequence[int]
    main: Optional[Attributes]
    directory: Optional[Attributes]


def look(node: Node, kind: Kind, effective: Effective, unit: str, run: Run = programs.run) -> Installation:
    """Read packages, service and owners; `unit` is the one to expect, `run` starts programs."""
    packages, version = packages_of(program_of(node, kind), kind, run)
    pid = daemon_pid(node, kind, effective, unit, run)
    name = unit_of(node, unit, pid, run)
    asked = rotation.asked_by(node.prefix, current_file)
    return Installation(
        daemon=kind.program,
        packages=packages,
        package_version=version,
        unit=name,
        enabled=is_enabled(name, run),
        running=pid is not None,
        console=(endpoints.configured(effective) + [""])[0],
        rotation=asked,
        rotation_reaches=not asked or asked in endpoints.configured(effective),
        ports=adoption.smtp_ports(effective) if kind.is_mta else list(kind.ports),
        main=attributes(node.main),
        directory=attributes(os.path.dirname(node.main)),
    )


def variables(node: Node, found: Installation, version: str) -> Dict[str, Any]:
    """The variables of the roles that describe an installation, beside those of its configuration."""
    kind = KINDS[found.daemon]
    default = os.path.join(node.prefix, "etc", "conf", "default", kind.main)
    said = {
        "momentum_health_control": found.console,
        "momentum_health_ports": list(found.ports),
        "momentum_main": "" if node.main == default else node.main,
        "momentum_packages": list(found.packages),
        "momentum_prefix": "" if node.prefix == ARGUMENTS["prefix"]["default"] else node.prefix,
        "momentum_service_name": found.unit[: -len(".service")] if found.unit.endswith(".service") else found.unit,
        # RPM must have exactly this version; one that has more than numbers is left open.
        "momentum_version": version if found.package_version in ("", version) else "",
    }
    named = ("momentum_health_control", "momentum_health_ports")
    described = {name: value for name, value in said.items() if value or name in named}
    if found.main is not None:
        names = ("momentum_config_owner", "momentum_config_group", "momentum_config_mode")
        described.update(zip(names, found.main))
        if not is_usable(found.main.mode, PERMISSIONS):
            del described["momentum_config_mode"]
    if found.directory is not None and is_usable(found.directory.mode):
        described["momentum_config_directory_mode"] = found.directory.mode
    return described


def packages_of(program: str, kind: Kind = ECELERITY, run: Run = programs.run) -> Any:
    """The packages to name for this installation, and their version; ([], "") where RPM knows nothing of the daemon, or there is no rpm.

    Role packages count where they have the version of the daemon's own package, which stands for itself otherwise. Raises PlanError for a
    database that cannot be asked.
    """
    answer = _of_rpm(["rpm", "-qf", "--queryformat", "%{NAME} %{VERSION}\\n", program], run)
    owner, _blank, version = answer.output.partition(" ")
    if answer.status != 0 or not version or "\n" in version:
        return [], ""
    form = "%{NAME} %{VERSION}\\n"
    named = _of_rpm(["rpm", "-q", "--queryformat", form] + list(ROLE_PACKAGES[kind.program]), run)
    lines = programs.lines(named.output)
    present = [name for name in ROLE_PACKAGES[kind.program] if "%s %s" % (name, version) in lines]
    whole = present[:1] == list(ROLE_PACKAGES[kind.program][:1])
    return (present if whole else [owner]), version


def _of_rpm(command: Sequence[str], run: Run) -> programs.Ran:
    answer = run(command, TIMEOUT)
    failure = rpm.failure(answer.status, answer.output)
    # Without rpm, nothing is installed by it.
    if failure and not rpm.is_absent(answer):
        raise PlanError("the RPM database cannot be asked for Momentum's packages: %s" % failure)
    return answer


def daemon_pid(node: Node, kind: Kind, effective: Effective, unit: str, run: Run = programs.run) -> Optional[int]:
    """The process of the daemon; None if it does not run."""
    running = process.running(search_for(node, kind, effective, control_group(unit, run)))
    return None if running is None else running.pid


def unit_of(node: Node, expected: str, pid: Optional[int], run: Run = programs.run, proc: str = "/proc") -> str:
    """The systemd unit of the daemon: the expected one, unless another one that names the installation runs it.

    A daemon that somebody started by hand may be in the unit of whatever gave him a shell, such as sshd.service.
    """
    if pid is None or show(expected, "LoadState", run).get("LoadState") == "loaded":
        return expected
    named = control_group_unit(pid, proc)
    starts = show(named, "ExecStart", run).get("ExecStart", "") if named else ""
    return named if os.path.join(node.prefix, "") in starts else expected


def control_group_unit(pid: int, proc: str = "/proc") -> str:
    """The service whose control group a process is in, cgroups(7); empty if it is in none."""
    try:
        # By line feeds alone: the name of a group may hold whatever else ends a line.
        lines = reading.text(os.path.join(proc, str(pid), "cgroup"), "kernel").split("\n")
    except OSError:
        return ""
    parts: List[str] = [part for line in lines for part in line.partition("/")[2].split("/")]
    return next((part for part in reversed(parts) if part.endswith(".service")), "")


def is_enabled(unit: str, run: Run = programs.run) -> Optional[bool]:
    """Whether the node starts a unit when it boots; None where systemd does not know it."""
    state = show(unit, "LoadState,UnitFileState", run)
    if state.get("LoadState") != "loaded":
        return None
    return state.get("UnitFileState", "") not in OFF


def attributes(path: str) -> Optional[Attributes]:
    """Owner, group and mode of a path; None if it is not there."""
    import grp
    import pwd
    import stat

    try:
        info = os.stat(foreseen.path(path))
    except OSError:
        return None
    owners = {info.st_uid: str(info.st_uid)}
    groups = {info.st_gid: str(info.st_gid)}
    owners.update((entry.pw_uid, entry.pw_name) for entry in _asked(pwd.getpwuid, info.st_uid))
    groups.update((entry.gr_gid, entry.gr_name) for entry in _asked(grp.getgrgid, info.st_gid))
    return Attributes(owners[info.st_uid], groups[info.st_gid], "0%03o" % stat.S_IMODE(info.st_mode))


def _asked(ask: Any, number: int) -> List[Any]:
    try:
        return [ask(number)]
    except KeyError:
        return []
