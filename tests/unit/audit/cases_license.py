# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The licence."""

from audited import MANAGER, Case, node

LICENSE = {
    "path": "/opt/msys/ecelerity/etc/license",
    "present": True,
    "owner": "root",
    "group": "ecuser",
    "mode": "0640",
    "problems": [],
    "sha256": "00",
    "deployed": "",
    "days_left": 200,
    "validity": "valid",
    "said": "",
    "binding": "unknown",
    "fips": "not enforced",
}
MANAGES = node(host=MANAGER)


def of(version="5.3.0", **changes):
    return node(version=version, license=dict(LICENSE, **changes))


CASES = [
    Case("MSEC-LIC-001", "pass", of(), "root:ecuser 0640"),
    Case("MSEC-LIC-001", "fail", of(present=False, problems=["it does not exist"]), "does not exist"),
    Case("MSEC-LIC-001", "fail", of(problems=["others than its owner may write it"]), "may write it"),
    Case("MSEC-LIC-001", "unknown", node()),
    Case("MSEC-LIC-001", "not_applicable", MANAGES),
    Case("MSEC-LIC-002", "pass", of(), "200 days are left"),
    Case("MSEC-LIC-002", "pass", of(days_left=30)),
    Case("MSEC-LIC-002", "fail", of(days_left=0), "0 days are left"),
    Case("MSEC-LIC-002", "fail", of(days_left=29), "29 days are left"),
    Case("MSEC-LIC-002", "fail", of(days_left=-3), "ended 3 days ago"),
    Case("MSEC-LIC-002", "unknown", of(days_left=None), "nobody has given it"),
    Case("MSEC-LIC-002", "not_applicable", MANAGES),
    Case("MSEC-LIC-003", "pass", of()),
    Case("MSEC-LIC-003", "fail", of(validity="unconfirmed", said="License machine mismatch"), "mismatch"),
    Case("MSEC-LIC-003", "unknown", of(validity="unknown"), "says anything"),
    Case("MSEC-LIC-003", "unknown", of(present=False), "no licence"),
    Case("MSEC-LIC-003", "not_applicable", MANAGES),
    Case("MSEC-LIC-004", "pass", of(), "does not enforce"),
    Case("MSEC-LIC-004", "fail", of("5.2", fips="enforced"), "5.2 knows licences with DSA"),
    Case("MSEC-LIC-004", "unknown", of(fips="enforced"), "cannot be seen"),
    Case("MSEC-LIC-004", "unknown", of(fips="unknown")),
    Case("MSEC-LIC-004", "not_applicable", MANAGES),
]
