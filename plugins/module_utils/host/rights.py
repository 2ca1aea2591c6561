# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the account that a module runs as may do what modules that write do, said before anything is tried."""

import os

from .accounts import user_name

REMEDY = "run the task as root, with 'become: true'"


def account() -> str:
    """Return the account of this process, in words."""
    return named(os.geteuid())


def named(uid: int) -> str:
    """Return an account by its number, in words."""
    return "user %s (uid %d)" % (user_name(uid), uid)


def refusal(state_dir: str) -> str:
    """Return why this account cannot keep its state in a directory, with what to do; empty if it can, and for root.

    Without its own state no module changes anything: transactions, backups and what is pending are there.
    """
    if os.geteuid() == 0:
        return ""
    path = os.path.normpath(state_dir)
    while not os.path.lexists(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    if os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return ""
    return "%s: %s may not write to %s, where modules keep backups and what is pending; %s" % (
        state_dir,
        account(),
        "this directory" if path == os.path.normpath(state_dir) else path,
        REMEDY,
    )


def explained(error: BaseException, words: str) -> str:
    """Return the words of an error, and what to do where it is that this account lacks root's rights."""
    if isinstance(error, PermissionError) and os.geteuid() != 0:
        return "%s for %s; %s" % (words, account(), REMEDY)
    return words


def words_of(error: OSError) -> str:
    """Return an error of the system in words: the file, and what is wrong."""
    path = os.fsdecode(error.filename) if isinstance(error.filename, (bytes, str)) else ""
    reason = error.strerror or str(error)
    return explained(error, "%s: %s" % (path, reason) if path else reason)
