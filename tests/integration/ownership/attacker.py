# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service user that swaps the entries of its own directory for links, as fast as it can, until it is ended.

usage: python attacker.py UID DIRECTORY CANARY_DIRECTORY

The directory holds `file` and `sub/file`. Each round puts a symbolic link to the canary, one to its directory, or one of
the hard links in `stock` (made by root beforehand) where they were, and puts them back. Prints a line when it begins, and
the number of rounds when it is told to end by SIGTERM.
"""

import os
import signal
import sys

ROUNDS = 0


def end(*_):
    """Report and leave."""
    print(ROUNDS, flush=True)
    os._exit(0)


def main(uid, directory, canaries):
    """Drop all rights, then swap for ever."""
    global ROUNDS
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    os.chdir(directory)
    signal.signal(signal.SIGTERM, end)
    canary = os.path.join(canaries, "canary")
    os.symlink(canary, "stock/link")
    os.symlink(canaries, "stock/directory")
    print("begun", flush=True)
    while True:
        for planted in ("stock/link", "stock/hard"):
            os.rename("file", "stock/file")
            os.rename(planted, "file")
            os.rename("file", planted)
            os.rename("stock/file", "file")
        os.rename("sub", "stock/sub")
        os.rename("stock/directory", "sub")
        os.rename("sub", "stock/directory")
        os.rename("stock/sub", "sub")
        ROUNDS += 1


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
