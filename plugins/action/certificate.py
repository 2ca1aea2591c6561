# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's part of the module `certificate`: it signs what nodes request of an authority."""

from __future__ import annotations

from ansible_collections.msys.momentum.plugins.module_utils.options.certificate import ARGUMENTS
from ansible_collections.msys.momentum.plugins.plugin_utils.signing_action import SigningAction


class ActionModule(SigningAction):
    """Units and authority are the task's own options."""

    MODULE = "msys.momentum.certificate"
    SPECIFICATION = ARGUMENTS
