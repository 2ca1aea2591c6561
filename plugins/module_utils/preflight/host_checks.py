# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of the host itself: its system, memory, rights, clock, kernel and SELinux. Pure."""

from typing import Iterator, List

from . import manuals
from .check import ADVICE, STOPS, Check, Found, Purpose, Unclear
from .facts import MAIL_SERVERS, OTHER_SERVICES, TIME_SERVICES, Facts

GIB = 1 << 30
PAGE = 4096  # bytes, in which the kernel counts tcp_mem and udp_mem
LEAST_MEMORY = 2 * GIB  # no page has a number; below it even the packages' own services are short of memory


def _rights(facts: Facts, _purpose: Purpose) -> Iterator[Found]:
    if not facts.is_root:
        yield Found("the task does not run as root", STOPS)


def _service_manager(facts: Facts, _purpose: Purpose) -> Iterator[Found]:
    if not facts.has_systemd:
        yield Found("systemd does not run on this host", STOPS)


def _operating_system(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    made_for = manuals.release(purpose.version)
    systems = ", ".join(str(one) for one in sorted(made_for.systems))
    if facts.system.family != "el":
        yield Found("%s is not Red Hat Enterprise Linux" % (facts.system.name or "the operating system"))
    elif facts.system.major not in made_for.systems:
        what = "%s: %s is made for Red Hat Enterprise Linux %s" % (facts.system.name, _named(purpose), systems)
        # Without a version nobody knows which packages the run will bring.
        yield Found(what, STOPS if purpose.version else ADVICE, page=made_for.page)


def _architecture(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    made_for = manuals.release(purpose.version)
    built = made_for.systems.get(facts.system.major)
    if facts.system.family != "el" or built is None:
        built = tuple(sorted({one for each in made_for.systems.values() for one in each}))
    if facts.architecture not in built:
        what = "%s: %s is built for %s" % (facts.architecture, _named(purpose), " and ".join(built))
        yield Found(what, STOPS if purpose.version else ADVICE, page=made_for.page)


def _named(purpose: Purpose) -> str:
    return "Momentum " + (".".join(map(str, purpose.version)) if purpose.version else "5.3")


def _memory(facts: Facts, _purpose: Purpose) -> Iterator[Found]:
    if facts.memory < LEAST_MEMORY:
        yield Found("%.1f GiB of memory" % (facts.memory / GIB))


def _time(facts: Facts, _purpose: Purpose) -> Iterator[Found]:
    if facts.synchronised and "synchronised" not in facts.unknown:
        return
    running = [name for name in TIME_SERVICES if name in facts.units and facts.units[name].active]
    if not running:
        yield Found("no time service runs (%s)" % ", ".join(TIME_SERVICES))
    elif "synchronised" in facts.unknown:
        raise Unclear(facts.unknown["synchronised"])
    else:
        yield Found("%s runs, but the clock is not synchronised" % running[0])


def _other_services(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    for name in MAIL_SERVERS + OTHER_SERVICES if purpose.is_mta else OTHER_SERVICES:
        unit = facts.units.get(name)
        if unit is not None and (unit.active or unit.enabled):
            state = " and ".join(word for word, holds in (("running", unit.active), ("enabled", unit.enabled)) if holds)
            yield Found("the service %s is %s" % (name, state), fix="systemctl disable --now %s" % name)


def _kernel_parameters(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    short = short_parameters(facts, purpose)
    if short:
        words = ", ".join(
            "%s = %s (%s)" % (one.name, facts.kernel[one.name], " ".join(map(str, one.values))) for one in short
        )
        page = manuals.SYSCTL_3 if purpose.is_three else manuals.SYSCTL_4
        yield Found("%d differ from the page's values, which are in brackets: %s" % (len(short), words), page=page)


def short_parameters(facts: Facts, purpose: Purpose) -> List[manuals.Parameter]:
    """Return the parameters whose values are not those of the pages. What this kernel does not have is left out."""
    asked = manuals.parameters(purpose.is_three)
    short = [one for one in asked if one.name in facts.kernel and manuals.too_little(one, facts.kernel[one.name])]
    return [one for one in short if not (one.name in manuals.PAGES_OF_MEMORY and one.values[1] * PAGE > facts.memory)]


def _limits(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if not purpose.is_mta:
        return
    needed = facts.descriptors
    if facts.unit_descriptors < needed:
        yield Found(
            "systemd lets the service open %d files, and the daemon opens up to %d" % (facts.unit_descriptors, needed)
        )
    most = manuals.numbers_of(facts.kernel.get("fs.nr_open", ""))
    if most and most[0] < needed:
        yield Found("fs.nr_open = %d, and the daemon opens up to %d files" % (most[0], needed), fix="raise fs.nr_open")
    if facts.connections and needed < 4 * facts.connections:
        what = "Server_Max_File_Descriptors is %d, less than four times Server_Max_Outbound_Connections (%d)"
        yield Found(what % (needed, facts.connections), fix="raise Server_Max_File_Descriptors (momentum_settings)")


def _umask(facts: Facts, _purpose: Purpose) -> Iterator[Found]:
    if facts.umask_lines:
        yield Found("others cannot read what root creates: %s" % ", ".join(facts.umask_lines))


def _selinux_mode(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if facts.selinux == "enforcing":
        old = bool(purpose.version) and purpose.version < (5,)
        what = "is not supported with SELinux" if old else "and SELinux: no page of 5.x says whether it is supported"
        yield Found(
            "SELinux is enforcing. %s %s" % (_named(purpose), what), page=manuals.SYSCTL_3 if purpose.is_three else ""
        )


def _selinux_denials(facts: Facts, _purpose: Purpose) -> Iterator[Found]:
    if facts.denials:
        shown = ", ".join(facts.denials[:5]) + (" and more" if len(facts.denials) > 5 else "")
        yield Found("SELinux has denied: %s" % shown)


CHECKS = (
    Check(
        "rights",
        "Whether the task runs as root.",
        "it does not",
        "Packages, services and owners are root's to change. Other checks see less without it.",
        "",
        "set ansible_become: true for the host",
        (),
        _rights,
    ),
    Check(
        "service_manager",
        "Whether systemd runs on the host.",
        "it does not",
        "The roles enable and start the service through systemd.",
        manuals.INSTALLATION,
        "use a host with systemd",
        (),
        _service_manager,
    ),
    Check(
        "operating_system",
        "The operating system, and whether the requested version is made for it.",
        "the host is Red Hat Enterprise Linux or built like it, and the requested version is made for other releases of it",
        "The packages need the libraries of the release that they are built for.",
        manuals.INSTALLATION,
        "use a release that the version is made for, or another version (momentum_version)",
        ("system",),
        _operating_system,
    ),
    Check(
        "architecture",
        "The processor, and whether the requested version is built for it on this release.",
        "the requested version is not built for it",
        "The packages hold programs for one architecture.",
        manuals.INSTALLATION,
        "use a host that the version is built for, or another version (momentum_version)",
        ("system",),
        _architecture,
    ),
    Check(
        "memory",
        "Whether the host has 2 GiB of memory. No page has a number.",
        "",
        "Momentum keeps messages in memory to spare the disk, and takes much of it where many are queued.",
        manuals.SYSCTL_3,
        "give the host more memory",
        ("memory",),
        _memory,
    ),
    Check(
        "time",
        "Whether a time service runs (chronyd, ntpd, ntpsec, systemd-timesyncd) and the clock is synchronised.",
        "",
        "Time stamps of mail and logs, certificates and the cluster go by the clock.",
        "4/byb-ntp",
        "systemctl enable --now chronyd",
        ("units",),
        _time,
    ),
    Check(
        "other_services",
        "Whether services run, or start at boot, that get in the way: postfix, sendmail, exim, opensmtpd; qpidd.",
        "",
        "A mail server takes port 25 before Momentum does. qpidd takes the port of RabbitMQ.",
        "4/byb-disable-postfix",
        "stop and disable the service, once its queue is empty",
        ("units",),
        _other_services,
    ),
    Check(
        "kernel_parameters",
        "The parameters of sysctl that the pages list for 3.x, or for 4.x and later, as far as the kernel has them. tcp_tw_recycle is left out, which "
        "Linux 4.12 removed, and so are tcp_mem and udp_mem where the page's values are beyond the memory of the host.",
        "",
        "Momentum opens many connections quickly, which the values of a general-purpose system do not permit.",
        manuals.SYSCTL_4,
        "momentum_preflight_fix: [sysctl], or set them in /etc/sysctl.d",
        ("kernel", "memory"),
        _kernel_parameters,
    ),
    Check(
        "limits",
        "Whether systemd and the kernel let the daemon open as many files as Server_Max_File_Descriptors has (80000 where there is no configuration), and "
        "whether that is four times Server_Max_Outbound_Connections.",
        "",
        "Each connection and each message takes a file descriptor. Without any left the daemon refuses connections.",
        "4/config/ref-server-max-file-descriptors",
        "momentum_preflight_fix: [limits], or raise LimitNOFILE in a drop-in of the service",
        ("unit_descriptors", "kernel", "has_configuration"),
        _limits,
    ),
    Check(
        "umask",
        "Whether a start-up file of root's shells sets a umask that closes new files to others, such as 0027.",
        "",
        "What root creates by hand below etc/conf is closed to ecuser then, and Momentum does not start. The roles set owner and mode in full, and so "
        "install in spite of it.",
        "4/install-security-considerations",
        "set umask 0022 in the file",
        ("umask_lines",),
        _umask,
    ),
    Check(
        "selinux_mode",
        "Whether SELinux is enforcing.",
        "",
        "3.x and 4.x are not supported with SELinux enabled. The manuals of 5.x do not mention it.",
        "4/byb-disable-selinux",
        "ask the vendor; with 3.x and 4.x set SELINUX=disabled in /etc/selinux/config, which lowers the protection of the whole host",
        ("selinux",),
        _selinux_mode,
    ),
    Check(
        "selinux_denials",
        "What the present audit log says that SELinux denied to Momentum's programs and at its paths.",
        "",
        "A daemon that is denied a file or port fails in a way that its own messages do not explain.",
        "4/byb-disable-selinux",
        "look at the lines with ausearch -m avc, and allow what is right by a policy module (audit2allow) or by labels (restorecon)",
        ("selinux", "denials"),
        _selinux_denials,
    ),
)
