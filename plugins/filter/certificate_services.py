# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of the role certificates: requests become parameters, results become what is to be activated."""

from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Mapping

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def certificate_services(
    entries: List[Dict[str, Any]], version: str, defaults: Dict[str, Any], of_daemon: bool = False
) -> Dict[str, Any]:
    """See the documentation in certificate_services.yml."""
    from ansible.utils.display import Display
    from ansible_collections.msys.momentum.plugins.module_utils.text import visible
    from ansible_collections.msys.momentum.plugins.plugin_utils.certificates import services

    planned: Dict[str, Any] = answered(
        "certificate_services", lambda: services.plan(entries, version, defaults, of_daemon)
    )
    for words in services.lapsed(entries, datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")):
        Display().warning(visible.message(words))
    return planned


def certificate_activation(
    plan: Dict[str, Any], kept: List[Dict[str, Any]], edited: Dict[str, Any], served: Dict[str, Any]
) -> Dict[str, Any]:
    """See the documentation in certificate_activation.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils.certificates import services

    return answered("certificate_activation", lambda: services.activate(plan, kept, edited, served))


def certificate_requests(hosts: List[str], hostvars: Mapping[str, Any], register: str) -> List[Dict[str, str]]:
    """See the documentation in certificate_requests.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils.certificates import services
    from ansible_collections.msys.momentum.plugins.plugin_utils.node_text import untrusted

    return answered(
        "certificate_requests",
        lambda: untrusted(services.requested({host: hostvars[host].get(register) for host in hosts})),
    )


def certificate_signed(units: List[Dict[str, Any]], signed: List[Dict[str, str]], host: str) -> List[Dict[str, Any]]:
    """See the documentation in certificate_signed.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils.certificates import services

    return answered("certificate_signed", lambda: services.handed_back(units, signed, host))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {
            "certificate_activation": certificate_activation,
            "certificate_requests": certificate_requests,
            "certificate_services": certificate_services,
            "certificate_signed": certificate_signed,
        }
