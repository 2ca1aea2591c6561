# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `permissions`."""

from typing import Any, Dict

ENTRY: Dict[str, Dict[str, Any]] = {
    "path": {"type": "str", "required": True},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw"},
    "directory_mode": {"type": "raw"},
    "recurse": {"type": "bool"},
    "exclude": {"type": "list", "elements": "str"},
}

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "state": {"type": "str", "choices": ["enforce", "audit"], "default": "enforce"},
    "role": {"type": "str", "choices": ["standalone", "cluster_node", "cluster_manager", "web_ui"]},
    "version": {"type": "str"},
    "user": {"type": "str", "default": "ecuser"},
    "group": {"type": "str", "default": "ecuser"},
    "leave": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": [
            "config",
            "credentials",
            "database_password",
            "environment",
            "installer",
            "keys",
            "license",
            "live_updates",
            "logs",
            "passwords",
            "programs",
            "scripts",
            "service_password",
            "services",
            "spool",
            "web",
        ],
    },
    "manual_modes": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": ["config", "database_password", "environment", "installer", "logs", "programs", "service_password"],
    },
    "entries": {"type": "list", "elements": "dict", "default": [], "options": ENTRY},
    "take_over_from": {"type": "list", "elements": "str"},
    "walk_spool": {"type": "bool", "default": False},
    "spool_dirs": {"type": "list", "elements": "path", "default": ["/var/spool/ecelerity"]},
    "other_file_systems": {"type": "bool", "default": False},
    "access_lists": {"type": "str", "choices": ["usual", "all"], "default": "usual"},
    "refused": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    "umask": {"type": "str", "choices": ["ignore", "report", "repair"], "default": "report"},
    "reach": {"type": "list", "elements": "path"},
    "limit": {"type": "int", "default": 200},
}
