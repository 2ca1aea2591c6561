# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `keyword_file`."""

from typing import Any, Dict

FILE = {
    "path": {"type": "path", "required": True},
    "style": {"type": "str", "choices": ["postgresql", "ldap", "postgresql_access", "apache"]},
    "settings": {"type": "dict"},
    "tls": {"type": "str", "choices": ["offered", "required"]},
    "check": {"type": "list", "elements": "str", "default": []},
    "content": {"type": "str", "no_log": True},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw"},
    "service": {"type": "str"},
    "activation": {"type": "str", "choices": ["none", "reload", "restart"], "default": "none"},
}

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "files": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": FILE,
        "mutually_exclusive": [["settings", "content", "tls"]],
        "required_one_of": [["settings", "content", "tls"]],
        "required_by": {"settings": ["style"], "tls": ["style"]},
    },
}
