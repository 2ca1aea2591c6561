# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the vendor's manuals ask of a host, as data, each with its page. Pure."""

from typing import Dict, NamedTuple, Optional, Tuple

X86, ARM = "x86_64", "aarch64"
_X86, _BOTH = (X86,), (X86, ARM)

INSTALLATION = "manuals/installation-manual"


class Release(NamedTuple):
    """since: the first version of a line of releases. systems: the majors of Red Hat Enterprise Linux it is made for, with their architectures."""

    since: Tuple[int, ...]
    systems: Dict[int, Tuple[str, ...]]
    page: str


# The newest first. What was possible before 4.5 is on no page as a whole; 8 was not.
RELEASES = (
    Release((5, 2), {8: _X86, 9: _BOTH, 10: _BOTH}, INSTALLATION),
    Release((5, 1), {8: _X86, 9: _BOTH}, "changelog/5/5-1-0"),
    Release((4, 7), {8: _X86, 9: _X86}, "changelog/4/4-7-0"),
    Release((4, 6), {7: _X86}, "4/eol-policy"),
    Release((4, 5), {8: _X86}, "4/eol-policy"),
    Release((0,), {5: _X86, 6: _X86, 7: _X86}, "4/eol-policy"),
)


def release(version: Tuple[int, ...]) -> Release:
    """Return the line of releases that a version belongs to; the newest for an empty version."""
    return RELEASES[0] if not version else next(one for one in RELEASES if version >= one.since)


LEAST, EXACT, MOST = "least", "exact", "most"


class Parameter(NamedTuple):
    """A parameter of the kernel: its numbers, and whether they are the least, the most, or exact."""

    name: str
    values: Tuple[int, ...]
    rule: str = LEAST


SYSCTL_3, SYSCTL_4 = "3/3-reference/install-os-specific", "4/byb-sysctl-conf"
# Without net.ipv4.tcp_tw_recycle of both pages, which Linux 4.12 removed, and with which hosts that share an address (NAT) lose connections.
PARAMETERS_3 = (
    Parameter("fs.file-max", (250000,)),
    Parameter("kernel.shmmax", (1073741824,)),
    Parameter("net.core.rmem_default", (32768,)),
    Parameter("net.core.rmem_max", (262144,)),
    Parameter("net.core.somaxconn", (1024,)),
    Parameter("net.core.wmem_default", (32768,)),
    Parameter("net.core.wmem_max", (262144,)),
    Parameter("net.ipv4.tcp_tw_reuse", (1,), EXACT),
    Parameter("vm.max_map_count", (768000,)),
)
PARAMETERS_4 = (
    Parameter("fs.file-max", (9721865,)),
    Parameter("net.core.netdev_max_backlog", (262144,)),
    Parameter("net.core.optmem_max", (16777216,)),
    Parameter("net.core.rmem_default", (67108864,)),
    Parameter("net.core.rmem_max", (67108864,)),
    Parameter("net.core.somaxconn", (8192,)),
    Parameter("net.core.wmem_default", (67108864,)),
    Parameter("net.core.wmem_max", (67108864,)),
    Parameter("net.ipv4.tcp_base_mss", (1024,)),
    Parameter("net.ipv4.tcp_fastopen", (1,)),
    Parameter("net.ipv4.tcp_fin_timeout", (15,), MOST),
    Parameter("net.ipv4.tcp_max_syn_backlog", (65535,)),
    Parameter("net.ipv4.tcp_max_tw_buckets", (2000000,)),
    Parameter("net.ipv4.tcp_mem", (2885568, 3847424, 67108864)),
    Parameter("net.ipv4.tcp_mtu_probing", (1,)),
    Parameter("net.ipv4.tcp_rmem", (4096, 87380, 67108864)),
    Parameter("net.ipv4.tcp_slow_start_after_idle", (0,), EXACT),
    Parameter("net.ipv4.tcp_tw_reuse", (1,), EXACT),
    Parameter("net.ipv4.tcp_wmem", (4096, 65536, 67108864)),
    Parameter("net.ipv4.udp_mem", (2885568, 3847424, 67108864)),
    Parameter("vm.max_map_count", (1048575,)),
)
# Counted in pages: the least of them is 11 GiB.
PAGES_OF_MEMORY = ("net.ipv4.tcp_mem", "net.ipv4.udp_mem")
NAMES = tuple(sorted({one.name for one in PARAMETERS_3 + PARAMETERS_4}))


def parameters(is_three: bool) -> Tuple[Parameter, ...]:
    """Return the parameters of the pages of 3.x, or of those since."""
    return PARAMETERS_3 if is_three else PARAMETERS_4


def too_little(asked: Parameter, value: str) -> bool:
    """Tell whether a value of the kernel is not what a page asks for. What is no number is not."""
    numbers = numbers_of(value)
    if numbers is None or len(numbers) != len(asked.values):
        return True
    pairs = list(zip(numbers, asked.values))
    if asked.rule == EXACT:
        return any(now != then for now, then in pairs)
    return any(now > then if asked.rule == MOST else now < then for now, then in pairs)


def raised(asked: Parameter, value: str) -> str:
    """Return the value to set: number by number what is enough, and what the kernel has already where that is more than the page asks for."""
    numbers = numbers_of(value)
    if asked.rule == EXACT or numbers is None or len(numbers) != len(asked.values):
        numbers = asked.values
    choose = min if asked.rule == MOST else max
    return " ".join(str(choose(pair)) for pair in zip(numbers, asked.values))


def numbers_of(value: str) -> Optional[Tuple[int, ...]]:
    """Return the numbers of a parameter; None for what is none."""
    words = value.split()
    if not words or any(word.strip("0123456789") for word in words):
        return None
    return tuple(int(word) for word in words)


EPHEMERAL_3 = (5000, 63000)
EPHEMERAL_4 = (49152, 65535)
# What the sample configuration sets, where a node has none yet (page server_max_file_descriptors; the built-in default is 3000000).
DESCRIPTORS = 80000

SMTP, POINT_TO_POINT, MSGC = 25, 4802, 4809
# By whom, and what the manuals call it: pages install-ports (3.x) and cluster-listeners (4.x).
MANUAL_PORTS = {
    "standalone": ((SMTP, "clients", "SMTP"),),
    "cluster_node": (
        (SMTP, "clients", "SMTP"),
        (POINT_TO_POINT, "cluster", "ECCluster_Listener"),
        (MSGC, "cluster", "msgc"),
    ),
    "cluster_manager": ((MSGC, "cluster", "msgc"),),
}
# Which listeners others must reach; a console is for the host alone.
REACHED_BY = {
    "esmtp_listener": "clients",
    "http_listener": "clients",
    "ecstream_listener": "clients",
    "xmpp_listener": "clients",
    "eccluster_listener": "cluster",
    "cluster_listener": "cluster",
    "msgcserver_listener": "cluster",
}
