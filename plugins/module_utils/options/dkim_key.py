# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `dkim_key`."""

from typing import Any, Dict

KEY: Dict[str, Dict[str, Any]] = {
    "domain": {"type": "str", "required": True},
    "selector": {"type": "str", "required": True},
    "protocol": {"type": "str", "choices": ["dkim", "arc", "dkim2"], "default": "dkim"},
    "kind": {"type": "str", "choices": ["rsa-2048", "ed25519"], "default": "rsa-2048"},
    "path": {"type": "path"},
    "content": {"type": "str", "no_log": True},
    "signs": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "keys": {"type": "list", "elements": "dict", "default": [], "no_log": False, "options": KEY},
    "stanza": {"type": "str"},
    "version": {"type": "str"},
    "generate": {"type": "bool", "default": True},
    "publication": {"type": "str", "choices": ["required", "reported", "ignored"], "default": "required"},
    "resolvers": {"type": "list", "elements": "str", "default": []},
    "timeout": {"type": "int", "default": 10},
    "named_keys": {"type": "str", "choices": ["restrict", "ignore"], "default": "restrict", "no_log": False},
    "owner": {"type": "str", "default": "root"},
    "group": {"type": "str", "default": "ecuser"},
    "mode": {"type": "raw", "default": "0640"},
    "directory_mode": {"type": "raw", "default": "0750"},
}
SEVERAL_LINES = frozenset(["keys.content"])
