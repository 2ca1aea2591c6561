# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `sandbox`."""

from typing import Any, Dict

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "unit": {"type": "str", "default": "ecelerity.service"},
    "directory": {"type": "path", "default": "/etc/systemd/system"},
    "systemd_version": {"type": "int"},
    "protect_system": {"type": "str", "choices": ["strict", "full"], "default": "strict"},
    "write_paths": {"type": "list", "elements": "path", "default": []},
    "add_capabilities": {"type": "list", "elements": "str", "default": []},
    "drop_capabilities": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": ["cap_sys_ptrace", "cap_dac_override", "cap_chown", "cap_fowner", "cap_sys_resource"],
    },
    "leave": {"type": "list", "elements": "str", "default": []},
    "overrides": {"type": "dict", "default": {}},
}
