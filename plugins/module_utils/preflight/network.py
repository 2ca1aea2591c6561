# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who listens on the node, and what its firewall lets in."""

import socket
import struct
from typing import Dict, List, Set, Tuple

from .facts import Firewall, Listener
from .machine import Machine

TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
LISTENING = "0A"  # TCP_LISTEN of tcp_states.h
# The ports of firewalld's own services that stand for ports of Momentum.
SERVICES = {"smtp": 25, "http": 80, "https": 443, "smtps": 465, "smtp-submission": 587, "postgresql": 5432}


def listeners(machine: Machine, home: str) -> Tuple[Listener, ...]:
    """Return every TCP port on which something listens, each once by address. home: the directory of the vendor's programs. Raises OSError."""
    found: Dict[Tuple[int, str], str] = {}
    for path in TABLES:
        if not machine.exists(path):
            continue  # a kernel without IPv6
        for line in machine.text(path, "kernel").split("\n")[1:]:
            words = line.split()
            if len(words) > 9 and words[3] == LISTENING:
                address, _colon, port = words[1].partition(":")
                found[(int(port, 16), _address(address))] = words[9]
    owners = _owners(machine, home, set(found.values()))
    return tuple(
        Listener(port, address, *owners.get(inode, ("", 0))) for (port, address), inode in sorted(found.items())
    )


def _address(text: str) -> str:
    """An address of /proc/net/tcp: words of 32 bits in the order of this machine."""
    words = [int(text[place : place + 8], 16) for place in range(0, len(text), 8)]
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return socket.inet_ntop(family, struct.pack("=%dI" % len(words), *words))


def _owners(machine: Machine, home: str, inodes: Set[str]) -> Dict[str, Tuple[str, int]]:
    """Program and process of each socket. A process that ends meanwhile, or may not be looked into, has none."""
    found: Dict[str, Tuple[str, int]] = {}
    for pid in machine.processes():
        directory = "/proc/%d/" % pid
        try:
            links = [machine.link(directory + "fd/" + name) for name in machine.names(directory + "fd")]
            mine = {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")} & inodes
            if mine:
                program = _program(machine, home, directory)
                found.update((inode, (program, pid)) for inode in mine if inode not in found)
        except OSError:
            continue
    return found


def _program(machine: Machine, home: str, directory: str) -> str:
    """The program of a process; a script of the vendor's, not the interpreter that runs it."""
    words = machine.text(directory + "cmdline", "process").split("\0")[:3]
    return next((word for word in words if word.startswith(home + "/")), machine.link(directory + "exe"))


def open_ports(text: str) -> Firewall:
    """Read `firewall-cmd --list-all-zones`: what the active zones let in, by port, by range, by service, or as a whole."""
    zones: List[str] = []
    ranges: List[Tuple[int, int]] = []
    is_active = False
    for line in text.split("\n"):
        if line and not line[0].isspace():
            name, _blank, state = line.partition(" ")
            # Newer releases write `public (default, active)`.
            is_active = "active" in state
            zones += [name] if is_active else []
        elif is_active:
            key, _colon, value = line.strip().partition(":")
            ranges += _of_line(key, value.split())
    return Firewall("firewalld", tuple(zones), tuple(ranges))


def _of_line(key: str, words: List[str]) -> List[Tuple[int, int]]:
    if key == "target" and words == ["ACCEPT"]:
        return [(0, 65535)]
    if key == "services":
        return [(SERVICES[word], SERVICES[word]) for word in words if word in SERVICES]
    if key != "ports":
        return []
    pairs = [word[: -len("/tcp")].partition("-") for word in words if word.endswith("/tcp")]
    return [(int(first), int(last or first)) for first, _dash, last in pairs if (first + last).isdigit()]
