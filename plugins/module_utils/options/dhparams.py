# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `dhparams`."""

from typing import Any, Dict

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "path": {"type": "path", "required": True},
    "group": {"type": "str", "choices": ["ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"]},
    "generate": {"type": "int"},
    "owner": {"type": "str"},
    "group_owner": {"type": "str"},
    "mode": {"type": "raw", "default": "0644"},
}
