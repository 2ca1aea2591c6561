# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of the playbook adopt: what was found becomes a file of variables and a report."""

from typing import Any, Callable, Dict, List, Mapping

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def adoption_text(found: Mapping[str, Any], host: str, security: Mapping[str, Any], control: Mapping[str, Any]) -> str:
    """See the documentation in adoption_text.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils.adoption import remarks, text

    return _made(
        "adoption_text", lambda: text.text(host, found.get("variables"), remarks.in_file(found, security, control))
    )


def adoption_report(
    found: Mapping[str, Any], service: Mapping[str, Any], permissions: Mapping[str, Any]
) -> Dict[str, List[str]]:
    """See the documentation in adoption_report.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils.adoption import remarks

    return _made(
        "adoption_report",
        lambda: {title: lines for title, lines in remarks.in_report(found, service, permissions).items() if lines},
    )


def _made(name: str, make: Callable[[], Any]) -> Any:
    """What is made of a node's answers. Raises AnsibleFilterError for what no module answers, too."""
    from ansible_collections.msys.momentum.plugins.plugin_utils.node_text import untrusted

    return answered(name, lambda: untrusted(make()), "the node returned what no module returns")


def adoption_different(one: str, other: str) -> List[str]:
    """See the documentation in adoption_different.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils.adoption import text

    return answered("adoption_different", lambda: text.different(one, other))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {
            "adoption_different": adoption_different,
            "adoption_report": adoption_report,
            "adoption_text": adoption_text,
        }
