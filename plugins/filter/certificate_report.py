# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter that makes one report of what certificate_info found on many hosts."""

from datetime import datetime
from typing import Any, Callable, Dict, List, Mapping

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def certificate_report(hostvars: Mapping[str, Any], hosts: List[str], register: str, now: str) -> Dict[str, Any]:
    """See the documentation in certificate_report.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils.node_text import untrusted
    from ansible_collections.msys.momentum.plugins.plugin_utils.report.certificate_list import report

    def reported() -> Dict[str, Any]:
        clock = _moment(now)
        return untrusted(report({host: (hostvars.get(host) or {}).get(register) for host in hosts}, clock))

    return answered("certificate_report", reported)


def _moment(now: str) -> datetime:
    from ansible_collections.msys.momentum.plugins.module_utils.errors import InvalidValue
    from ansible_collections.msys.momentum.plugins.plugin_utils.report.certificate_list import moment

    try:
        return moment(now)
    except (AttributeError, TypeError, ValueError):
        raise InvalidValue("now (momentum_report_now of the playbook) must be an ISO 8601 time, not %r" % (now,))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {"certificate_report": certificate_report}
