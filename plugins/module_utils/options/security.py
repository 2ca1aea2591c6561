# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `security`."""

from typing import Any, Dict

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "user": {"type": "str"},
    "group": {"type": "str"},
    "supplemental_groups": {"type": "list", "elements": "str"},
    "chroot": {"type": "str"},
    "capabilities": {"type": "str"},
    "privileges": {"type": "str"},
    "role": {"type": "str", "choices": ["auto", "standalone", "cluster"], "default": "auto"},
    "purge": {"type": "bool", "default": False},
    "allow": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": [
            "root_user",
            "root_group",
            "powerful_group",
            "root_with_capabilities",
            "missing_identity",
            "unknown_names",
            "effective_beyond_permitted",
            "root_equivalent",
            "beyond_bounding_set",
            "missing_chroot",
            "unsafe_chroot",
            "privileges_without_basic",
            "beyond_zone",
        ],
    },
    "unit": {"type": "str", "default": "ecelerity.service"},
}
