# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS settings."""

import os
from typing import Any, Dict, List, Optional

from .. import node_options as nodes
from ..apply import planned, prepare
from ..config.current import CurrentConfiguration
from ..daemon import version as versions
from ..errors import PlanError
from ..planned import Planned
from ..state.activation import daemon
from ..task import Task
from ..tls.current import CurrentTls
from ..tls.current import current as current_tls
from ..tls.errors import TlsError
from ..tls.identity import daemon_identity
from ..tls.resolve import Request, Resolution
from ..tls.values import openssl_library
from ..tls.values.openssl_library import Library

NEWEST = "5.3"

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

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "version": {"type": "str"},
    "targets": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": TARGET,
        "mutually_exclusive": [("scope", "bindings")],
        "required_by": {"domain": ["bindings"]},
    },
    "purge": {"type": "bool", "default": False},
    "expected_files": {"type": "list", "elements": "path", "default": []},
}


def current(now: CurrentConfiguration, version: str, openssl: Optional[Library] = None) -> CurrentTls:
    """Return TLS as the configuration has it. version: of Momentum. openssl: the node's, where it was asked already.

    Raises TlsError where the node's OpenSSL gives no answer.
    """
    return current_tls(now.configuration, version, openssl or openssl_library.find())


# Below etc: where the built-in manifests of msys.momentum.permissions close files to others, and the role calls that later.
CLOSED = ("conf", "certs")


def version_of(task: Task) -> str:
    """The version that the configuration is for; in check mode an earlier task may be about to install Momentum."""
    if task.check_mode and not task.params["version"] and not nodes.is_installed(task.node):
        task.warn("Momentum is not installed: the settings are planned for version %s" % NEWEST)
        return NEWEST
    return versions.require(task.node, task.params["version"])


def library_of(task: Task) -> Optional[Library]:
    """The node's OpenSSL; None in check mode where an earlier task may be about to install it with Momentum."""
    try:
        return openssl_library.find()
    except TlsError as error:
        if task.check_mode and not nodes.is_installed(task.node):
            task.warn("the settings cannot be planned yet: %s" % error)
            return None
        raise PlanError("the node's own OpenSSL must judge TLS settings, but %s" % error)


def expected(task: Task) -> List[str]:
    """What may be missing: in check mode what earlier tasks would have made, and all of Momentum where it is not installed."""
    if not task.check_mode:
        return []
    installed = nodes.is_installed(task.node)
    return list(task.params["expected_files"]) + list(task.announced) + ([] if installed else [task.node.prefix])


def unplanned(version: str) -> Planned:
    """The result of check mode on a node on which nothing can be asked yet."""
    nothing: Dict[str, Any] = {key: [] for key in ("changes", "diff", "effective", "weaker", "left_out", "offered")}
    result = dict(nothing, changed=True, activation="reload", version=version, library="", crypto_policy="")
    return Planned(result, activations=[daemon("reload", [])])


def plan(task: Task) -> Planned:
    """Resolve what the targets ask for, and write what differs by meaning."""
    version = version_of(task)
    openssl = library_of(task)
    if openssl is None:
        return unplanned(version)
    closed = [os.path.join(task.node.prefix, "etc", name) for name in CLOSED]
    request = Request(task.params["targets"], task.params["purge"], expected(task), closed)
    now, reload = prepare(task)
    outcome = Resolution(current(now, version, openssl), reload, request, daemon_identity).resolve()
    for warning in outcome.warnings:
        task.warn(warning)
    return planned(
        task,
        outcome.plan,
        version=version,
        library=openssl.text,
        crypto_policy=openssl_library.crypto_policy(),
        effective=outcome.effective,
        weaker=outcome.weaker,
        left_out=outcome.left_out,
        offered=outcome.offered,
    )
