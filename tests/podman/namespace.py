# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a command as root of a user namespace with the accounts of this one, where every capability can be had.

Containers that are started by it can have CAP_SYS_RESOURCE also where this host's root cannot (user_namespaces(7)). Mounts and
network are the namespace's own, without a way outside. Whatever the command leaves running is killed after it.

usage: namespace.py COMMAND [ARGUMENT...]
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any, List

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x00020000, 0x10000000, 0x40000000  # <sched.h>
MS_REC, MS_PRIVATE = 0x4000, 1 << 18  # <sys/mount.h>
PR_SET_CHILD_SUBREAPER = 36  # <sys/prctl.h>
SIOCSIFFLAGS, IFF_UP = 0x8914, 1  # netdevice(7)
# One account less than there are: by the whole range, runc would take this for no user namespace and try to set up devices.
ACCOUNTS = "0 0 4294967294\n"
# What engines keep there is of this host's own containers.
OWN_DIRECTORIES = (b"/run", b"/dev/shm")

_libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: Any) -> None:
    """A function of the C library; OSError for its error."""
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, "%s: %s" % (name, os.strerror(number)))


def arrange() -> None:
    """Mounts and the loopback interface, from within."""
    call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
    for directory in OWN_DIRECTORIES:
        call("mount", b"tmpfs", directory, b"tmpfs", 0, b"mode=0755")
    with socket.socket() as anything:
        fcntl.ioctl(anything, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


def enter(command: List[str], ready: int, go: int) -> None:
    """Leave for the namespace, wait until the parent has mapped the accounts, become the command."""
    call("unshare", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET)
    os.write(ready, b"x")
    os.read(go, 1)
    arrange()
    os.execvp(command[0], command)


def children() -> List[int]:
    """The processes whose parent is this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == os.getpid():
            found.append(int(path.parent.name))
    return found


def outlived(child: int) -> int:
    """Bury every process that ends, as containers' monitors do by the hundred, until the child does; its exit code."""
    pid = 0
    while pid != child:
        pid, status = os.wait()
    return os.waitstatus_to_exitcode(status) % 256


def sweep() -> None:
    """Kill what is left; the children of what dies come here, because this process is their reaper."""
    for pid in iter(lambda: next(iter(children()), 0), 0):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def main(command: List[str]) -> int:
    """Run the command; its exit code."""
    call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    (ready, tell_ready), (wait_go, go) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ready)
            os.close(go)
            enter(command, tell_ready, wait_go)
        except OSError as error:
            print("namespace: %s" % error, file=sys.stderr)
        os._exit(127)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: os.kill(child, received))
    os.close(tell_ready)
    if os.read(ready, 1):
        for name in ("uid_map", "gid_map"):
            Path("/proc/%d/%s" % (child, name)).write_text(ACCOUNTS, encoding="ascii")
        os.write(go, b"x")
    code = outlived(child)
    sweep()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
