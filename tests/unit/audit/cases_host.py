# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host."""

from audited import NOTHING, SOLARIS, Case, Host, node

from plugins.module_utils.audit.evidence import Permissions
from plugins.module_utils.preflight.facts import Facts, System, Unit
from plugins.module_utils.preflight.manuals import PARAMETERS_4

KERNEL = {one.name: " ".join(map(str, one.values)) for one in PARAMETERS_4}
FACTS = Facts(
    system=System("Red Hat Enterprise Linux 9.4", "el", 9),
    architecture="x86_64",
    memory=1 << 40,
    units={"chronyd": Unit(True, True)},
    synchronised=True,
    has_configuration=True,
    kernel=KERNEL,
    descriptors=80000,
    unit_descriptors=80000,
)
HARDENED = {
    "kernel.randomize_va_space": "2",
    "kernel.yama.ptrace_scope": "1",
    "fs.suid_dumpable": "0",
    "net.ipv4.ip_unprivileged_port_start": "1024",
}
SUN = node(host=SOLARIS)


def of(version="5.3.0", **changes):
    return node(version=version, machine=FACTS._replace(**changes))


def unknown(field):
    return of(unknown={field: "nobody may see it"})


def sysctl(**changes):
    return node(kernel=dict(HARDENED, **{name.replace("__", "."): value for name, value in changes.items()}))


def on(today, version):
    return node(host=Host(version, today=today))


CASES = [
    Case("MSEC-HST-001", "pass", of(), "Red Hat Enterprise Linux 9.4"),
    Case("MSEC-HST-001", "fail", of("4.6"), "made for Red Hat Enterprise Linux 7"),
    Case("MSEC-HST-001", "unknown", unknown("system"), "nobody may see it"),
    Case("MSEC-HST-001", "not_applicable", SUN),
    Case("MSEC-HST-002", "pass", on("2026-12-01", "5.3.0"), "no last day"),
    Case("MSEC-HST-002", "pass", on("2026-12-01", "4.8.1"), "2027-03-01"),
    Case("MSEC-HST-002", "pass", on("2027-03-01", "4.7")),
    Case("MSEC-HST-002", "fail", on("2027-03-02", "4.8.1"), "2027-03-01"),
    Case("MSEC-HST-002", "fail", on("2026-12-01", "4.2.38"), "2021-06-30"),
    Case("MSEC-HST-002", "fail", on("2026-12-01", "3.6.24"), "2018-12-31"),
    Case("MSEC-HST-002", "unknown", on("2026-12-01", ""), "version"),
    Case("MSEC-HST-002", "unknown", on("", "5.3.0"), "day of the audit"),
    Case("MSEC-HST-002", "not_applicable", node(host=NOTHING)),
    Case("MSEC-HST-003", "pass", of(), "synchronised"),
    Case("MSEC-HST-003", "fail", of(units={}, synchronised=False), "no time service runs"),
    Case("MSEC-HST-003", "unknown", unknown("synchronised")),
    Case("MSEC-HST-003", "not_applicable", SUN),
    Case("MSEC-HST-004", "pass", of(), "SELinux is disabled"),
    Case("MSEC-HST-004", "fail", of("4.8", selinux="enforcing"), "not supported with SELinux"),
    Case("MSEC-HST-004", "unknown", unknown("selinux")),
    Case("MSEC-HST-004", "not_applicable", SUN),
    Case("MSEC-HST-005", "pass", sysctl(), "kernel.randomize_va_space = 2"),
    Case("MSEC-HST-005", "fail", sysctl(kernel__randomize_va_space="0"), "kernel.randomize_va_space = 0"),
    Case("MSEC-HST-005", "fail", node(kernel=dict(HARDENED, **{"kernel.yama.ptrace_scope": "0"})), "ptrace_scope = 0"),
    Case("MSEC-HST-005", "unknown", node()),
    Case("MSEC-HST-005", "unknown", sysctl(kernel__randomize_va_space="two"), "no number"),
    Case("MSEC-HST-005", "not_applicable", SUN),
    Case("MSEC-HST-006", "pass", sysctl()),
    Case("MSEC-HST-006", "pass", sysctl(fs__suid_dumpable="2"), "fs.suid_dumpable = 2"),
    Case("MSEC-HST-006", "fail", sysctl(fs__suid_dumpable="1"), "fs.suid_dumpable = 1"),
    Case("MSEC-HST-006", "unknown", node()),
    Case("MSEC-HST-006", "not_applicable", SUN),
    Case("MSEC-HST-007", "pass", sysctl()),
    Case("MSEC-HST-007", "fail", sysctl(net__ipv4__ip_unprivileged_port_start="0"), "port_start = 0"),
    Case("MSEC-HST-007", "unknown", node()),
    Case("MSEC-HST-007", "not_applicable", node(kernel={})),  # a kernel before 4.11
    Case("MSEC-HST-008", "pass", of(), "are as the page has them"),
    Case("MSEC-HST-008", "fail", of(kernel=dict(KERNEL, **{"net.core.somaxconn": "128"})), "net.core.somaxconn = 128"),
    Case("MSEC-HST-008", "unknown", unknown("kernel")),
    Case("MSEC-HST-008", "not_applicable", SUN),
    Case("MSEC-HST-009", "pass", of(), "may open 80000 files"),
    Case("MSEC-HST-009", "fail", of(unit_descriptors=1024), "1024 files"),
    Case("MSEC-HST-009", "unknown", unknown("unit_descriptors")),
    Case("MSEC-HST-009", "not_applicable", SUN),
    Case("MSEC-HST-010", "pass", of()),
    Case("MSEC-HST-010", "fail", of(units={"postfix": Unit(True, True)}), "postfix is running and enabled"),
    Case("MSEC-HST-010", "unknown", unknown("units")),
    Case("MSEC-HST-010", "not_applicable", SUN),
    Case("MSEC-HST-011", "pass", node(permissions=Permissions())),
    Case(
        "MSEC-HST-011",
        "fail",
        node(permissions=Permissions(umask_lines=[{"file": "/root/.bashrc", "line": 3, "umask": "0027"}])),
        "umask 0027",
    ),
    Case("MSEC-HST-011", "unknown", node()),
    Case("MSEC-HST-011", "not_applicable", SUN),
]
