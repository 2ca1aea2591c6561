# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter that finds variables of the inventory that nothing reads."""

from typing import Any, Callable, Dict, List, Mapping, Sequence

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def unknown_variables(
    hostvars: Mapping[str, Mapping[str, Any]], hosts: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> List[str]:
    """See the documentation in unknown_variables.yml."""
    from ansible.utils.vars import load_extra_vars
    from ansible_collections.msys.momentum.plugins.plugin_utils import variable_names

    # Where Ansible keeps them after it has read the command line. Without them a line names the hosts that have the variable, which are all.
    extra = getattr(load_extra_vars, "extra_vars", None)
    return answered("unknown_variables", lambda: variable_names.unknown(hostvars, hosts, groups, extra))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {"unknown_variables": unknown_variables}
