# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `certificate`."""

from typing import Any, Dict

UNIT = {
    "name": {"type": "str", "required": True},
    "source": {
        "type": "str",
        "choices": ["self_signed", "authority", "external", "provided"],
        "default": "self_signed",
    },
    "key": {"type": "path", "required": True, "no_log": False},
    "certificate": {"type": "path", "required": True},
    "chain": {"type": "path"},
    "combined": {"type": "path"},
    "request": {"type": "path"},
    "common_name": {"type": "str"},
    "names": {"type": "list", "elements": "str", "default": []},
    "key_type": {
        "type": "str",
        "choices": ["ec-p256", "ec-p384", "rsa-2048", "rsa-3072", "rsa-4096", "ed25519"],
        "no_log": False,
    },
    "usages": {"type": "list", "elements": "str", "choices": ["server", "client"], "default": ["server"]},
    "days": {"type": "int", "default": 90},
    "renew_at": {"type": "str", "default": "1/3"},
    "rekey": {"type": "bool", "default": False},
    "new_key": {"type": "bool", "default": True, "no_log": False},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "key_mode": {"type": "raw", "no_log": False},
    "mode": {"type": "raw"},
    "directory_mode": {"type": "raw", "default": "0750"},
    "provided_key": {"type": "str", "no_log": True},
    "provided_certificate": {"type": "str"},
    "provided_chain": {"type": "str"},
    "signed": {"type": "str"},
    "issuer_key": {"type": "str", "no_log": False},
    "archive": {"type": "bool", "default": True},
    "activation": {"type": "str", "choices": ["none", "reload", "restart"]},
}

AUTHORITY = {
    "certificate": {"type": "path", "required": True},
    "key": {"type": "path", "required": True, "no_log": False},
    "passphrase": {"type": "str", "no_log": True},
    "days": {"type": "int"},
}

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    # Consumed by the action plugin, which runs on the controller.
    "authority": {"type": "dict", "options": AUTHORITY},
    "units": {"type": "list", "elements": "dict", "required": True, "options": UNIT},
}

SEVERAL_LINES = frozenset(["units.provided_certificate", "units.provided_chain", "units.signed"])
