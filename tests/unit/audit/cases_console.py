# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console."""

from audited import MANAGER, NOTHING, Case, cut_off, file, files, node

UNIX = 'Control_Listener { Listen "/run/ecelerity/control" { %s } }'
TCP = 'Control_Listener { Listen "%s" { %s } }'
ASKS = 'Enable_Authentication = true\nAuthDigestMD5Parameters = [ uri = "digest:///etc/p" ]'
AUTHORIZES = UNIX % "Enable_Authorization = true" + '\nAuthorization { Role "%s" { allow = ( "%s" ) } }'
SOCKET = file("/run/ecelerity/control", 0o660, "socket")
PLACE = file("/run/ecelerity", 0o750, "directory")
SHARED = file("/tmp", 0o1777, "directory", writers=frozenset(["everybody"]))
LOG = 'ec_logger "l" { acctlog = "/var/log/ecelerity/acctlog.ec" }\n'


def denied(path):
    raise PermissionError(13, "Permission denied", path)


CASES = [
    Case(
        "MSEC-CTL-001", "pass", node(UNIX % "", files=files(PLACE, SOCKET)), "is a socket of root:ecuser with mode 0660"
    ),
    Case("MSEC-CTL-001", "fail", node(UNIX % "File_Mode = 0666", files=files(PLACE)), "wider than 0660"),
    Case("MSEC-CTL-001", "fail", node(UNIX % "", files=files(SOCKET._replace(mode=0o666))), "mode 0666"),
    # Without any Listen it is in /tmp.
    Case("MSEC-CTL-001", "fail", node("", files=files(SHARED)), "can be written by everybody"),
    Case("MSEC-CTL-001", "fail", node(UNIX % "", files=files(SOCKET._replace(kind="file"))), "is a file of"),
    Case("MSEC-CTL-001", "unknown", node(UNIX % "", file=denied), "Permission denied"),
    Case("MSEC-CTL-001", "not_applicable", node(TCP % ("127.0.0.1:2025", ASKS))),
    Case("MSEC-CTL-002", "pass", node(TCP % ("127.0.0.1:2025", ASKS)), "at the loopback, with a password"),
    Case("MSEC-CTL-002", "fail", node(TCP % (":2025", ASKS)), "nothing that is sent there is encrypted"),
    Case("MSEC-CTL-002", "fail", node(TCP % ("127.0.0.1:2025", "")), "needs no password"),
    Case("MSEC-CTL-002", "fail", node(TCP % ("127.0.0.1:2025", ASKS + "\nAlways_Allow = true")), "Always_Allow"),
    Case("MSEC-CTL-002", "unknown", cut_off()),
    Case("MSEC-CTL-002", "not_applicable", node(UNIX % "")),
    Case("MSEC-CTL-003", "pass", node(AUTHORIZES % ("admin", "^summary$")), "every pattern is anchored"),
    Case("MSEC-CTL-003", "pass", node(AUTHORIZES % ("root", ".*"))),
    Case("MSEC-CTL-003", "not_applicable", node(UNIX % "Always_Deny = true")),
    Case("MSEC-CTL-003", "fail", node(UNIX % ""), "authorization is off"),
    Case("MSEC-CTL-003", "fail", node(AUTHORIZES % ("admin", ".*")), "the role admin may give every command"),
    Case("MSEC-CTL-003", "fail", node(AUTHORIZES % ("admin", "flush")), "is not anchored"),
    Case("MSEC-CTL-003", "unknown", cut_off()),
    Case("MSEC-CTL-003", "not_applicable", node("")),
    Case("MSEC-CTL-004", "pass", node(LOG + UNIX % ""), "acctlog is"),
    Case("MSEC-CTL-004", "fail", node(UNIX % ""), "no ec_logger has an acctlog"),
    Case("MSEC-CTL-004", "unknown", node()),
    Case("MSEC-CTL-004", "not_applicable", node(host=MANAGER)),
    Case("MSEC-CTL-005", "pass", node(TCP % ("127.0.0.1:2025", ASKS))),
    Case(
        "MSEC-CTL-005",
        "fail",
        node(UNIX % 'Enable_Authentication = true\nAuthLoginParameters = [ uri = "file:///etc/unsafe" ]'),
        "in clear text",
    ),
    Case("MSEC-CTL-005", "unknown", cut_off()),
    Case("MSEC-CTL-005", "not_applicable", node(UNIX % "")),
    Case("MSEC-CTL-005", "not_applicable", node(host=NOTHING)),
]
