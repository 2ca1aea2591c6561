# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CAP_SYS_RESOURCE, which DuraVIPs need by the page "capabilities", although the kernel lets addresses be changed without it."""

import ctypes

SYS_RESOURCE = "cap_sys_resource"
_NUMBER = 24  # <linux/capability.h>
_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
_libc = ctypes.CDLL(None, use_errno=True)  # now: in a chroot it is not there


def is_held() -> bool:
    """Whether it is in force for the calling thread, capget(2)."""
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable of the first 32, then of the others
    return _libc.capget(header, sets) == 0 and bool(sets[0] >> _NUMBER & 1)


def can_be_had() -> bool:
    """Whether the kernel could give it to this process, capabilities(7) "bounding set"."""
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith("CapBnd"))
    return bool(int(line.split()[1], 16) >> _NUMBER & 1)
