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
from ..tls.dnssec import Resolver
from ..tls.dnssec import current as current_resolver
from ..tls.errors import TlsError
from ..tls.identity import daemon_identity
from ..tls.outbound import Outbound, has_dane
from ..tls.resolve import Request, Resolution
from ..tls.values import openssl_library
from ..tls.values.openssl_library import Library

NEWEST = "5.3"


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
    """What may be missing in check mode, because earlier tasks and parts make it."""
    return list(task.params["expected_files"]) + list(task.announced) if task.check_mode else []


def assumed(task: Task) -> List[str]:
    """What an earlier task of check mode may be about to make: all of Momentum where it is not installed."""
    return [task.node.prefix] if task.check_mode and not nodes.is_installed(task.node) else []


def unplanned(version: str) -> Planned:
    """The result of check mode on a node on which nothing can be asked yet."""
    nothing: Dict[str, Any] = {
        key: [] for key in ("changes", "diff", "effective", "weaker", "left_out", "offered", "not_judged")
    }
    result = dict(
        nothing, resolvers=[], changed=True, activation="reload", version=version, library="", crypto_policy=""
    )
    return Planned(result, activations=[daemon("reload", [])])


def declared(entry: Optional[Dict[str, Any]], now: CurrentTls) -> Optional[Outbound]:
    """Return TLS of sent mail as a task declares it. Momentum's name servers are asked where DANE is part of it."""
    if entry is None:
        return None
    resolver: Optional[Resolver] = current_resolver(now.effective, entry["dnssec_probe"]) if has_dane(entry) else None
    return Outbound(entry, resolver)


def plan(task: Task) -> Planned:
    """Resolve what the targets ask for, and write what differs by meaning."""
    version = version_of(task)
    openssl = library_of(task)
    if openssl is None:
        return unplanned(version)
    closed = [os.path.join(task.node.prefix, "etc", name) for name in CLOSED]
    now, reload = prepare(task)
    tls_now = current(now, version, openssl)
    outbound = declared(task.params["outbound"], tls_now)
    request = Request(task.params["targets"], task.params["purge"], expected(task), assumed(task), closed, outbound)
    outcome = Resolution(tls_now, reload, request, daemon_identity).resolve()
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
        resolvers=[one.as_data() for one in outbound.resolver.servers] if outbound and outbound.resolver else [],
        not_judged=outcome.not_judged,
    )
