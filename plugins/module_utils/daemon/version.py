# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Momentum is installed on the node."""

import re
import socket
from typing import List, Optional

from ..errors import PlanError
from ..host import rpm
from ..host.program import Ran, Run, lines, run
from ..node_options import Node, daemons, is_installed

TIMEOUT = 30.0  # seconds; the RPM database may be locked for a moment
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+){1,4}")


def detect(node: Node, endpoint: str = "", run: Run = run) -> Optional[str]:
    """The version of the installed daemon, for example 5.3.0.12345; None if it is not installed or nobody says.

    The package that owns the daemon (on a manager eccmgr) is asked first, because that also works while the daemon is
    stopped; then the running daemon, through the console at `endpoint`, or where the configuration and the last activation
    have it. `run` starts programs.
    """
    if not is_installed(node):
        return None
    return _of_package(node, run) or _of_console(node, endpoint, run)


def of_package(node: Node, run: Run = run) -> Optional[str]:
    """The version of the package that owns the daemon, without asking the daemon; None if none does."""
    return _of_package(node, run) if is_installed(node) else None


def require(node: Node, override: Optional[str], endpoint: str = "", run: Run = run) -> str:
    """The version that a task says, else the detected one.

    Raises PlanError where neither gives one, and for an override that does not begin with a number: what a release knows
    is never guessed.
    """
    from ..catalog.catalog import parse_version

    found = override or detect(node, endpoint, run)
    if not found:
        raise PlanError(
            "the version of Momentum is unknown: %s, and no daemon answers at %s;"
            " say it with the option 'version' (roles: momentum_version), such as version: 5.3.0"
            % (_why_no_package(node, run), ", ".join(_endpoints(node, endpoint)))
        )
    try:
        parse_version(found)
    except ValueError:
        raise PlanError("version %r is no version of Momentum; write it as numbers, such as 4.2.1" % found)
    return found


def _of_package(node: Node, run: Run) -> Optional[str]:
    found = (_of_rpm(program, run) or _of_dpkg(program, run) for program in daemons(node))
    return next((version for version in found if version), None)


def _of_rpm(program: str, run: Run) -> Optional[str]:
    answer = _owner(program, run)
    return _leading(answer.output) if answer.status == 0 else None


def _owner(program: str, run: Run) -> Ran:
    return run(["rpm", "-qf", "--queryformat", "%{VERSION}\\n", program], TIMEOUT)


def _why_no_package(node: Node, run: Run) -> str:
    """What became of the question for the package, in words; a database that cannot be asked is no missing package."""
    for answer in (_owner(program, run) for program in daemons(node)):
        failure = rpm.failure(answer.status, answer.output)
        if failure and not rpm.is_absent(answer):
            return "the RPM database cannot be asked (%s)" % failure
    return "no package owns a daemon in %s/sbin" % node.prefix


def _of_dpkg(program: str, run: Run) -> Optional[str]:
    """A package that was converted for Debian: `name[:architecture], …: path` says whose the file is, dpkg-query(1)."""
    owner = run(["dpkg-query", "--search", program], TIMEOUT)
    owned = [line for line in lines(owner.output) if not line.startswith("diversion ")]
    if owner.status != 0 or not owned:
        return None
    name = owned[0].rpartition(": ")[0].split(", ")[0]
    answer = run(["dpkg-query", "--show", "--showformat=${Version}\\n", name], TIMEOUT)
    without_epoch = answer.output.rpartition(":")[2]
    return _leading(without_epoch) if answer.status == 0 else None


def _of_console(node: Node, endpoint: str, run: Run) -> Optional[str]:
    from ..host.tcp import Deadline
    from .console import Console

    deadline = Deadline(TIMEOUT)
    try:
        answers = (Console(node.prefix, one, run, deadline.left()).version()[1] for one in _endpoints(node, endpoint))
        return next((version for version in answers if version), None)
    except socket.timeout:
        return None


def _endpoints(node: Node, endpoint: str) -> List[str]:
    """Where the console may be: as said, else by the configuration on disk and that of the last activation."""
    if endpoint:
        return [endpoint]
    from ..console_access.endpoints import candidates, configured
    from ..node_options import current
    from ..state import pending as activation

    found = configured(current(node).effective)
    known = activation.activated(node.state_dir)
    return candidates("", None, found + (list(known.consoles) if known is not None else []))


def _leading(text: str) -> Optional[str]:
    found = NUMBER.match(text)
    return found.group(0) if found else None
