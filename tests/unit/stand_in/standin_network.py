# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small Ethernet: network namespaces of this test alone on a bridge, each with the interface eth0."""

import os
import shutil
import subprocess
from typing import List

NEEDED = ("unshare", "nsenter", "ip")


def why_not() -> str:
    """Why there can be no such network here; '' when there can be."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        return "not installed here: " + ", ".join(missing)
    if os.geteuid() != 0:
        return "network namespaces need root"
    script = "ip link add br0 type bridge && ip link add eth9 type veth peer name eth8"
    done = subprocess.run(
        ["unshare", "-n", "sh", "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    return "" if done.returncode == 0 else "no network namespaces here: %s" % done.stderr.decode().strip()


class Host:
    """A namespace. It lasts as long as the process that was started in it."""

    def __init__(self) -> None:
        self.holder = subprocess.Popen(
            ["unshare", "-n", "sh", "-c", "echo; cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.holder.stdout is not None and self.holder.stdout.readline() == b"\n"
        self.prefix: List[str] = ["nsenter", "-t", str(self.holder.pid), "-n"]
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *words: str) -> str:
        """A command in it."""
        return subprocess.check_output(self.prefix + list(words), universal_newlines=True)

    def addresses(self) -> List[str]:
        """What is on its eth0, with the masks."""
        return [line.split()[3] for line in self.run("ip", "-4", "-o", "addr", "show", "dev", "eth0").splitlines()]

    def remove(self) -> None:
        """End it."""
        self.holder.communicate()


class Network:
    """A client at 10.77.0.254 on the bridge, and hosts at 10.77.0.1 and so on."""

    def __init__(self, count: int) -> None:
        self.client = Host()
        self.client.run("ip", "link", "add", "br0", "type", "bridge")
        self.client.run("ip", "addr", "add", "10.77.0.254/24", "dev", "br0")
        self.client.run("ip", "link", "set", "br0", "up")
        self.hosts = [self._host(number) for number in range(1, count + 1)]

    def _host(self, number: int) -> Host:
        host, name = Host(), "eth%d" % number
        peer = ["peer", "name", "eth0", "netns", str(host.holder.pid)]
        self.client.run("ip", "link", "add", name, "type", "veth", *peer)
        self.client.run("ip", "link", "set", name, "master", "br0", "up")
        host.run("ip", "addr", "add", "10.77.0.%d/24" % number, "dev", "eth0")
        host.run("ip", "link", "set", "eth0", "up")
        return host

    def remove(self) -> None:
        """End everything."""
        for host in self.hosts + [self.client]:
            host.remove()
