# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox of a unit as it is: the node's systemd, the unit in it, and the drop-in of this collection."""

import os
from typing import NamedTuple, Optional

from ..files.current import CurrentFile, current_file
from . import dropin, systemd


class CurrentSandbox(NamedTuple):
    """name: of the unit. version: of systemd; None where the node has none. asked: whether systemd is asked, which a task that names its
    version forbids. unit: in systemd. path, file: the drop-in."""

    name: str
    version: Optional[int]
    asked: bool
    unit: systemd.State
    path: str
    file: Optional[CurrentFile]

    def exposure(self) -> Optional[float]:
        """Ask systemd what it thinks of the unit as it has loaded it; None where it does not say. That takes it a second."""
        return systemd.exposure(self.name) if self.asked and self.unit.loaded else None


def current(name: str, directory: str, version: Optional[int] = None) -> CurrentSandbox:
    """Return the sandbox of a unit. directory: of systemd's units. version: of systemd, where it is not to be asked."""
    known = systemd.version() if version is None else version
    asked = version is None and known is not None
    path = os.path.join(directory, name + ".d", dropin.NAME)
    state = systemd.state(name) if asked else systemd.State(False, False, "")
    return CurrentSandbox(name, known, asked, state, path, current_file(path))
