# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors that a user can mend: modules show their message, not a traceback."""

from typing import Any, Dict


class MomentumError(Exception):
    """Something is wrong on the node or in the task; the message says what, where, and how to mend it."""

    def details(self) -> Dict[str, Any]:
        """What a module's result carries beside the message."""
        return {}


class PlanError(MomentumError):
    """A wish that cannot be met, or a configuration that is no basis for one."""
