# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses on interfaces, by rtnetlink(7) and packet(7), with the capabilities of the calling thread: CAP_NET_ADMIN to add and
to remove one, CAP_NET_RAW to announce it. A program of its own, such as ip(8), would not inherit them."""

import os
import socket
import struct

_NEW, _DELETE = 20, 21  # RTM_NEWADDR, RTM_DELADDR
_REQUEST, _ACK, _CREATE = 0x1, 0x4, 0x400
_ADDRESS, _LOCAL = 1, 2  # IFA_ADDRESS, IFA_LOCAL
_ARP = 0x0806
_FREEBIND = 15  # IP_FREEBIND


def add(address: str, interface: str, mask: int) -> None:
    """Put an address on an interface; it may be there already. Raises OSError."""
    _change(_NEW, _CREATE, address, interface, mask)


def remove(address: str, interface: str, mask: int) -> None:
    """Take an address off an interface. Raises OSError."""
    _change(_DELETE, 0, address, interface, mask)


def _change(kind: int, flags: int, address: str, interface: str, mask: int) -> None:
    packed = socket.inet_aton(address)
    body = struct.pack("=BBBBI", socket.AF_INET, mask, 0, 0, socket.if_nametoindex(interface))
    body += b"".join(struct.pack("=HH", 8, number) + packed for number in (_LOCAL, _ADDRESS))
    header = struct.pack("=IHHII", 16 + len(body), kind, _REQUEST | _ACK | flags, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.bind((0, 0))
        netlink.sendall(header + body)
        code = -struct.unpack_from("=i", netlink.recv(4096), 16)[0]
    if code:
        raise OSError(code, os.strerror(code))


def is_here(address: str) -> bool:
    """Whether this machine has an address: whether a socket can be bound to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def announce(address: str, interface: str) -> None:
    """Gratuitous ARP (RFC 5227, 3): everybody who knows the address learns where it is now. Raises OSError."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ARP)) as raw:
        raw.bind((interface, _ARP))
        hardware, packed = raw.getsockname()[4][:6].ljust(6, b"\0"), socket.inet_aton(address)
        for operation in (1, 2):  # some listen to requests, some to replies
            arp = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation) + hardware + packed + b"\0" * 6 + packed
            raw.send(b"\xff" * 6 + hardware + struct.pack("!H", _ARP) + arp)


def listen(address: str, port: int, backlog: int = 500) -> socket.socket:
    """A listening socket on an address that need not be here yet (ip(7), IP_FREEBIND): it answers from the moment on when the
    address is. Raises OSError."""
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.setsockopt(socket.IPPROTO_IP, _FREEBIND, 1)
        server.bind((address, port))
        server.listen(backlog)
    except OSError:
        server.close()
        raise
    return server
