# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `license`."""

from typing import Any, Dict

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "content": {"type": "str", "required": True, "no_log": True},
    "path": {"type": "path"},
    "owner": {"type": "str", "default": "root"},
    "group": {"type": "str", "default": "ecuser"},
    "mode": {"type": "raw", "default": "0640"},
    "require": {"type": "str", "choices": ["none", "readable", "valid"], "default": "none"},
    "replace": {"type": "str", "choices": ["auto", "always", "never"], "default": "auto"},
}
