# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Momentum is installed on the node."""

import os
import re
from typing import Optional

from .node import Node, is_installed

TIMEOUT = 30.0  # seconds; the RPM database may be locked for a moment
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+){1,4}")


def detect(node: Node) -> Optional[str]:
    """The version of the installed daemon, for example 5.3.0.12345; None if it is not installed or does not say.

    The package that owns the daemon is asked first, because that also works while the daemon is stopped.
    """
    return _of_package(os.path.join(node.prefix, "sbin", "ecelerity")) if is_installed(node) else None


def _of_package(program: str) -> Optional[str]:
    from .program import run

    answer = run(["rpm", "-qf", "--queryformat", "%{VERSION}\\n", program], TIMEOUT)
    found = NUMBER.match(answer.output)
    return found.group(0) if found and answer.status == 0 else None
