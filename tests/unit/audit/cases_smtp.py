# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SMTP as clients meet it."""

from audited import MANAGER, SMTP, Case, cut_off, node

CLOSED = SMTP % ("", "")

CASES = [
    Case("MSEC-SMTP-001", "pass", node(CLOSED)),
    Case("MSEC-SMTP-001", "fail", node(SMTP % ("Open_Relay = true", "")), "delivered anywhere"),
    Case("MSEC-SMTP-001", "fail", node('Relay_Hosts = ("0.0.0.0/0")\n' + CLOSED)),
    Case("MSEC-SMTP-001", "not_applicable", node(host=MANAGER)),
    Case("MSEC-SMTP-001", "unknown", cut_off(CLOSED)),
    Case("MSEC-SMTP-002", "pass", node(CLOSED)),
    Case("MSEC-SMTP-002", "fail", node(SMTP % ("SMTP_Extensions = (XCLIENT)", "")), "another address"),
    Case("MSEC-SMTP-002", "not_applicable", node(host=MANAGER)),
    Case("MSEC-SMTP-002", "unknown", cut_off(CLOSED)),
]
