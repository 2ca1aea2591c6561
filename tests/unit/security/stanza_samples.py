# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node and a stanza for the tests of the Security stanza."""

from plugins.module_utils.security.safety_checks import Host
from plugins.module_utils.security.stanza import Stanza

USERS = {"root": 0, "0": 0, "ecuser": 900, "900": 900, "wheel": 10, "10": 10, "news": 9, "9": 9}
STANDALONE = "cap_net_bind_service+ep"
CLUSTER = "cap_net_admin+ep cap_net_bind_service+ep cap_net_raw+ep cap_sys_resource+ep"
GOOD = Stanza("ecuser", "ecuser", ["news"], None, STANDALONE, "basic net_privaddr")


def host(**changes):
    values = {
        "uid": USERS.get,
        "gid": USERS.get,
        "is_directory": lambda path: path == "/jail",
        "ceiling": frozenset(range(41)),
        "last_cap": 40,
        "global_zone": True,
    }
    return Host(**dict(values, **changes))
