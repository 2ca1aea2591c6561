# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `service`."""

from typing import Any, Dict

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "daemon": {"type": "str", "choices": ["ecelerity", "eccmgr"], "default": "ecelerity"},
    "state": {"type": "str", "choices": ["started", "stopped", "restarted", "reloaded"], "default": "started"},
    "name": {"type": "str"},
    "activation": {"type": "str", "choices": ["none", "reload", "restart"], "default": "none"},
    "transactions": {"type": "list", "elements": "str", "default": []},
    "defer_restart": {"type": "bool", "default": False},
    "rotate_config": {"type": "str"},
    "health": {
        "type": "dict",
        "apply_defaults": True,
        "options": {
            "ports": {"type": "list", "elements": "int"},
            "timeout": {"type": "int", "default": 60},
            "control": {"type": "str"},
            "require_capabilities": {"type": "bool", "default": True},
            "version": {"type": "str", "default": ""},
            "tls": {"type": "list", "elements": "list", "default": []},
        },
    },
    "license": {
        "type": "dict",
        "apply_defaults": True,
        "options": {
            "require": {"type": "str", "choices": ["none", "readable", "valid"], "default": "readable"},
            "expires": {"type": "str", "default": ""},
            "warn_days": {"type": "int", "default": 30},
            "announced": {"type": "bool", "default": False},
        },
    },
}
