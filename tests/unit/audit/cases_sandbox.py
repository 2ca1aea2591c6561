# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The systemd sandbox."""

from audited import SOLARIS, Case, node, running

from plugins.module_utils.audit.evidence import Sandbox
from plugins.module_utils.files.current import CurrentFile
from plugins.module_utils.sandbox import dropin, systemd
from plugins.module_utils.sandbox.current import CurrentSandbox
from plugins.module_utils.sandbox.dropin import Directive

UNIT = "/usr/lib/systemd/system/ecelerity.service"
PATH = "/etc/systemd/system/ecelerity.service.d/50-msys-momentum.conf"
REQUESTED = (
    Directive("NoNewPrivileges", "yes", "because"),
    Directive("ProtectClock", None, "systemd does not know it"),
    Directive("SystemCallFilter", "~@clock @mount", "because"),
)


def current(chosen=REQUESTED, **changes):
    file = None if chosen is None else CurrentFile(dropin.text(chosen), 0, 0, 0o644)
    now = CurrentSandbox("ecelerity.service", 252, True, systemd.State(True, False, UNIT), PATH, file)
    return now._replace(**changes)


def of(now, exposure=5.9, **parts):
    requested = () if now.version is None else REQUESTED
    return node(sandbox=Sandbox(now, requested, exposure), **parts)


NO_SYSTEMD = of(current(None, version=None, asked=False, unit=systemd.State(False, False, "")), None)
STARTED = {"running": running()}

CASES = [
    Case("MSEC-SBX-001", "pass", of(current()), "all 2 directives"),
    Case("MSEC-SBX-001", "fail", of(current(None)), "no drop-in"),
    Case("MSEC-SBX-001", "fail", of(current(REQUESTED[:1])), "SystemCallFilter"),
    Case(
        "MSEC-SBX-001", "fail", of(current([Directive("NoNewPrivileges", "no", ""), *REQUESTED[1:]])), "NoNewPrivileges"
    ),
    Case("MSEC-SBX-001", "unknown", node()),
    Case("MSEC-SBX-001", "not_applicable", NO_SYSTEMD),
    Case("MSEC-SBX-002", "pass", of(current()), "systemd has read"),
    Case("MSEC-SBX-002", "fail", of(current(unit=systemd.State(True, True, UNIT))), "changed since systemd read them"),
    Case("MSEC-SBX-002", "unknown", node()),
    Case("MSEC-SBX-002", "not_applicable", NO_SYSTEMD),
    Case("MSEC-SBX-002", "not_applicable", of(current(unit=systemd.State(False, False, "")))),
    Case("MSEC-SBX-003", "pass", of(current()), "5.9 of 10"),
    Case("MSEC-SBX-003", "pass", of(current(), 6.0)),
    Case("MSEC-SBX-003", "fail", of(current(), 9.6), "9.6 of 10"),
    Case("MSEC-SBX-003", "unknown", of(current(), None), "no figure"),
    Case("MSEC-SBX-003", "not_applicable", NO_SYSTEMD),
    Case("MSEC-SBX-004", "pass", of(current(), **STARTED), "NoNewPrivileges is in force"),
    Case("MSEC-SBX-004", "fail", of(current(), running=running(no_new_privileges=0)), "not in force"),
    Case("MSEC-SBX-004", "fail", of(current(), running=running(seccomp=0)), "SystemCallFilter is in the drop-in"),
    Case("MSEC-SBX-004", "unknown", of(current(), running=running(seccomp=None)), "does not show it"),
    Case("MSEC-SBX-004", "unknown", of(current(), running=None), "does not run"),
    Case("MSEC-SBX-004", "not_applicable", of(current(None), **STARTED)),
    Case("MSEC-SBX-004", "not_applicable", node(host=SOLARIS)),
]
