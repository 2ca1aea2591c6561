# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter that shows a report as a page."""

from typing import Any, Callable, Dict, Mapping

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def certificate_page(found: Mapping[str, Any], title: str = "Certificates") -> str:
    """See the documentation in certificate_page.yml."""
    from ansible_collections.msys.momentum.plugins.plugin_utils.report.certificate_page import page

    return answered("certificate_page", lambda: page(found, title))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {"certificate_page": certificate_page}
