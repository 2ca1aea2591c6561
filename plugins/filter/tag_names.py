# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter that finds tags of the command line that nothing has."""

from typing import Any, Callable, Dict, List, Sequence

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def unknown_tags(tags: Sequence[str], known: Sequence[str]) -> List[str]:
    """See the documentation in unknown_tags.yml."""
    from ansible import context
    from ansible_collections.msys.momentum.plugins.plugin_utils import tag_names

    return answered("unknown_tags", lambda: tag_names.unknown(tags, known, context.CLIARGS.get("args") or ()))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {"unknown_tags": unknown_tags}
