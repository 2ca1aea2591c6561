# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter that finds misspelled names of groups."""

from typing import Any, Callable, Dict, List, Mapping, Sequence

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def misspelled_groups(groups: Mapping[str, Sequence[str]]) -> List[str]:
    """See the documentation in misspelled_groups.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils import group_names

    return answered("misspelled_groups", lambda: group_names.misspelled(groups))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {"misspelled_groups": misspelled_groups}
