# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of the installation."""

from audited import DIRECTORY, MAIN, SMTP, SOLARIS, Case, cut_off, file, files, node

from plugins.module_utils.audit.evidence import Permissions

SAFE = Permissions()
KEY, LOG = "/etc/pki/mx.key", "/var/log/ecelerity/mainlog.ec"
DATABASE, PASSPHRASE = "/opt/msys/etc/credentials.db", "/opt/msys/etc/credentials.key"
PLAIN = node(SMTP % ("", ""), permissions=SAFE)
WITH_KEY = SMTP % ('TLS_Key = "%s"' % KEY, "")
WITH_PASSWORD = 'Datasource "d" { uri = ("pgsql:host=h;password=correcthorsebattery") }'
WITH_LOG = 'ec_logger "l" { mainlog = "%s" }' % LOG
PROTECTED = {"fs.protected_hardlinks": "1", "fs.protected_symlinks": "1"}
LINUX_ONLY = node(host=SOLARIS)


def of(*differences, **changes):
    found = [dict(zip(("path", "part", "before", "after"), one)) for one in differences]
    return SAFE._replace(differences=found, **changes)


def walked(*differences, **changes):
    return node(permissions=of(*differences, **changes))


def read(main, *found, **parts):
    return node(main, files=files(*found), **dict({"permissions": SAFE}, **parts))


def denied(path):
    raise PermissionError(13, "Permission denied", path)


TOLD = ("/opt/x", "programs", "ecuser:ecuser 0755", "root:ecuser 0755")
CUT = {"totals": {"differences": 300}}
MAIN_FILE = file(MAIN)

CASES = [
    Case(
        "MSEC-FS-001", "pass", read(WITH_KEY, file(KEY)), "the key /etc/pki/mx.key (root:ecuser 0640) is the daemon's"
    ),
    Case(
        "MSEC-FS-001", "fail", read(WITH_KEY, file(KEY, 0o644, readers=frozenset(["everybody"]))), "read by everybody"
    ),
    Case("MSEC-FS-001", "fail", read(WITH_KEY, file(KEY, readers=frozenset(["group users"]))), "read by group users"),
    Case(
        "MSEC-FS-001", "fail", read(WITH_KEY, file(KEY, writers=frozenset(["user ecuser"]))), "changed by user ecuser"
    ),
    Case(
        "MSEC-FS-001",
        "fail",
        read(SMTP % ("", ""), permissions=of(("/k", "keys", "root:root 0644", "root:ecuser 0640"))),
        "lets everybody read",
    ),
    # A key that only root reads is not open to anybody, though the manifest has it otherwise.
    Case(
        "MSEC-FS-001",
        "pass",
        read(SMTP % ("", ""), permissions=of(("/k", "keys", "root:root 0600", "root:ecuser 0640"))),
    ),
    # The daemon may read it by a group of its own.
    Case(
        "MSEC-FS-001",
        "pass",
        read(
            'Security { Supplemental_Groups = ("tls") }\n' + WITH_KEY,
            file(KEY, readers=frozenset(["group tls", "user root"])),
        ),
    ),
    Case("MSEC-FS-001", "fail", read("Security { Group = mail }\n" + WITH_KEY, file(KEY)), "read by group ecuser"),
    Case("MSEC-FS-001", "unknown", read(WITH_KEY), "does not exist"),
    Case("MSEC-FS-001", "unknown", read(SMTP % ('TLS_Key = "mx.key"', "")), "no absolute path"),
    Case("MSEC-FS-001", "not_applicable", LINUX_ONLY),
    Case("MSEC-FS-002", "pass", walked()),
    Case("MSEC-FS-002", "pass", walked(("/k", "keys", "root:root 0644", "root:ecuser 0640"))),
    Case("MSEC-FS-002", "fail", walked(TOLD), "belongs to ecuser"),
    Case(
        "MSEC-FS-002",
        "fail",
        walked(("/s", "scripts", "root:ecuser 0775", "root:ecuser 0755")),
        "lets the group ecuser write",
    ),
    # Root's group is root, and what the manifest opens is not closed by it.
    Case("MSEC-FS-002", "pass", walked(("/s", "scripts", "root:root 0775", "root:ecuser 0755"))),
    Case("MSEC-FS-002", "pass", walked(("/s", "scripts", "root:users 0700", "root:ecuser 0755"))),
    Case(
        "MSEC-FS-002",
        "fail",
        walked(("/s", "scripts", "root:users 0750", "root:ecuser 0755")),
        "open to the group users",
    ),
    Case("MSEC-FS-002", "unknown", walked(**CUT), "300 more objects"),
    Case("MSEC-FS-002", "unknown", walked(not_entered=["/opt/msys/3rdParty"]), "another file system"),
    Case("MSEC-FS-002", "unknown", node(), "nobody has looked at permissions"),
    Case("MSEC-FS-002", "not_applicable", LINUX_ONLY),
    Case("MSEC-FS-003", "pass", read("Security { User = ecuser }", MAIN_FILE), "root alone, and has a Security stanza"),
    Case("MSEC-FS-003", "fail", read("", file(MAIN, writers=frozenset(["user ecuser"]))), "changed by user ecuser"),
    Case(
        "MSEC-FS-003",
        "fail",
        read(
            'Local_Changes_File = "/srv/changes.conf"',
            MAIN_FILE,
            file("/srv/changes.conf", writers=frozenset(["user ecuser"])),
        ),
        "/srv/changes.conf can be changed",
    ),
    Case("MSEC-FS-003", "unknown", node("", file=denied), "Permission denied"),
    Case("MSEC-FS-003", "unknown", cut_off(files=files(MAIN_FILE)), "beyond-reach"),
    Case("MSEC-FS-003", "not_applicable", LINUX_ONLY),
    Case("MSEC-FS-004", "pass", PLAIN),
    Case(
        "MSEC-FS-004",
        "fail",
        node(
            permissions=SAFE._replace(
                out_of_reach=[{"path": DIRECTORY, "present": "root:root 0750", "reason": "ecuser cannot search it"}]
            )
        ),
        "ecuser cannot search it",
    ),
    Case("MSEC-FS-004", "unknown", node()),
    Case("MSEC-FS-004", "not_applicable", LINUX_ONLY),
    Case("MSEC-FS-005", "pass", read(WITH_PASSWORD, MAIN_FILE), "not everybody reads it"),
    Case(
        "MSEC-FS-005",
        "fail",
        read(WITH_PASSWORD, file(MAIN, 0o644, readers=frozenset(["everybody"]))),
        "everybody reads it",
    ),
    Case("MSEC-FS-005", "unknown", node(WITH_PASSWORD, file=denied)),
    Case("MSEC-FS-005", "not_applicable", PLAIN),
    Case("MSEC-FS-006", "pass", PLAIN),
    Case(
        "MSEC-FS-006",
        "fail",
        node(
            permissions=SAFE._replace(
                refused=[{"path": "/opt/l", "reason": "is a symbolic link that a service user could have made"}]
            )
        ),
        "symbolic link",
    ),
    Case("MSEC-FS-006", "unknown", node(permissions=SAFE._replace(totals={"refused": 1}))),
    Case("MSEC-FS-006", "not_applicable", LINUX_ONLY),
    Case("MSEC-FS-007", "pass", read("", file(DATABASE), file(PASSPHRASE))),
    Case(
        "MSEC-FS-007", "fail", read("", file(PASSPHRASE, 0o644, readers=frozenset(["everybody"]))), "read by everybody"
    ),
    Case(
        "MSEC-FS-007",
        "fail",
        read('securecreds { Key = "/srv/k" }', file("/srv/k", writers=frozenset(["group ecuser"]))),
        "changed by group ecuser",
    ),
    Case("MSEC-FS-007", "unknown", read('securecreds { Key = "/srv/k" }'), "does not exist"),
    Case("MSEC-FS-007", "not_applicable", read("")),
    Case("MSEC-FS-008", "pass", read("Spool_Mode = 0640\n" + WITH_LOG, file(LOG)), "spool and logs are as"),
    Case("MSEC-FS-008", "fail", read("Spool_Mode = 0644"), "Spool_Mode is 0644"),
    Case("MSEC-FS-008", "fail", read('ec_logger "l" { mainlog_mode = 0666 }'), "mainlog_mode is 0666"),
    Case(
        "MSEC-FS-008", "fail", read(WITH_LOG, file(LOG, 0o644, readers=frozenset(["everybody"]))), "read by everybody"
    ),
    Case(
        "MSEC-FS-008",
        "fail",
        read("", permissions=of(("/var/log/ecelerity", "logs", "ecuser:ecuser 0755", "ecuser:ecuser 0750"))),
        "lets everybody read and search or execute",
    ),
    Case("MSEC-FS-008", "unknown", read("Spool_Mode = closed"), "no octal number"),
    Case("MSEC-FS-008", "unknown", node("")),
    Case("MSEC-FS-008", "not_applicable", LINUX_ONLY),
    Case("MSEC-FS-009", "pass", node(permissions=SAFE, kernel=PROTECTED), "fs.protected_symlinks = 1"),
    Case(
        "MSEC-FS-009",
        "fail",
        node(permissions=of(("/x", "own", "root:root 0666", "root:root 0644")), kernel=PROTECTED),
        "lets everybody write",
    ),
    Case(
        "MSEC-FS-009",
        "fail",
        node(permissions=SAFE, kernel=dict(PROTECTED, **{"fs.protected_hardlinks": "0"})),
        "fs.protected_hardlinks = 0",
    ),
    # What the manifest itself has so is no finding of this rule.
    Case("MSEC-FS-009", "pass", node(permissions=of(("/x", "own", "root:x 0666", "root:root 0666")), kernel=PROTECTED)),
    Case("MSEC-FS-009", "unknown", node(permissions=SAFE, kernel={}), "does not show"),
    Case("MSEC-FS-009", "not_applicable", LINUX_ONLY),
    Case("MSEC-FS-010", "pass", walked()),
    Case(
        "MSEC-FS-010",
        "fail",
        walked(("/opt/msys/etc/.svcpasswd", "service_password", "root:root 0644", "root:root 0600")),
        "lets everybody read",
    ),
    Case(
        "MSEC-FS-010",
        "fail",
        walked(("/p", "passwords", "root:users 0640", "root:ecuser 0640")),
        "open to the group users",
    ),
    Case("MSEC-FS-010", "unknown", node()),
    Case("MSEC-FS-010", "not_applicable", LINUX_ONLY),
    Case("MSEC-FS-011", "pass", PLAIN),
    Case(
        "MSEC-FS-011",
        "fail",
        node(permissions=SAFE._replace(access_lists=[{"path": "/k", "kinds": ["access"]}])),
        "/k has an access control list (access)",
    ),
    Case("MSEC-FS-011", "unknown", node()),
    Case("MSEC-FS-011", "not_applicable", LINUX_ONLY),
]
