# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter by which the playbook `site` sums up a node."""

from typing import Any, Callable, Dict, List

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def summary_of_node(node: Any, preflight: Any, steps: Any, declared: Any, check: Any) -> List[str]:
    """See the documentation in summary_of_node.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils import node_summary
    from ansible_collections.msys.momentum.plugins.plugin_utils.node_text import untrusted

    lines = answered("summary_of_node", lambda: node_summary.lines(node, preflight, steps, declared, bool(check)))
    return untrusted(lines)


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {"summary_of_node": summary_of_node}
