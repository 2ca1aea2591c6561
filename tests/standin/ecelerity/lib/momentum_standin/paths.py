# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things lie. MOMENTUM_STANDIN_ROOT puts another directory before all paths (tests without root)."""

import os
from typing import List

ROOT = os.environ.get("MOMENTUM_STANDIN_ROOT", "").rstrip("/")
PREFIX = ROOT + "/opt/msys/ecelerity"
CONF = PREFIX + "/etc/conf"
MAIN = CONF + "/default/ecelerity.conf"
MANAGER_MAIN = CONF + "/default/eccluster.conf"
LICENSE = PREFIX + "/etc/license"
LOGS = ROOT + "/var/log/ecelerity"
MANAGER_LOGS = ROOT + "/var/log/eccluster"
SPOOL = ROOT + "/var/spool/ecelerity"
PIDFILE = ROOT + "/var/run/ecelerity.pid"
MONITOR_PIDFILE = ROOT + "/var/run/ecelerity.monitor.pid"
CONSOLE = ROOT + "/tmp/2025"


def node_directory() -> str:
    """The directory of this node's own files."""
    return CONF + "/" + os.uname().nodename


def search_path() -> List[str]:
    """The default search path (page "ecelerity.conf"), or EC_CONF_SEARCH_PATH (3.x environment page)."""
    node = os.uname().nodename
    text = os.environ.get("EC_CONF_SEARCH_PATH")
    if text is None:
        return [".", CONF + "/global", node_directory(), CONF + "/default"]
    return [one.replace("{NODENAME}", node) for one in text.split(":") if one]


def _version() -> str:
    try:
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "VERSION")) as file:
            return file.read().strip()
    except OSError:
        return "0.0.0"  # run from a checkout


_VERSION = _version()  # read now: a daemon in a chroot does not find the file later


def version() -> str:
    """The version the package was built as."""
    return _VERSION
