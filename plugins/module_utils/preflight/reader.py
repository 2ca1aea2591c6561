# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collect the facts of a node in one pass. What cannot be read is among `unknown`, with the reason, and never stands for anything."""

import os
import re
from typing import Any, Callable, Dict, List, Optional, Tuple

from ..ecconf.effective import Effective
from ..ecconf.paths import format_path
from ..errors import MomentumError
from ..host.program import lines
from ..license import current as licenses
from ..license import report, tools
from ..node_options import Node, is_installed
from ..permissions import umask
from ..security.requirements import DEFAULT_PORTS, address, is_on
from . import facts, manuals
from .facts import Facts, Firewall, Mount, Place, Port, Repository, System, Unit
from .machine import Machine
from .network import listeners, open_ports

ENVIRONMENT = "etc/environment"  # below the prefix (page environment-file)
REPOSITORIES = "/etc/yum.repos.d"
AUDIT_LOG = "/var/log/audit/audit.log"
SPOOL, LOGS = "/var/spool/ecelerity", "/var/log/ecelerity"
BUNDLES = "/var/tmp"
_TMPDIR = re.compile(r"^[ \t]*(?:export[ \t]+)?TMPDIR=[\"']?([^\"'\s;]+)", re.M)
_INFINITE = 1 << 63
_LOOPBACK = ("127.", "::1")


class Unreadable(MomentumError):
    """A question that the node does not answer, with the reason."""


def read(node: Node, effective: Effective, unit: str, machine: Optional[Machine] = None, broken: str = "") -> Facts:
    """Collect all facts. effective: the configuration in force, an empty one where there is none. unit: of the daemon, with its suffix. broken:
    why the configuration cannot be read as a whole, so that nothing is known of what it has. Never raises for what the node refuses to show."""
    found = _Reader(node, effective, unit, machine or Machine()).facts()
    return found._replace(unknown=dict(found.unknown, has_configuration=broken)) if broken else found


class _Reader:
    """One pass over a node."""

    def __init__(self, node: Node, effective: Effective, unit: str, machine: Machine) -> None:
        self._node = node
        self._effective = effective
        self._unit = unit
        self._machine = machine
        self._unknown: Dict[str, str] = {}
        self._known: Dict[str, Any] = {}

    def facts(self) -> Facts:
        """Ask everything, each question once."""
        hostname, architecture = self._machine.uname()
        self._known = {
            "prefix": self._node.prefix,
            "installed": is_installed(self._node),
            "is_root": self._machine.is_root(),
            "hostname": hostname,
            "architecture": architecture,
            "has_systemd": self._machine.exists("/run/systemd/system"),
            "has_configuration": bool(self._effective.tree.mounted),
            "ports": tuple(ports_of(self._effective)),
            "connections": self._number("Server_Max_Outbound_Connections", 0),
            "descriptors": self._number("Server_Max_File_Descriptors", manuals.DESCRIPTORS),
            "programs": tuple(name for name in facts.PROGRAMS if self._machine.has_program(name)),
            "libraries": tuple(name for name in facts.LIBRARIES if self._machine.has_library(name)),
        }
        self._ask("system", self._system)
        self._ask("memory", self._machine.memory)
        self._names(hostname)
        self._ask("units", self._units)
        self._ask("synchronised", self._synchronised)
        self._ask("listeners", lambda: listeners(self._machine, os.path.dirname(self._node.prefix.rstrip("/"))))
        self._ask("firewall", self._firewall)
        self._ask("ephemeral", self._ephemeral)
        self._ask("reserved", self._reserved)
        self._ask("kernel", self._kernel)
        self._ask("unit_descriptors", self._unit_descriptors)
        self._ask("places", self._places)
        self._ask("tmpdir", self._tmpdir)
        self._ask("repositories", self._repositories)
        self._ask("umask_lines", self._umask_lines)
        self._ask("selinux", self._selinux)
        self._ask("denials", self._denials)
        self._ask("license", self._license)
        self._ask("fips", lambda: tools.fips(self._program))
        if self._known.get("fips") == tools.UNKNOWN:
            self._unknown["fips"] = "openssl does not say where its configuration is"
        return Facts(unknown=self._unknown, **self._known)

    def _ask(self, field: str, question: Callable[[], Any]) -> None:
        try:
            self._known[field] = question()
        except (MomentumError, OSError, ValueError) as error:
            self._unknown[field] = str(error) or type(error).__name__

    def _program(self, command: Any, _seconds: float) -> Any:
        return self._machine.run(*command)

    def _number(self, option: str, default: int) -> int:
        setting = self._effective.get((), option)
        found = None if setting is None else manuals.numbers_of(str(setting.value))
        return found[0] if found else default

    def _path(self, option: str, default: str) -> str:
        setting = self._effective.get((), option)
        value = "" if setting is None else str(setting.value)
        return value if value.startswith("/") else default

    def _system(self) -> System:
        pairs = (line.partition("=") for line in lines(self._machine.text("/etc/os-release", "startup")))
        found = {name: value.strip().strip("\"'") for name, _sign, value in pairs}
        families = [found.get("ID", "")] + found.get("ID_LIKE", "").split()
        is_el = any(name in ("rhel", "centos") for name in families) and "fedora" != families[0]
        major = found.get("VERSION_ID", "").partition(".")[0]
        return System(
            found.get("PRETTY_NAME") or found.get("ID", ""), "el" if is_el else "", int(major) if major.isdigit() else 0
        )

    def _names(self, hostname: str) -> None:
        """The host's own name both ways. Without the first way there is no second."""
        self._ask("addresses", lambda: self._machine.forward(hostname))
        for field in ("canonical", "names_of"):
            if "addresses" in self._unknown:
                self._unknown[field] = self._unknown["addresses"]
        if "addresses" in self._known:
            self._known["canonical"], self._known["addresses"] = self._known["addresses"]
            outside = [one for one in self._known["addresses"] if not one.startswith(_LOOPBACK)]
            self._ask("names_of", lambda: {one: self._machine.reverse(one) for one in outside})

    def _units(self) -> Dict[str, Unit]:
        if not self._known["has_systemd"]:
            raise Unreadable("the node does not run systemd")
        found = {}
        for block in self._shown("Id,ActiveState,UnitFileState", *[name + ".service" for name in facts.SERVICES]):
            name = block.get("Id", "").partition(".service")[0]
            state = block.get("UnitFileState", "")
            found[name] = Unit(
                block.get("ActiveState") in ("active", "activating", "reloading"), state.startswith("enabled")
            )
        return found

    def _shown(self, properties: str, *units: str) -> List[Dict[str, str]]:
        ran = self._machine.run("systemctl", "show", "--property=" + properties, *units)
        if ran.status != 0:
            raise Unreadable("systemctl does not answer: %s" % (ran.output[:200] or "exit status %s" % ran.status))
        blocks = re.split(r"\n[ \t]*\n", ran.output.strip())
        return [dict(line.partition("=")[::2] for line in lines(block)) for block in blocks]

    def _synchronised(self) -> bool:
        ran = self._machine.run("timedatectl", "show", "--property=NTPSynchronized", "--value")
        if ran.status != 0 or ran.output.strip() not in ("yes", "no"):
            # RHEL 8 and older: adjtimex(2) says the same by way of chronyc and ntpstat alone.
            raise Unreadable("timedatectl does not say whether the clock is synchronised")
        return bool(ran.output.strip() == "yes")

    def _firewall(self) -> Firewall:
        if "units" in self._unknown:
            raise Unreadable(self._unknown["units"])
        units = self._known["units"]
        running = [name for name in facts.FIREWALLS if name in units and units[name].active]
        if "firewalld" not in running:
            return Firewall(running[0] if running else "none")
        ran = self._machine.run("firewall-cmd", "--list-all-zones")
        if ran.status != 0:
            raise Unreadable("firewall-cmd does not answer: %s" % ran.output[:200])
        return open_ports(ran.output)

    def _line(self, path: str) -> str:
        return self._machine.text(path, "line").strip()

    def _ephemeral(self) -> Tuple[int, int]:
        first, last = self._line("/proc/sys/net/ipv4/ip_local_port_range").split()
        return int(first), int(last)

    def _reserved(self) -> Tuple[Tuple[int, int], ...]:
        text = self._machine.text("/proc/sys/net/ipv4/ip_local_reserved_ports", "startup").strip()
        pairs = (one.partition("-") for one in text.split(",") if one)
        return tuple((int(first), int(last or first)) for first, _dash, last in pairs)

    def _kernel(self) -> Dict[str, str]:
        found = {}
        for name in manuals.NAMES + ("fs.nr_open",):
            path = "/proc/sys/" + name.replace(".", "/")
            if self._machine.exists(path):  # else this kernel, or this container, has no such parameter
                found[name] = " ".join(self._line(path).split())
        return found

    def _unit_descriptors(self) -> int:
        if not self._known["has_systemd"]:
            raise Unreadable("the node does not run systemd")
        shown = self._shown("LoadState,LimitNOFILE", self._unit)[0]
        value = shown.get("LimitNOFILE", "")
        if shown.get("LoadState") != "loaded":
            # What systemctl shows of a unit that there is not yet is no default of this host.
            value = self._shown("DefaultLimitNOFILE")[0].get("DefaultLimitNOFILE", "")
        if value == "infinity":
            return _INFINITE
        return int(value)

    def _places(self) -> Dict[str, Place]:
        mounts = mounts_of(self._machine.text("/proc/self/mountinfo", "kernel"))
        tmpdir = self._read_tmpdir()
        directories = {
            "bundle": BUNDLES,
            "prefix": self._node.prefix,
            "spool": self._path("Spoolbase", SPOOL),
            "logs": LOGS,
            "tmp": tmpdir if tmpdir.startswith("/") else "/tmp",
        }
        return {name: self._place(path, mounts) for name, path in directories.items()}

    def _place(self, path: str, mounts: List[Mount]) -> Place:
        while not self._machine.exists(path) and path != "/":
            path = os.path.dirname(path)
        real = self._machine.real(path)
        below = [one for one in mounts if one.point == "/" or real == one.point or real.startswith(one.point + "/")]
        if not below:
            raise Unreadable("no mount point has %s" % path)
        # Of two at one point the later one hides the other.
        longest = max(len(one.point) for one in below)
        mount = [one for one in below if len(one.point) == longest][-1]
        return Place(path, mount, self._machine.free(real))

    def _read_tmpdir(self) -> str:
        path = os.path.join(self._node.prefix, ENVIRONMENT)
        if not self._machine.exists(path):
            return "/tmp"
        found = _TMPDIR.findall(self._machine.text(path, "startup"))
        return found[-1] if found else "/tmp"

    def _tmpdir(self) -> str:
        path = self._read_tmpdir()
        if not path.startswith("/"):
            raise Unreadable("TMPDIR in %s is %r, and not an absolute path" % (ENVIRONMENT, path))
        return path

    def _repositories(self) -> Tuple[Repository, ...]:
        if not self._machine.exists(REPOSITORIES):
            raise Unreadable("%s does not exist" % REPOSITORIES)
        names = [name for name in self._machine.names(REPOSITORIES) if name.endswith(".repo")]
        texts = [self._machine.text(os.path.join(REPOSITORIES, name), "repository") for name in names]
        return tuple(one for text in texts for one in repositories_in(text))

    def _umask_lines(self) -> Tuple[str, ...]:
        texts = {}
        for path in umask.STARTUP_FILES:
            if self._machine.exists(path):
                texts[path] = self._machine.text(path, "startup")
        return tuple("%s:%d: %s" % (one.file, one.line, one.umask) for one in umask.breaking_lines(texts))

    def _selinux(self) -> str:
        if not self._machine.exists("/sys/fs/selinux/enforce"):
            return "disabled"
        return "enforcing" if self._line("/sys/fs/selinux/enforce") == "1" else "permissive"

    def _denials(self) -> Tuple[str, ...]:
        if self._known.get("selinux") == "disabled":
            return ()
        return denials_in(self._machine.text(AUDIT_LOG, "file"), self._node.prefix)

    def _license(self) -> Tuple[str, ...]:
        return tuple(report.problems(licenses.current(self._effective, self._node.prefix)))


def ports_of(effective: Effective) -> List[Port]:
    """The TCP ports of a configuration that others must reach: every Listen that is switched on and not for the host alone."""
    found = []
    listens = list(effective.scopes("listen"))
    served = {path[:-1] for path in listens}
    bare = [path for path in effective.scopes() if len(path) == 1 and path not in served]
    for path in listens + bare:
        by = manuals.REACHED_BY.get(path[0][0].lower())
        instance = path[-1][1] if path[-1][0].lower() == "listen" else None
        one = address(instance)
        number = DEFAULT_PORTS.get(path[0][0].lower()) if one.port is None and not one.unreadable else one.port
        if by and number and not one.local and is_on(effective, path) and not _is_loopback(instance or ""):
            file, line = effective.where(path)[0]
            found.append(Port(number, by, "%s (%s:%d)" % (format_path(path), file, line)))
    return found


def _is_loopback(instance: str) -> bool:
    return instance.startswith(("127.", "[::1]", "localhost"))


def mounts_of(text: str) -> List[Mount]:
    """Read /proc/self/mountinfo, proc(5)."""
    found = []
    for line in text.split("\n"):
        before, _dash, after = line.partition(" - ")
        words, rest = before.split(" "), after.split(" ")
        if len(words) >= 6 and rest[0]:
            point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), words[4])
            options = words[5].split(",") + (rest[2].split(",") if len(rest) > 2 else [])
            found.append(Mount(point, rest[0], words[2], tuple(dict.fromkeys(options))))
    return found


def repositories_in(text: str) -> List[Repository]:
    """Read a repository file of dnf, dnf.conf(5): one is enabled unless it says otherwise."""
    found: List[Tuple[str, List[str], bool]] = []
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            found.append((stripped[1:-1], [], True))
        elif found and "=" in stripped and not stripped.startswith(("#", ";")):
            name, _sign, value = (part.strip() for part in stripped.partition("="))
            section, words, enabled = found[-1]
            if name in ("name", "baseurl", "metalink", "mirrorlist"):
                words.append(value)
            if name == "enabled":
                enabled = value.lower() not in ("0", "false", "no", "off")
            found[-1] = (section, words, enabled)
    return [Repository(section, " ".join(words), enabled) for section, words, enabled in found if section != "main"]


_AVC = re.compile(r"^type=AVC .*avc:\s+denied\s+\{ ([a-z_ ]+) \}")
_NAMED = re.compile(r'\b(comm|path|name)="([^"]*)"')
_COMMANDS = ("ecelerity", "eccmgr", "ecconfigd", "ec_console", "ec_ctl", "ec_lic")


def denials_in(text: str, prefix: str) -> Tuple[str, ...]:
    """Return what SELinux has denied to Momentum's programs, or at its paths, each kind once, in the order of the audit log."""
    roots = (
        os.path.dirname(prefix.rstrip("/")) + "/",
        "/var/spool/ecelerity",
        "/var/log/ecelerity",
        "/var/log/eccluster",
    )
    found: Dict[str, None] = {}
    for line in text.split("\n"):
        denied = _AVC.match(line)
        if denied is None:
            continue
        named = dict(_NAMED.findall(line))
        path, command = named.get("path", ""), named.get("comm", "")
        if command in _COMMANDS or path.startswith(roots):
            found["%s of %s by %s" % (denied.group(1), path or named.get("name") or "?", command or "?")] = None
    return tuple(found)
