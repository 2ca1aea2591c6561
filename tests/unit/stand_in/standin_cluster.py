# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster of stand-ins on this machine: each process has a loopback address and a root directory of its own."""

import os
import signal
import time
from functools import partial
from typing import Callable, Dict, List, Optional

from standin_node import NOBODY, Node, free_port

PATIENCE = 60.0  # seconds; a machine may be slow, a test says when something never came
COMMON = """
Security {{ user = "{uid}" group = "{uid}" capabilities = "{capabilities}" }}
Control_Listener {{ Listen "{console}" {{ File_Mode = "0600" }} }}
msgcserver_listener {{ Listen "{address}:{port}" {{}} }}
msgc_server {{ port = {port} reconnect_interval = 1 peers = [ {peers} ] }}
Cluster {{ nodename = "{name}" view_mature_time = 1 {topology} }}
"""
MAIL = 'ESMTP_Listener {{ Listen "{address}:{smtp}" {{}} }}\nECCluster_Listener {{ Listen "{address}:4802" {{}} }}\n'


def eventually(truth: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + PATIENCE
    while not truth():
        assert time.monotonic() < limit, "never: " + what
        time.sleep(0.05)


class Member(Node):
    """One process. program: sbin/ecelerity or sbin/eccmgr."""

    def __init__(self, standin: str, name: str, address: str, program: str) -> None:
        Node.__init__(self, standin)
        self.name, self.address, self.program = name, address, program
        self.within: List[str] = []
        if program == "sbin/eccmgr":
            self.main = self.directory + "/eccluster.conf"
            os.makedirs(self.root + "/var/log/eccluster")
            os.chmod(self.root + "/var/log/eccluster", 0o777)
            self.write(self.directory + "/ecelerity.conf", 'include "ecelerity-cluster.conf"\n')
            self.write(self.directory + "/ecelerity-cluster.conf", "Cluster { }\n")

    def configure(
        self, peers: Dict[str, str], port: int, capabilities: str = "=", more: str = "", topology: str = ""
    ) -> None:
        """Write its configuration."""
        text = COMMON + (MAIL if self.program == "sbin/ecelerity" else "")
        fields = {
            "uid": NOBODY,
            "capabilities": capabilities,
            "console": self.console,
            "address": self.address,
            "port": port,
            "smtp": self.port,
            "name": self.name,
            "topology": topology,
            "peers": " ".join('%s = "%s"' % pair for pair in sorted(peers.items())),
        }
        self.write(self.main, text.format(**fields) + more)

    def command(self, program: str, *arguments: str) -> List[str]:
        """A command line; the daemon is this member's, in its network."""
        if program == "sbin/ecelerity":
            return self.within + Node.command(self, self.program, *arguments)
        return Node.command(self, program, *arguments)

    def kill(self) -> None:
        """As a crash would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def panics(self) -> str:
        """Its paniclog."""
        directory = "eccluster" if self.program == "sbin/eccmgr" else "ecelerity"
        return self.read(self.root + "/var/log/%s/paniclog.ec" % directory)


class Cluster:
    """Three nodes mta1 to mta3 and a manager. Nothing runs at first."""

    def __init__(self, standin: str, addresses: Optional[List[str]] = None) -> None:
        places = addresses or ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]
        self.port = free_port()
        names = ["mta1", "mta2", "mta3", "manager"]
        self.peers = dict(zip(names, places))
        programs = ["sbin/ecelerity"] * 3 + ["sbin/eccmgr"]
        self.members = [Member(standin, *fields) for fields in zip(names, places, programs)]
        self.nodes, self.manager = self.members[:3], self.members[3]
        for member in self.members:
            member.configure(self.peers, self.port)

    def start(self) -> None:
        """Start all, and wait until the manager sees all."""
        for member in self.members:
            member.start()
        self.wait_for("mta1", "mta2", "mta3")

    def wait_for(self, *names: str) -> None:
        """Wait until these nodes, and no others, are in the view of the manager and of each other."""
        requested = sorted(names) + ["(Null)"]
        for member in self.members:
            if member.name in names + ("manager",):
                eventually(partial(self._sees, member, requested), "%s sees %s" % (member.name, requested))

    def _sees(self, member: Member, requested: List[str]) -> bool:
        return self.names(member) == requested

    def names(self, member: Member) -> List[str]:
        """The nodes that a member sees, and (Null) for the manager."""
        if member is self.manager:
            lines = member.ask("show", "cluster", "membership").splitlines()
            found = [line.split(">")[1].split("<")[0] for line in lines if "<node_name>" in line]
        else:
            lines = member.ask("cluster", "membership").splitlines()
            found = [line.split(": ")[1] for line in lines if line.startswith("Node Name: ")]
        return sorted(one for one in found if one != "(Null)") + [one for one in found if one == "(Null)"]

    def remove(self) -> None:
        """End what runs and remove all files."""
        for member in self.members:
            if member.process is not None:
                member.kill()
            member.remove()
