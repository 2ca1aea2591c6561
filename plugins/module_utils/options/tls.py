# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `tls`."""

from typing import Any, Dict

TARGET: Dict[str, Dict[str, Any]] = {
    "scope": {"type": "list", "elements": "str"},
    "bindings": {"type": "list", "elements": "str"},
    "domain": {"type": "str"},
    "profile": {"type": "str"},
    "post_quantum": {"type": "bool", "default": True},
    "engine": {"type": "str", "choices": ["openssl", "gnutls", ""]},
    "protocols": {"type": "str"},
    "ciphers": {"type": "str"},
    "ciphersuites": {"type": "str"},
    "groups": {"type": "str"},
    "certificate": {"type": "path"},
    # A path, which is no secret; what it names is never read into a result.
    "key": {"type": "path", "no_log": False},
    "ca": {"type": "path"},
    "client_ca": {"type": "path"},
    "verify": {"type": "str", "choices": ["no", "ca", "host", "optional", ""]},
    "verify_mode": {"type": "str", "choices": ["none", "require", ""]},
    "renegotiation": {"type": "bool"},
    "starttls_injection": {"type": "str", "choices": ["allow", "ignore", "reject", ""]},
    "tls": {"type": "str", "choices": ["no", "ifavailable", "required", ""]},
    "ifavailable_fallback": {"type": "bool"},
    "implicit_tls": {"type": "bool"},
    "offer": {"type": "str", "default": "auto", "choices": ["auto", "required", "unmanaged"]},
    "dhe": {"type": "bool"},
    "dhparams_file": {"type": "path"},
    "allow": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": ["plaintext_downgrade", "outdated_protocols", "unlimited_protocols", "cleartext_injection"],
    },
}

POLICY: Dict[str, Dict[str, Any]] = {
    "fallback": {"type": "bool"},
    "verify": {"type": "str", "choices": ["no", "optional", "ca", "host"]},
    "ca": {"type": "path"},
    "dane": {"type": "bool"},
    "mta_sts": {"type": "bool"},
}
POLICIES = ["none", "opportunistic", "required"]

DOMAIN: Dict[str, Dict[str, Any]] = dict(
    POLICY,
    domain={"type": "str", "required": True},
    policy={"type": "str", "default": "required", "choices": POLICIES},
    minimum={"type": "str", "choices": ["TLSv1.2", "TLSv1.3"]},
)
OUTBOUND: Dict[str, Dict[str, Any]] = dict(
    POLICY,
    policy={"type": "str", "default": "opportunistic", "choices": POLICIES},
    keep_stricter={"type": "bool", "default": False},
    minimum={"type": "str", "default": "TLSv1.2", "choices": ["TLSv1.2", "TLSv1.3", "unmanaged"]},
    dnssec_probe={"type": "str", "default": "."},
    domains={"type": "list", "elements": "dict", "default": [], "options": DOMAIN},
)

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "version": {"type": "str"},
    "targets": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": TARGET,
        "mutually_exclusive": [("scope", "bindings")],
        "required_by": {"domain": ["bindings"]},
    },
    "outbound": {"type": "dict", "options": OUTBOUND},
    "purge": {"type": "bool", "default": False},
    "expected_files": {"type": "list", "elements": "path", "default": []},
}
