# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the picture of docs/certificate-report.md: `python tests/browser/picture.py PAGE.html`, then a screenshot 1180 pixels wide."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "unit" / "report")]

from report_samples import NOW, SILENT, entry, host

from plugins.plugin_utils.report.certificate_list import report
from plugins.plugin_utils.report.certificate_page import page

SMTP = {"service": "SMTP", "scopes": ["ESMTP_Listener"]}
CLIENT = {"service": "SMTP client", "scopes": ['Binding "bulk"']}
DATABASE = {"service": "PostgreSQL", "scopes": [], "path": "/var/db/msyspg/server.crt"}
WEB = {"service": "web UI", "scopes": [], "path": "/opt/msys/ecwebui/config/site/server.crt"}
MANAGER = {"service": "ecconfigd", "scopes": [], "path": "/var/ecconfigd/apache/server.crt"}

# host -> (days of life, age in days, what it is for)
NODES = {
    "mx1.example.com": [(47, 12, SMTP), (90, 30, CLIENT)],
    "mx2.example.com": [(47, 36, SMTP), (90, 79, CLIENT)],
    "mx3.example.com": [(47, 3, SMTP), (90, 30, CLIENT)],
    "manager.example.com": [(365, 377, DATABASE), (365, 190, WEB), (1825, 250, MANAGER)],
}


def made_up():
    """A small fleet that has one of everything."""
    found = {
        name: host(*(entry(name, life, age, **use) for life, age, use in entries)) for name, entries in NODES.items()
    }
    return report(dict(found, **{"mx4.example.com": SILENT}), NOW)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(made_up()), encoding="utf-8")
