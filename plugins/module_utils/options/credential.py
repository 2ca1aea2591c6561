# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `credential`."""

from typing import Any, Dict

ENTRY: Dict[str, Dict[str, Any]] = {
    "documented": {"type": "str", "choices": ["ecconfigd", "pgsql", "ecdb"]},
    "username": {"type": "str"},
    "hostname": {"type": "str"},
    "facility": {"type": "str", "choices": ["pgsql", "odbc", "mysql", "ldap", "proxy", "ecdb", "ecconfigd", "eccfg"]},
    "password": {"type": "str", "no_log": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "entries": {"type": "list", "elements": "dict", "default": [], "options": ENTRY},
    "database": {"type": "path"},
    # The path of a file, which is no secret.
    "key": {"type": "path", "no_log": False},
    "cipher": {"type": "str", "choices": ["aes"], "default": "aes"},
    "key_size": {"type": "int", "choices": [16, 24, 32], "default": 32, "no_log": False},
    "block_mode": {"type": "str", "choices": ["cbc"], "default": "cbc"},
    "owner": {"type": "str", "default": "root"},
    "group": {"type": "str", "default": "ecuser"},
    "mode": {"type": "raw", "default": "0640"},
    "stanza": {"type": "bool", "default": True},
    "allow": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": ["visible_arguments", "split_database"],
    },
}
