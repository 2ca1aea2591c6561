# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter through which roles pass file modes, before a template of ansible-core 2.16 makes text of a number."""

from typing import Any, Callable, Dict

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def file_mode(value: Any, variable: str = "mode", others: bool = False) -> str:
    """See the documentation in file_mode.yml."""
    from ansible_collections.msys.momentum.plugins.module_utils.files.file_mode import ALL_BITS, text

    if value in ("", None):
        return ""
    mode: str = answered("file_mode", lambda: text(variable, value, ALL_BITS, others))
    return mode


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {"file_mode": file_mode}
