# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operation."""

from audited import DIRECTORY, MAIN, MANAGER, NOTHING, SMTP, SOLARIS, Case, cut_off, node, running

from plugins.module_utils.audit.evidence import WorkingCopy
from plugins.module_utils.daemon.drift import NO_DRIFT, Drift
from plugins.module_utils.state import pending

CLEAN = SMTP % ("", "")
COPY = "/opt/msys/ecelerity/etc/conf"
PENDING = pending.Pending("reload", 1.0, ["t1"], [MAIN])
LEFT = "transaction t1 was left unfinished by an earlier run"


CASES = [
    Case("MSEC-OPS-001", "pass", node(running=running(), pending=pending.NOTHING), "nothing is pending"),
    Case("MSEC-OPS-001", "fail", node(running=running(), pending=PENDING), "a reload is pending for " + MAIN),
    Case("MSEC-OPS-001", "fail", node(running=None, pending=PENDING)),
    Case("MSEC-OPS-001", "unknown", node(running=running())),
    Case("MSEC-OPS-001", "not_applicable", node(running=None, pending=pending.NOTHING)),
    Case("MSEC-OPS-002", "pass", node(running=running(), drift=NO_DRIFT), "has loaded"),
    Case("MSEC-OPS-002", "fail", node(running=running(), drift=Drift("reload", [MAIN])), "that takes a reload"),
    Case("MSEC-OPS-002", "unknown", node(running=None, drift=NO_DRIFT), "does not run"),
    Case("MSEC-OPS-002", "not_applicable", node(host=SOLARIS)),
    Case("MSEC-OPS-003", "pass", node(CLEAN)),
    Case("MSEC-OPS-003", "fail", node(SMTP % ("No_Such_Option = 1", "")), "No_Such_Option"),
    Case("MSEC-OPS-003", "unknown", cut_off(CLEAN)),
    Case("MSEC-OPS-003", "not_applicable", node(host=MANAGER)),
    Case("MSEC-OPS-004", "pass", node(working_copy=WorkingCopy(COPY, {})), "as it was checked out"),
    Case("MSEC-OPS-004", "fail", node(working_copy=WorkingCopy(COPY, {MAIN: "modified"})), MAIN + " is modified"),
    Case("MSEC-OPS-004", "unknown", node()),
    Case("MSEC-OPS-004", "not_applicable", node(working_copy=None)),
    Case("MSEC-OPS-005", "pass", node(unfinished=[])),
    Case("MSEC-OPS-005", "fail", node(unfinished=[LEFT]), LEFT),
    Case("MSEC-OPS-005", "unknown", node()),
    Case("MSEC-OPS-005", "not_applicable", node(unfinished=None)),
    Case("MSEC-OPS-005", "not_applicable", node(host=NOTHING)),
    Case("MSEC-OPS-006", "pass", node(CLEAN)),
    Case(
        "MSEC-OPS-006",
        "fail",
        node('Local_Changes_File = "%s/changes.conf"\n' % DIRECTORY + CLEAN),
        "Local_Changes_File",
    ),
    Case("MSEC-OPS-006", "unknown", cut_off(CLEAN)),
    Case("MSEC-OPS-006", "not_applicable", node(host=MANAGER)),
    Case("MSEC-OPS-007", "pass", node(CLEAN)),
    Case("MSEC-OPS-007", "fail", node("ssl_lock_method = fcntl\n" + CLEAN), "ssl_lock_method"),
    Case("MSEC-OPS-007", "unknown", cut_off(CLEAN)),
    Case("MSEC-OPS-007", "not_applicable", node(host=MANAGER)),
]
