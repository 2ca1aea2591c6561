# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `control`."""

from typing import Any, Dict

USER: Dict[str, Dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "password": {"type": "str", "no_log": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

TCP: Dict[str, Dict[str, Any]] = {
    "address": {"type": "str", "required": True},
    "mechanism": {"type": "str", "choices": ["digest", "login"], "default": "digest"},
    "uri": {"type": "str"},
    "realm": {"type": "str"},
    "log_authentication": {"type": "bool", "default": True},
}

# The options of `password_file` and `users` hold paths and names; only `password` is a secret.
PASSWORD_FILE: Dict[str, Dict[str, Any]] = {
    "path": {"type": "path"},
    "owner": {"type": "str", "default": "ecuser"},
    "group": {"type": "str", "default": "ecuser"},
    "mode": {"type": "raw", "default": "0640"},
    "realm": {"type": "str", "default": "Momentum Console"},
    "users": {"type": "list", "elements": "dict", "default": [], "options": USER},
    "exclusive": {"type": "bool", "default": False},
}

GROUP: Dict[str, Dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "members": {"type": "list", "elements": "str", "default": []},
}

ROLE: Dict[str, Dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "allow": {"type": "list", "elements": "str", "required": True},
}

AUTHORIZATION: Dict[str, Dict[str, Any]] = {
    "enabled": {"type": "bool", "default": True},
    "socket": {"type": "bool", "default": False},
    "uri": {"type": "str"},
    "groups_file": {"type": "path"},
    "groups": {"type": "list", "elements": "dict", "default": [], "options": GROUP},
    "roles": {"type": "list", "elements": "dict", "default": [], "options": ROLE},
    "exclusive": {"type": "bool", "default": False},
}

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "socket": {"type": "str", "default": "/run/ecelerity/control"},
    "socket_mode": {"type": "raw", "default": "0660"},
    "socket_directory_mode": {"type": "raw", "default": "0750"},
    "socket_owner": {"type": "str", "default": "ecuser"},
    "socket_group": {"type": "str", "default": "ecuser"},
    "tcp": {"type": "list", "elements": "dict", "default": [], "options": TCP},
    "password_file": {"type": "dict", "no_log": False, "options": PASSWORD_FILE},
    "authorization": {"type": "dict", "options": AUTHORIZATION},
    "timeout": {"type": "int"},
    "acctlog": {"type": "str"},
    "file": {"type": "str"},
    "environment_file": {"type": "str"},
    "rotate_config": {"type": "str"},
    "boot_file": {"type": "str"},
    "purge": {"type": "bool", "default": True},
    "allow": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": [
            "world_writable_directory",
            "wide_mode",
            "public_tcp",
            "unauthenticated_tcp",
            "always_allow",
            "cleartext_passwords",
            "root_locked_out",
        ],
    },
}
