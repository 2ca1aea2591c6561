# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a change takes an object from an account."""

import stat
import struct

import pytest

from plugins.module_utils.permissions.apply import Extended
from plugins.module_utils.permissions.judge import Attributes, Seen
from plugins.module_utils.permissions.takeover import is_taken, lists_of

ROOT, ACCOUNT, OTHER, GROUP = 0, 65534, 65533, 65530
NONE = 0xFFFFFFFF


def access_list(*entries):
    """The value of the attribute: version 2, then (tag, rights, number)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


WRITER = access_list((1, 6, NONE), (2, 6, ACCOUNT), (4, 0, NONE), (16, 6, NONE), (32, 0, NONE))
MASKED = access_list((1, 6, NONE), (2, 6, ACCOUNT), (4, 6, NONE), (16, 4, NONE), (32, 0, NONE))
READER = access_list((1, 6, NONE), (2, 4, ACCOUNT), (4, 6, NONE), (16, 6, NONE), (32, 0, NONE))


@pytest.mark.parametrize(
    "present, lists, requested, taken",
    [
        ((ACCOUNT, GROUP, 0o644), b"", (ROOT, GROUP, 0o640), True),
        ((ACCOUNT, GROUP, 0o400), b"", (ROOT, GROUP, 0o400), True),  # its owner could change the mode
        ((ACCOUNT, GROUP, 0o644), b"", (OTHER, GROUP, 0o640), True),
        ((ACCOUNT, GROUP, 0o666), b"", (ACCOUNT, GROUP, 0o600), False),  # its own: a log that is open
        ((ROOT, GROUP, 0o660), b"", (ROOT, GROUP, 0o640), True),
        ((ROOT, GROUP, 0o660), b"", (ROOT, OTHER, 0o660), True),
        ((ROOT, GROUP, 0o662), b"", (ROOT, GROUP, 0o660), True),
        ((ROOT, GROUP, 0o660), b"", (ROOT, GROUP, 0o600), True),
        ((ROOT, GROUP, 0o660), b"", (ROOT, GROUP, 0o664), False),
        ((ROOT, GROUP, 0o660), b"", (ROOT, OTHER, 0o606), False),  # all can write to it afterwards
        ((ROOT, GROUP, 0o644), b"", (ROOT, GROUP, 0o600), False),
        ((ROOT, GROUP, 0o644), b"", (ACCOUNT, GROUP, 0o644), False),
        ((ROOT, GROUP, 0o660), b"", (ACCOUNT, OTHER, 0o600), True),
        ((ROOT, GROUP, 0o660), WRITER, (ROOT, GROUP, 0o640), True),
        ((ROOT, GROUP, 0o660), WRITER, (ROOT, GROUP, 0o660), True),  # only the group is named by the mode
        ((ROOT, GROUP, 0o640), MASKED, (ROOT, GROUP, 0o600), False),
        ((ROOT, GROUP, 0o660), READER, (ROOT, GROUP, 0o660), False),
        ((ROOT, GROUP, 0o660), b"\2\0\0\0\1", (ROOT, GROUP, 0o640), True),  # a list that nobody understands
    ],
)
def test_what_is_taken_is_what_somebody_could_write_to_and_cannot_any_more(present, lists, requested, taken):
    seen = Seen(stat.S_IFREG | present[2], present[0], present[1], 1)
    assert is_taken(seen, Attributes(*requested), Extended(lists)) is taken


def test_the_names_of_lists():
    assert lists_of(Extended()) == ()
    assert lists_of(Extended(WRITER, True)) == ("system.posix_acl_access", "system.posix_acl_default")
