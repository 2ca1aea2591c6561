# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter through which roles pass what a node must not choose."""

from typing import Any, Callable, Dict, List, Mapping, Union

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def refuse_node_facts(value: Any, hostvars: Mapping[str, Any], hosts: Union[str, List[str]]) -> Any:
    """See the documentation in refuse_node_facts.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils import node_facts

    answered("refuse_node_facts", lambda: node_facts.refuse(hostvars, [hosts] if isinstance(hosts, str) else hosts))
    return value


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {"refuse_node_facts": refuse_node_facts}
