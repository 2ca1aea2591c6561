# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a node shows from outside the collection: kernel, files, ports. Nothing here uses the collection's own code."""

import re
from typing import Any, Dict, List

PREFIX = "/opt/msys/ecelerity"
CONFIGURATION = PREFIX + "/etc/conf/default"
MAIN = CONFIGURATION + "/ecelerity.conf"
CONSOLE = PREFIX + "/bin/ec_console /run/ecelerity/control "
PIDFILE = "/var/run/ecelerity.pid"
BANNER = (
    "import socket; s = socket.create_connection(('127.0.0.1', 25), 5); s.settimeout(5); "
    "print(s.makefile().readline().strip())"
)


def pid(host: Any) -> int:
    """The daemon's process, the child of the monitor."""
    return int(host.check_output("cat " + PIDFILE).strip())


def fields(text: str) -> Dict[str, str]:
    """A status file of /proc as a dictionary."""
    return {name: value.strip() for name, _colon, value in (line.partition(":") for line in text.splitlines())}


def status(host: Any, number: str) -> Dict[str, str]:
    """The status of a process."""
    return fields(host.check_output("cat /proc/%s/status" % number))


def threads(host: Any) -> List[Dict[str, str]]:
    """The status of every thread of the daemon, read by one command: there are some twenty threads, and one may end meanwhile."""
    text = host.check_output("cat /proc/$(cat %s)/task/*/status 2>/dev/null || true" % PIDFILE)
    statuses = [fields(part) for part in re.split(r"(?m)^(?=Name:)", text) if part]
    assert statuses, "the daemon has no threads"
    return statuses


def look(host: Any, path: str) -> str:
    """Owner, group and mode, as `root:ecuser 640`."""
    return str(host.check_output("stat --format '%%U:%%G %%a' %s", path))


def capabilities(host: Any) -> int:
    """The effective capabilities of the daemon's main thread, as the kernel's mask."""
    return int(status(host, str(pid(host)))["CapEff"], 16)


def banner(host: Any) -> str:
    """The first line that port 25 says."""
    return str(host.check_output('python3 -c "%s"' % BANNER))


def checksums(host: Any) -> str:
    """The checksums, owners and modes of all files of the configuration."""
    listing = "find %s/etc/conf -type f -printf '%%p %%u:%%g %%m ' -exec sha256sum '{}' ';'" % PREFIX
    return str(host.check_output(listing + " | sort"))


def starts(host: Any) -> int:
    """How often systemd has started the service since the node came up."""
    journal = host.check_output("journalctl --unit ecelerity.service --output cat --no-pager")
    return len(re.findall(r"^Started ", journal, re.MULTILINE))


def is_serving(host: Any) -> bool:
    """Whether port 25 greets as SMTP has it."""
    return banner(host).startswith("220 ")
