# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter that tells an answer of rpm from a failure."""

from typing import Any, Callable, Dict, Mapping

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def rpm_failure(result: Mapping[str, Any]) -> str:
    """See the documentation in rpm_failure.yml."""
    return answered("rpm_failure", lambda: _failure(result))


def _failure(result: Mapping[str, Any]) -> str:
    from ansible_collections.msys.momentum.plugins.module_utils.host import rpm

    if "stdout" not in result:
        # Skipped, or without any program: a message is all that is there.
        return "" if result.get("skipped") else str(result.get("msg", "no answer"))
    words = "%s\n%s" % (result["stdout"], result.get("stderr", ""))
    return rpm.failure(result.get("rc"), words if words.strip() else str(result.get("msg", "")))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {"rpm_failure": rpm_failure}
