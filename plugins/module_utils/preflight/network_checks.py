# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of names and ports. Pure."""

from typing import Iterator, List, Tuple

from . import manuals
from .check import STOPS, Check, Found, Purpose, Unclear
from .facts import Facts, Listener, Port

_LOOPBACK = ("127.", "::1")


def _hostname(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if "." in facts.hostname.strip("."):
        return
    # The pages of 3.x prefer the short name in a cluster, and so does its sample of msgc's peers.
    if purpose.is_three and purpose.role != "standalone":
        return
    full = facts.canonical if "." in facts.canonical else "NAME.DOMAIN"
    yield Found(
        "the host calls itself %s, which is no full name" % facts.hostname, fix="hostnamectl set-hostname %s" % full
    )


def _dns_forward(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if not facts.addresses:
        yield Found("%s does not resolve to an address" % facts.hostname)
    elif purpose.role != "standalone" and all(one.startswith(_LOOPBACK) for one in facts.addresses):
        what = "%s resolves to %s alone, and the other hosts of the cluster are elsewhere"
        yield Found(what % (facts.hostname, ", ".join(facts.addresses)))


def _dns_reverse(facts: Facts, _purpose: Purpose) -> Iterator[Found]:
    own = {facts.hostname.lower(), facts.canonical.lower()} - {""}
    for address in sorted(facts.names_of):
        names = facts.names_of[address]
        if not own & {name.rstrip(".").lower() for name in names}:
            back = ("leads back to %s" % ", ".join(names)) if names else "leads back to no name"
            yield Found("%s resolves to %s, which %s" % (facts.hostname, address, back))


def required_ports(facts: Facts, purpose: Purpose) -> List[Port]:
    """The ports that others must reach: those of the configuration, or those of the manual where there is none."""
    if facts.has_configuration and facts.ports:
        return list(facts.ports)
    return [Port(*one) for one in manuals.MANUAL_PORTS[purpose.role]]


def _smtp_port(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if not purpose.is_mta:
        return
    numbers = {one.number for one in required_ports(facts, purpose)}
    for one in facts.listeners:
        if one.port in numbers and not _is_own(facts, one) and (one.program or not facts.installed):
            yield Found("port %d is taken at %s by %s" % (one.port, one.address, _owner(one)), STOPS)
    # Root in a container without CAP_SYS_PTRACE does not see whose a socket is, and it may be Momentum's own.
    unseen = sorted({one.port for one in facts.listeners if one.port in numbers and not one.program})
    if unseen and facts.installed:
        raise Unclear("nobody may see whose port %s is; look with ss -ltnp" % ", ".join(map(str, unseen)))


def _is_own(facts: Facts, one: Listener) -> bool:
    # The directory above the prefix has the vendor's other programs, such as nginx.
    return one.program.startswith(facts.prefix.rstrip("/").rpartition("/")[0] + "/") if one.program else False


def _owner(one: Listener) -> str:
    return "%s (process %d)" % (one.program, one.pid) if one.program else "a program that cannot be seen"


def closed_ports(facts: Facts, purpose: Purpose) -> List[Port]:
    """Return the ports that firewalld does not let in, each number once."""
    first = {one.number: one for one in reversed(required_ports(facts, purpose))}
    ranges = facts.firewall.open
    return [first[number] for number in sorted(first) if not any(low <= number <= high for low, high in ranges)]


def _firewall(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if facts.firewall.kind == "none":
        return
    _refuse_others(facts, required_ports(facts, purpose))
    for one in closed_ports(facts, purpose):
        zones = ", ".join(facts.firewall.zones) or "none is active"
        what = "firewalld does not let port %d in (zones: %s), which is for %s: %s"
        fix = (
            "momentum_preflight_fix: [firewall]"
            if one.by == "clients"
            else "let the hosts of the cluster reach it, and nobody else"
        )
        yield Found(what % (one.number, zones, one.by, one.because), fix=fix)


def _cluster_ports(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    inner = [one for one in required_ports(facts, purpose) if one.by == "cluster"]
    if not inner:
        return
    if facts.firewall.kind == "none":
        yield Found("no firewall runs, so that everybody reaches %s" % _listed(inner))
        return
    _refuse_others(facts, inner)
    closed = {one.number for one in closed_ports(facts, purpose)}
    let_in = [one for one in inner if one.number not in closed]
    if let_in:
        yield Found("firewalld lets everybody reach %s in a zone" % _listed(let_in))


def _refuse_others(facts: Facts, ports: List[Port]) -> None:
    """Raise Unclear for a firewall whose rules are not read."""
    if facts.firewall.kind != "firewalld":
        raise Unclear("the rules of %s are not read; see to %s" % (facts.firewall.kind, _listed(ports)))


def _listed(ports: List[Port]) -> str:
    return ", ".join("port %d (%s)" % pair for pair in sorted({(one.number, one.because) for one in ports}))


def documented_range(purpose: Purpose) -> Tuple[int, int]:
    """The range of ephemeral ports that the pages give."""
    return manuals.EPHEMERAL_3 if purpose.is_three else manuals.EPHEMERAL_4


def is_too_low(facts: Facts, purpose: Purpose) -> bool:
    """Whether ephemeral ports begin below the page's first one."""
    return facts.ephemeral[0] < documented_range(purpose)[0]


def _ephemeral_ports(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if not is_too_low(facts, purpose):
        return
    first, last = facts.ephemeral
    numbers = sorted({one.number for one in required_ports(facts, purpose)})
    inside = [
        one for one in numbers if first <= one <= last and not any(low <= one <= high for low, high in facts.reserved)
    ]
    hit = ", and has port %s" % ", ".join(map(str, inside)) if inside else ""
    page = manuals.SYSCTL_3 if purpose.is_three else ""
    yield Found("the range of ephemeral ports is %d to %d%s" % (first, last, hit), page=page)


CHECKS = (
    Check(
        "hostname",
        "Whether the host's name is a full one (FQDN). In a cluster of 3.x the short one is as good.",
        "",
        "Momentum greets by it, and the nodes of a cluster know each other by it.",
        "4/byb-set-hostnames",
        "hostnamectl set-hostname NAME.DOMAIN",
        (),
        _hostname,
    ),
    Check(
        "dns_forward",
        "Whether the host's name resolves, within 5 seconds; in a cluster, to an address that others can reach.",
        "",
        "Each node must be able to resolve its own name; the vendor warns of installation problems otherwise.",
        "4/byb-set-hostnames",
        "add the host to DNS, or to /etc/hosts with its own address",
        ("addresses",),
        _dns_forward,
    ),
    Check(
        "dns_reverse",
        "Whether the addresses of the host's name lead back to it, within the same 5 seconds.",
        "",
        "Nodes of a cluster find each other by it, and many mail servers refuse a client whose address has no name.",
        "3/3-reference/install-prepare",
        "add a PTR record for the address, or an entry in /etc/hosts",
        ("addresses", "names_of"),
        _dns_reverse,
    ),
    Check(
        "smtp_port",
        "Whether a program that is not Momentum's listens at a port that Momentum needs: those of its configuration, or 25.",
        "one does",
        "Only one program can have a port. Momentum does not start, or the health gate meets another server.",
        "3/3-reference/install-prepare",
        "stop and disable the program, or have Momentum listen elsewhere (momentum_settings)",
        ("listeners", "has_configuration"),
        _smtp_port,
    ),
    Check(
        "firewall",
        "Whether firewalld lets the ports of the configuration in (without one, those of the manual for the role). Rules of other firewalls are not read.",
        "",
        "Clients cannot deliver mail, and nodes of a cluster do not see each other.",
        "3/3-reference/install-ports",
        "momentum_preflight_fix: [firewall]",
        ("firewall", "has_configuration"),
        _firewall,
    ),
    Check(
        "cluster_ports",
        "Whether everybody reaches the ports by which the hosts of a cluster talk (4802, 4809).",
        "",
        "They know neither passwords nor encryption: the vendor expects a trusted network, or a firewall.",
        "4/4-cluster",
        "let the hosts of the cluster reach them, and nobody else",
        ("firewall", "has_configuration"),
        _cluster_ports,
    ),
    Check(
        "ephemeral_ports",
        "Whether ports for outgoing connections begin at 49152 (4.x and later), or at 5000 (3.x).",
        "",
        "A connection may take the port of a service that is not started yet, which then fails.",
        "4/byb-redefine-ephemeral-ports",
        "momentum_preflight_fix: [sysctl], or set net.ipv4.ip_local_port_range in /etc/sysctl.d",
        ("ephemeral", "reserved", "has_configuration"),
        _ephemeral_ports,
    ),
)
