# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Momentum is installed on the node."""

import os
import re
from typing import Optional

from .node import Node, is_installed

NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+){1,4}")


def detect(node: Node) -> Optional[str]:
    """The version of the installed daemon, for example 5.3.0.12345; None if it is not installed or does not say.

    The package that owns the daemon is asked first, because that also works while the daemon is stopped.
    """
    return _of_package(os.path.join(node.prefix, "sbin", "ecelerity")) if is_installed(node) else None


def _of_package(program: str) -> Optional[str]:
    import subprocess

    command = ["rpm", "-qf", "--queryformat", "%{VERSION}\\n", program]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
    try:
        answer = subprocess.run(
            command, cwd="/", env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
        )
    except OSError:
        return None
    found = NUMBER.match(answer.stdout.decode("ascii", "replace"))
    return found.group(0) if found and answer.returncode == 0 else None
