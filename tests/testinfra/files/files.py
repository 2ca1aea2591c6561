# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of this scenario share: planted words, and disks that are full."""

import contextlib
from typing import Any, Iterator

import node

CONF = node.PREFIX + "/etc/conf"
STATE = "/var/lib/msys-momentum"
KEEP = "msys.momentum.standalone : Bring the node to its declared state"
PERMISSIONS, CREDENTIAL = "msys.momentum.permissions", "msys.momentum.credential"
CONTROL, SERVICE = "msys.momentum.control", "msys.momentum.service"


@contextlib.contextmanager
def full(host: Any, directory: str) -> Iterator[None]:
    """The file system of a directory without a free page, until the block ends."""
    filler = directory + "/.filler"
    host.run("dd if=/dev/zero of=%s bs=4096", filler)
    assert host.check_output("stat --file-system --format %%a %s", directory) == "0", "the disk is not full"
    try:
        yield
    finally:
        host.check_output("rm %s", filler)


def planted(host: Any, words: str) -> str:
    """The files of the node that hold these words, one a line. Of /proc, /sys and the image's own library nothing is read."""
    found = host.run(
        "grep --recursive --files-with-matches --binary-files=text --devices=skip -- %s "
        "/etc /opt /root /home /run /tmp /usr/local /var /dev/shm",
        words,
    )
    assert found.rc in (0, 1, 2)
    return str(found.stdout)
