# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters that read and write values of TLS options in playbooks."""

from typing import Any, Callable, Dict, Iterable, List

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def tls_protocols(text: str, version: str) -> List[str]:
    """See the documentation in tls_protocols.yml."""
    from ansible_collections.msys.momentum.plugins.module_utils.tls.values import protocols

    return answered("tls_protocols", lambda: sorted(protocols.resolve(str(text), str(version))))


def tls_protocols_text(names: Iterable[str], version: str) -> str:
    """See the documentation in tls_protocols_text.yml."""
    from ansible_collections.msys.momentum.plugins.module_utils.tls.values import protocols

    return answered("tls_protocols_text", lambda: protocols.spell(frozenset(str(name) for name in names), str(version)))


def tls_profile(name: str) -> Dict[str, Any]:
    """See the documentation in tls_profile.yml."""
    from ansible_collections.msys.momentum.plugins.module_utils.tls.profiles import profiles

    return answered("tls_profile", lambda: _plain(profiles.find(str(name))._asdict()))


def tls_scopes(targets: Iterable[Dict[str, Any]], certificates: Iterable[Dict[str, Any]]) -> List[List[str]]:
    """See the documentation in tls_scopes.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils import declared_tls

    return answered("tls_scopes", lambda: declared_tls.scopes(targets, certificates))


def _plain(values: Dict[str, Any]) -> Dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {
            "tls_protocols": tls_protocols,
            "tls_protocols_text": tls_protocols_text,
            "tls_profile": tls_profile,
            "tls_scopes": tls_scopes,
        }
