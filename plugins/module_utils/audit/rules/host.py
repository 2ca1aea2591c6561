# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host: its system, its kernel, its clock, and what else runs on it."""

import datetime
from typing import Callable, Iterator, NamedTuple, Sequence

from ...catalog.catalog import parse_version
from ..evidence import CouldNotLook, Evidence
from ..rule import DISK, FAIL, HIGH, INFO, LINUX, LINUX_MTA, LOW, MEDIUM, PASS, PROCESS, UNKNOWN, Rule, Seen
from .common import of_host, seen


class _Line(NamedTuple):
    """since: the first version of a line of releases. ends: the last day on which the vendor supports it; '' where none is announced."""

    since: str
    ends: str


# Page 4/eol-policy. The newest first.
_SUPPORT: Sequence[_Line] = (
    _Line("5.0", ""),
    _Line("4.7", "2027-03-01"),
    _Line("4.6", "2024-12-31"),
    _Line("4.5", "2027-03-01"),
    _Line("4.4", "2024-12-31"),
    _Line("4.3", "2023-09-03"),
    _Line("4.2", "2021-06-30"),
    _Line("4.1", "2017-08-03"),
    _Line("4.0", "2016-10-03"),
    _Line("0", "2018-12-31"),
)


def _supported(evidence: Evidence) -> Iterator[Seen]:
    version, today = evidence.host.version, evidence.host.today
    if not version or not today:
        raise CouldNotLook(
            "the version of Momentum is not known" if not version else "the day of the audit is not known"
        )
    ends = [one.ends for one in _SUPPORT if parse_version(version) >= parse_version(one.since)][0]
    words = "%s is supported, and no last day is announced" % version
    if ends:
        words = "the vendor's support of %s ends, or ended, on %s" % (version, ends)
    yield seen(not ends or _day(today) <= _day(ends), DISK, words)


def _day(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%Y-%m-%d").date()


class _Parameter(NamedTuple):
    """accepts: whether a number is one to pass. value: the one to set. A kernel without it has not what it is about."""

    name: str
    accepts: Callable[[int], bool]
    value: int


_HARDENED: Sequence[_Parameter] = (
    _Parameter("kernel.randomize_va_space", lambda number: number == 2, 2),
    _Parameter("kernel.yama.ptrace_scope", lambda number: number >= 1, 1),
)
# 2 is a core that root alone can read, proc(5).
_DUMPS: Sequence[_Parameter] = (_Parameter("fs.suid_dumpable", lambda number: number in (0, 2), 0),)
_PORTS: Sequence[_Parameter] = (_Parameter("net.ipv4.ip_unprivileged_port_start", lambda number: number >= 1024, 1024),)


def _parameters(evidence: Evidence, asked: Sequence[_Parameter]) -> Iterator[Seen]:
    kernel = evidence.kernel()
    for one in asked:
        value = kernel.get(one.name)
        if value is None:
            continue
        words = "%s = %s" % (one.name, value)
        if value.strip().isdigit():
            remedy = "%s = %d in /etc/sysctl.d" % (one.name, one.value)
            yield seen(one.accepts(int(value)), PROCESS, words, remedy=remedy)
        else:
            yield Seen(UNKNOWN, PROCESS, "%s, which is no number" % words)


def _hardened(evidence: Evidence) -> Iterator[Seen]:
    return _parameters(evidence, _HARDENED)


def _dumps(evidence: Evidence) -> Iterator[Seen]:
    return _parameters(evidence, _DUMPS)


def _ports(evidence: Evidence) -> Iterator[Seen]:
    return _parameters(evidence, _PORTS)


def _umask(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.permissions()
    for one in found.umask_lines:
        yield Seen(FAIL, DISK, "umask %s" % one["umask"], str(one["file"]), int(one["line"]))
    if not found.umask_lines:
        yield Seen(PASS, DISK, "no start-up file of root's closes new files to others")


_CM_6 = "NIST SP 800-53 CM-6"

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-HST-001",
        "The operating system is one that the version is made for",
        "The vendor supports neither the version on another one, nor fixes for it.",
        HIGH,
        (DISK,),
        of_host("operating_system", DISK, lambda facts: facts.system.name),
        "a host with a release that the version is made for, or msys.momentum.upgrade with momentum_version",
        ("page manuals/installation-manual", "page 4/eol-policy", "NIST SP 800-53 SA-22"),
        LINUX,
    ),
    Rule(
        "MSEC-HST-002",
        "The version of Momentum is supported",
        "Flaws that are found are not fixed any more.",
        HIGH,
        (DISK,),
        _supported,
        "msys.momentum.upgrade with momentum_version",
        ("page 4/eol-policy", "NIST SP 800-53 SA-22", "NIST SP 800-53 SI-2"),
    ),
    Rule(
        "MSEC-HST-003",
        "The clock is synchronised",
        "Certificates and signatures are judged by it, and events of several hosts are put in order by it.",
        MEDIUM,
        (PROCESS,),
        of_host("time", PROCESS, lambda facts: "the clock is synchronised"),
        "systemctl enable --now chronyd",
        ("page 4/byb-ntp", "NIST SP 800-53 AU-8", "NIST SP 800-53 SC-45"),
        LINUX,
    ),
    Rule(
        "MSEC-HST-004",
        "SELinux is as the manuals support it",
        "Versions before 5.0 are supported with SELinux disabled alone, and the manuals of 5.x do not mention "
        "it. What it denies fails in ways that Momentum does not explain.",
        INFO,
        (PROCESS,),
        of_host("selinux_mode", PROCESS, lambda facts: "SELinux is %s" % facts.selinux),
        "ask the vendor before it is set to enforcing; with 3.x and 4.x SELINUX=disabled, which lowers the "
        "protection of the whole host",
        ("page 4/byb-disable-selinux", "NIST SP 800-53 AC-3"),
        LINUX,
    ),
    Rule(
        "MSEC-HST-005",
        "The kernel places programs at random, and lets no process trace another one's",
        "A flaw in the daemon is easier to use, and any program of its account reads the keys in its memory.",
        MEDIUM,
        (PROCESS,),
        _hardened,
        "kernel.randomize_va_space = 2 and kernel.yama.ptrace_scope = 1 in /etc/sysctl.d",
        ("NIST SP 800-53 SI-16", "CIS Red Hat Enterprise Linux 9 Benchmark 1.5"),
        LINUX,
    ),
    Rule(
        "MSEC-HST-006",
        "The core of a program that gave up root is not written, or root alone reads it",
        "A core of the daemon has messages, passwords and private keys in it.",
        MEDIUM,
        (PROCESS,),
        _dumps,
        "fs.suid_dumpable = 0 in /etc/sysctl.d",
        ("NIST SP 800-53 SC-4", "CIS Red Hat Enterprise Linux 9 Benchmark 1.5"),
        LINUX,
    ),
    Rule(
        "MSEC-HST-007",
        "Only root, and who has cap_net_bind_service, binds ports below 1024",
        "While the daemon is down any account of the node takes port 25, mail and passwords with it.",
        LOW,
        (PROCESS,),
        _ports,
        "net.ipv4.ip_unprivileged_port_start = 1024 in /etc/sysctl.d",
        ("page 4/config/ref-capabilities", "NIST SP 800-53 AC-6"),
        LINUX_MTA,
    ),
    Rule(
        "MSEC-HST-008",
        "Parameters of the kernel are those that the vendor asks for",
        "A node that runs out of connections or memory for them refuses mail; a few clients get there sooner.",
        LOW,
        (PROCESS,),
        of_host(
            "kernel_parameters", PROCESS, lambda facts: "%d parameters are as the page has them" % len(facts.kernel)
        ),
        "momentum_preflight_fix: [sysctl]",
        ("page 4/byb-sysctl-conf", "NIST SP 800-53 SC-5"),
        LINUX,
    ),
    Rule(
        "MSEC-HST-009",
        "The daemon may open as many files as it is configured to",
        "Without a descriptor left it refuses connections.",
        LOW,
        (PROCESS,),
        of_host("limits", PROCESS, lambda facts: "the service may open %d files" % facts.unit_descriptors),
        "momentum_preflight_fix: [limits]",
        ("page 4/config/ref-server-max-file-descriptors", "NIST SP 800-53 SC-5"),
        LINUX_MTA,
    ),
    Rule(
        "MSEC-HST-010",
        "No other mail server runs, or starts at boot",
        "It takes port 25 before Momentum does, and has rules of its own, or none, about who may relay.",
        LOW,
        (PROCESS,),
        of_host("other_services", PROCESS, lambda facts: "no other mail server runs or is enabled"),
        "systemctl disable --now SERVICE, once its queue is empty",
        ("page 4/byb-disable-postfix", "NIST SP 800-53 CM-7"),
        LINUX_MTA,
    ),
    Rule(
        "MSEC-HST-011",
        "Root's umask closes no new file to the daemon",
        "What root creates by hand below etc/conf cannot be read by the daemon, and Momentum does not start.",
        LOW,
        (DISK,),
        _umask,
        "umask 0022 in the start-up file",
        ("page 4/install-security-considerations", _CM_6),
        LINUX,
    ),
)
