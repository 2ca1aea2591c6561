# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `config`."""

from typing import Any, Dict

SETTING: Dict[str, Dict[str, Any]] = {
    "scope": {"type": "list", "elements": "str", "default": []},
    "option": {"type": "str"},
    "value": {"type": "raw"},
    "include": {"type": "str"},
    "readonly": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent", "commented"], "default": "present"},
    "file": {"type": "str"},
    "secret": {"type": "bool", "default": False, "no_log": False},
    "allow": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": [
            "wrong_type",
            "misplaced",
            "misspelled",
            "instance_name",
            "ignored",
            "unknown_option",
            "unknown_stanza",
            "removed",
            "too_new",
            "outdated_protocols",
        ],
    },
}

FILE: Dict[str, Dict[str, Any]] = {
    "path": {"type": "path", "required": True},
    "source": {"type": "path"},
    "owner": {"type": "str", "default": "ecuser"},
    "group": {"type": "str", "default": "ecuser"},
    "mode": {"type": "raw", "default": "0640"},
    "directory_mode": {"type": "raw", "default": "0750"},
    "keep": {"type": "bool", "default": False},
    "unmark": {"type": "str"},
}

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "settings": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": SETTING,
        "mutually_exclusive": [("option", "include")],
    },
    "files": {"type": "list", "elements": "dict", "default": [], "options": FILE},
}
