# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords."""

from audited import MANAGER, NOTHING, Case, cut_off, file, files, node

SOURCE = 'Datasource "d" { uri = ("%s") }'
CLEAR = SOURCE % "pgsql:host=h;dbname=e;user=u;password=%s"
DAEMON, TOOL = "/opt/msys/etc/", "/opt/msys/ecelerity/etc/"
PAIR = [file(DAEMON + name) for name in ("credentials.db", "credentials.key")]

CASES = [
    Case("MSEC-SEC-001", "pass", node(CLEAR % "kohl-rabi-und-speck")),
    Case("MSEC-SEC-001", "fail", node(CLEAR % "admin"), "manuals print"),
    Case("MSEC-SEC-001", "unknown", cut_off()),
    Case("MSEC-SEC-001", "not_applicable", node(host=MANAGER)),
    Case("MSEC-SEC-002", "pass", node(SOURCE % "pgsql:host=h;dbname=e;user=u"), "no Datasource has a password"),
    Case(
        "MSEC-SEC-002",
        "fail",
        node(CLEAR % "kohl-rabi-und-speck"),
        'Datasource "d" > uri has a password in clear',
    ),
    # What is overridden is in the file all the same.
    Case("MSEC-SEC-002", "fail", node(CLEAR % "kohl-rabi-und-speck" + "\n" + SOURCE % "pgsql:host=h"), "in clear"),
    Case("MSEC-SEC-002", "unknown", cut_off()),
    Case("MSEC-SEC-002", "not_applicable", node("")),
    Case("MSEC-SEC-003", "pass", node(CLEAR % "kohl-rabi-und-speck"), "no fewer than 14"),
    Case("MSEC-SEC-003", "pass", node(CLEAR % "12345678901234")),
    Case("MSEC-SEC-003", "fail", node(CLEAR % "1234567890123")),
    Case("MSEC-SEC-003", "fail", node(CLEAR % "kohl"), "fewer than 14 characters"),
    Case("MSEC-SEC-003", "unknown", cut_off()),
    Case("MSEC-SEC-003", "not_applicable", node("")),
    Case("MSEC-SEC-004", "pass", node("", files=files(*PAIR)), "Credentials: /opt/msys/etc/credentials.db"),
    Case("MSEC-SEC-004", "pass", node("", files=files(*PAIR, file(TOOL + "credentials.db", kind="link")))),
    Case("MSEC-SEC-004", "fail", node("", files=files(*PAIR, file(TOOL + "credentials.key"))), " and /opt/msys/etc"),
    Case("MSEC-SEC-004", "unknown", node()),
    Case("MSEC-SEC-004", "not_applicable", node("")),
    Case("MSEC-SEC-004", "not_applicable", node(host=NOTHING)),
]
