# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts that checks judge. Pure data: `reader.py` collects them, tests make them."""

from typing import Dict, NamedTuple, Optional, Tuple


class System(NamedTuple):
    """name: how the operating system calls itself. family: `el` for Red Hat Enterprise Linux and what is built like it, else ''. major: its
    version up to the first dot, 0 where that is no number."""

    name: str
    family: str
    major: int


class Unit(NamedTuple):
    """What systemd says of a service: whether it runs, and whether it starts at the next boot."""

    active: bool
    enabled: bool


class Listener(NamedTuple):
    """A TCP port on which something listens. program: its path, '' where that is not known. pid: 0 then."""

    port: int
    address: str
    program: str
    pid: int


class Mount(NamedTuple):
    """The file system that a path is on. device: major and minor number. options: those of the mount and of the file system."""

    point: str
    type: str
    device: str
    options: Tuple[str, ...]


class Place(NamedTuple):
    """A directory that matters, or the nearest one above it that exists. free: bytes for root."""

    path: str
    mount: Mount
    free: int


class Repository(NamedTuple):
    """A source of packages. text: its name and its addresses, to be searched."""

    id: str
    text: str
    enabled: bool


class Port(NamedTuple):
    """A TCP port that others must reach. by: who, `clients` or `cluster`. because: the listener with file and line, or what the manual calls it."""

    number: int
    by: str
    because: str


class Firewall(NamedTuple):
    """kind: none, firewalld, or the name of another one that filters. zones: the active ones of firewalld. open: ranges of TCP ports that an active
    zone lets in."""

    kind: str
    zones: Tuple[str, ...] = ()
    open: Tuple[Tuple[int, int], ...] = ()


class Facts(NamedTuple):
    """All that is known of a node. unknown: for each field that could not be read, why; its value then means nothing."""

    unknown: Dict[str, str] = {}
    prefix: str = "/opt/msys/ecelerity"
    installed: bool = False
    is_root: bool = True
    hostname: str = ""
    canonical: str = ""
    addresses: Tuple[str, ...] = ()
    names_of: Dict[str, Tuple[str, ...]] = {}
    system: System = System("", "", 0)
    architecture: str = ""
    memory: int = 0  # bytes
    programs: Tuple[str, ...] = ()  # of PROGRAMS, those that are there
    libraries: Tuple[str, ...] = ()  # of LIBRARIES, those that this Python can import
    units: Dict[str, Unit] = {}
    has_systemd: bool = True
    synchronised: Optional[bool] = None
    listeners: Tuple[Listener, ...] = ()
    ports: Tuple[Port, ...] = ()
    has_configuration: bool = False
    firewall: Firewall = Firewall("none")
    ephemeral: Tuple[int, int] = (0, 0)
    reserved: Tuple[Tuple[int, int], ...] = ()
    kernel: Dict[str, str] = {}  # parameters of sysctl(8); what this kernel does not have is missing
    descriptors: int = 0  # what the daemon is configured to open
    connections: int = 0  # Server_Max_Outbound_Connections, 0 where it is not set
    unit_descriptors: int = 0  # what systemd lets the unit open
    places: Dict[str, Place] = {}
    tmpdir: str = "/tmp"
    repositories: Tuple[Repository, ...] = ()
    umask_lines: Tuple[str, ...] = ()  # FILE:LINE: UMASK
    selinux: str = "disabled"
    denials: Tuple[str, ...] = ()
    license: Tuple[str, ...] = ()  # what is wrong with it
    fips: str = "not enforced"


PROGRAMS = ("rpm", "dnf")
LIBRARIES = ("cryptography", "dnf")
TIME_SERVICES = ("chronyd", "chrony", "ntpd", "ntpsec", "systemd-timesyncd")
MAIL_SERVERS = ("postfix", "sendmail", "exim", "exim4", "opensmtpd")
OTHER_SERVICES = ("qpidd",)
FIREWALLS = ("firewalld", "nftables", "iptables", "ip6tables")
SERVICES = TIME_SERVICES + MAIL_SERVERS + OTHER_SERVICES + FIREWALLS
