# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of a node as it is. `node_options.current` reads it."""

from typing import List, Optional

from ..ecconf.effective import Effective
from ..ecconf.loader import Configuration, Problem


class CurrentConfiguration:
    """configuration: the files that Momentum reads, with all includes, and what is wrong with them. None of them is edited."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self._effective: Optional[Effective] = None

    @property
    def effective(self) -> Effective:
        """What is in force; worked out once, for whoever asks first."""
        if self._effective is None:
            self._effective = Effective(self.configuration)
        return self._effective

    @property
    def problems(self) -> List[Problem]:
        """What could not be read, or has no effect as it is written."""
        return self.configuration.problems + self.effective.problems
