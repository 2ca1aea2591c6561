# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked of the node's systemd: its version, whether it has read a unit anew, and what it thinks of it."""

import os
import re
from typing import Callable, Dict, NamedTuple, Optional

from ..errors import CheckFailed
from ..files import reading
from ..host import program as programs
from ..host.program import Run
from ..host.service_manager import DAEMON_RELOAD, QUERY_TIMEOUT, SYSTEMD, show
from ..state.activation import Activation

_VERSION = re.compile(r"systemd ([0-9]{1,4})")
_EXPOSURE = re.compile(r"exposure level for [^ \n]+ ([0-9]{1,2}\.[0-9]) ([A-Z]+)")
ANALYZE_TIMEOUT = 60.0  # seconds; it loads every unit of the node


class State(NamedTuple):
    """What systemd says of a unit: whether it has one, and whether files changed since it read them."""

    loaded: bool
    stale: bool
    fragment: str


def version(run: Run = programs.run, booted: str = SYSTEMD) -> Optional[int]:
    """The version of the systemd that runs this node; None where it is run by something else (sd_booted(3))."""
    if not os.path.isdir(booted):
        return None
    found = _VERSION.search(run(["systemctl", "--version"], QUERY_TIMEOUT).output)
    return int(found.group(1)) if found else None


def state(unit: str, run: Run = programs.run) -> State:
    """See a unit as systemd has loaded it."""
    shown: Dict[str, str] = show(unit, "LoadState,NeedDaemonReload,FragmentPath", run)
    return State(
        shown.get("LoadState") == "loaded", shown.get("NeedDaemonReload") == "yes", shown.get("FragmentPath", "")
    )


def reload(path: str) -> Activation:
    """Return what lets systemd read a unit anew; once the file is back, so does the same again."""
    return Activation("systemd", [path], argv=DAEMON_RELOAD, undo=DAEMON_RELOAD)


def exposure(unit: str, run: Run = programs.run) -> Optional[float]:
    """The figure of `systemd-analyze security` (0 to 10, the less the better); None where it gives none (before 240)."""
    found = _EXPOSURE.search(run(["systemd-analyze", "--no-pager", "security", unit], ANALYZE_TIMEOUT).output)
    return float(found.group(1)) if found else None


def verifier(
    unit: str, fragment: str, path: str, run: Run = programs.run
) -> Callable[[Dict[str, Optional[str]]], object]:
    """A judge of the staged drop-in, as `verify` is one of its content."""

    def judge(staged: Dict[str, Optional[str]]) -> None:
        source = staged.get(path)
        if source is not None and os.path.isfile(fragment):
            verify(unit, fragment, path, reading.read(source, "unit"), run)

    return judge


def verify(unit: str, fragment: str, path: str, content: bytes, run: Run = programs.run) -> None:
    """Judge what a drop-in is to hold: `systemd-analyze verify` on a copy of the unit beside it. Raises CheckFailed.

    Only complaints about the drop-in count; a node without the program, or without the unit, accepts all.
    """
    if not os.path.isfile(fragment):
        return
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        beside = os.path.join(directory, unit + ".d")
        os.mkdir(beside)
        copy = os.path.join(beside, os.path.basename(path))
        for text, name in ((reading.read(fragment, "unit"), os.path.join(directory, unit)), (content, copy)):
            with open(os.fsencode(name), "xb") as stream:
                stream.write(text)
        said = run(["systemd-analyze", "verify", os.path.join(directory, unit)], ANALYZE_TIMEOUT).output
    complaints = [line.replace(copy, path) for line in programs.lines(said) if line.startswith(copy)]
    if complaints:
        raise CheckFailed(programs.shown("\n".join(complaints)))
