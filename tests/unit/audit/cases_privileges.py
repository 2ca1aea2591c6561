# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Security stanza."""

from audited import NOTHING, SMTP, SOLARIS, Case, node, stanza, unseen

NONE = node(SMTP % ("", ""))
UNREAD = node(SMTP % ("", ""), security=unseen("no configuration"))
CAPABILITIES = 'User = ecuser\nGroup = ecuser\nCapabilities = "%s"'
BIND = stanza(CAPABILITIES % "cap_net_bind_service+ep")
DURAVIP = 'Binding "b" { Enable_Duravip = true }\nSecurity { %s }'


def solaris(text, **changes):
    return stanza(
        'User = ecuser\nPrivileges = "%s"' % text, SOLARIS, **dict({"solaris": True, "global_zone": False}, **changes)
    )


CASES = [
    Case("MSEC-PRV-001", "pass", BIND, "the daemon becomes ecuser:ecuser"),
    Case("MSEC-PRV-001", "pass", NONE, "the daemon becomes ecuser:ecuser"),
    Case("MSEC-PRV-001", "fail", stanza("User = root"), "user 'root' is root"),
    Case("MSEC-PRV-001", "fail", stanza("User = ecuser\nGroup = root"), "root's"),
    Case("MSEC-PRV-001", "fail", stanza('User = root\nCapabilities = "cap_net_raw+ep"'), "together with capabilities"),
    Case("MSEC-PRV-001", "unknown", stanza("User = somebody"), "no account somebody"),
    Case("MSEC-PRV-001", "unknown", UNREAD, "no configuration"),
    Case("MSEC-PRV-001", "not_applicable", node(host=NOTHING), "this node has neither"),
    Case("MSEC-PRV-002", "pass", BIND),
    Case("MSEC-PRV-002", "fail", stanza(CAPABILITIES % "net_bind_service+ep"), "at character"),
    Case("MSEC-PRV-002", "unknown", UNREAD),
    Case("MSEC-PRV-002", "not_applicable", NONE),
    Case("MSEC-PRV-003", "pass", BIND),
    Case("MSEC-PRV-003", "fail", stanza(CAPABILITIES % "cap_net_bind_service+e"), "effective but not permitted"),
    Case(
        "MSEC-PRV-003", "fail", stanza(CAPABILITIES % "cap_net_bind_service+eip"), "inheritable: cap_net_bind_service"
    ),
    Case("MSEC-PRV-003", "unknown", stanza(CAPABILITIES % "net_bind_service+ep")),
    Case("MSEC-PRV-003", "not_applicable", NONE),
    Case("MSEC-PRV-004", "pass", BIND),
    Case(
        "MSEC-PRV-004", "fail", stanza(CAPABILITIES % "cap_net_bind_service,cap_net_admin+ep"), "cap_net_admin is kept"
    ),
    Case("MSEC-PRV-004", "fail", stanza("User = root"), "stays root"),
    Case("MSEC-PRV-004", "unknown", stanza(CAPABILITIES % "nothing"), "cannot be read"),
    Case("MSEC-PRV-004", "not_applicable", node(host=NOTHING)),
    Case("MSEC-PRV-005", "pass", BIND, "taken, and kept: cap_net_bind_service"),
    Case("MSEC-PRV-005", "fail", stanza("User = ecuser"), "cap_net_bind_service is not kept"),
    Case("MSEC-PRV-005", "fail", node(DURAVIP % (CAPABILITIES % "cap_net_bind_service+ep")), "DuraVIP"),
    Case("MSEC-PRV-005", "unknown", UNREAD),
    Case("MSEC-PRV-005", "not_applicable", node('ESMTP_Listener { Listen ":2525" { } }')),
    Case("MSEC-PRV-006", "pass", BIND),
    Case(
        "MSEC-PRV-006",
        "fail",
        stanza(CAPABILITIES % "cap_net_bind_service+ep", ceiling=frozenset([6, 7])),
        "lacks cap_net_bind_service",
    ),
    Case("MSEC-PRV-006", "unknown", stanza(CAPABILITIES % "cap_net_bind_service+ep", ceiling=None)),
    Case("MSEC-PRV-006", "not_applicable", NONE),
    Case("MSEC-PRV-007", "pass", solaris("basic net_privaddr")),
    Case("MSEC-PRV-007", "fail", solaris("net_privaddr"), "leave out basic ones"),
    Case("MSEC-PRV-007", "fail", solaris("basic net_rawaccess"), "non-global zone"),
    Case("MSEC-PRV-007", "fail", solaris("basic no_such_privilege"), "no_such_privilege"),
    Case("MSEC-PRV-007", "unknown", solaris("basic net_privaddr", global_zone=None)),
    Case("MSEC-PRV-007", "not_applicable", BIND),
    Case("MSEC-PRV-008", "pass", BIND),
    Case("MSEC-PRV-008", "fail", stanza("User = ecuser\nGroup = nobodys"), "no such group"),
    Case("MSEC-PRV-008", "unknown", UNREAD),
    Case("MSEC-PRV-008", "not_applicable", NONE),
    Case("MSEC-PRV-009", "pass", BIND),
    Case("MSEC-PRV-009", "fail", stanza(CAPABILITIES % "cap_dac_override+p"), "cap_dac_override"),
    Case("MSEC-PRV-009", "unknown", UNREAD),
    Case("MSEC-PRV-009", "not_applicable", NONE),
    Case("MSEC-PRV-010", "pass", stanza('Chroot = "/srv/jail"')),
    Case("MSEC-PRV-010", "fail", stanza('Chroot = "/srv/jail"', is_directory=lambda path: False), "is not a directory"),
    Case("MSEC-PRV-010", "fail", stanza('Chroot = "/srv/jail"', chroot=["/srv/jail/sh is set-id"]), "set-id"),
    Case("MSEC-PRV-010", "unknown", UNREAD),
    Case("MSEC-PRV-010", "not_applicable", BIND),
    Case("MSEC-PRV-011", "pass", stanza("User = ecuser\nUser = ecuser"), "says what is in force"),
    Case("MSEC-PRV-011", "fail", stanza("User = root\nUser = ecuser"), "User is root there"),
    Case("MSEC-PRV-011", "unknown", UNREAD),
    Case("MSEC-PRV-011", "not_applicable", BIND),
]
