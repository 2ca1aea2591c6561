# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The node as the reader asks it: each question is one method, so that a test can answer in its place. Reads only."""

import os
from typing import Iterator, List, Tuple

from ..files import reading
from ..host import names as resolver
from ..host import program
from ..host.program import Ran
from ..host.tcp import Deadline

DNS_SECONDS = 5.0  # for all names and addresses together
PROGRAM_SECONDS = 15.0


class Machine:
    """The machine that this runs on. Methods raise OSError and UnsafePath for what cannot be read."""

    def __init__(self, dns_seconds: float = DNS_SECONDS) -> None:
        self._deadline = Deadline(dns_seconds)

    def text(self, path: str, kind: str) -> str:
        """Return a file's text; kind: of reading.LIMITS."""
        return reading.text(path, kind)

    def names(self, path: str) -> List[str]:
        """Return the names in a directory, sorted."""
        return sorted(reading.names(path))

    def exists(self, path: str) -> bool:
        """Tell whether anything is at a path."""
        return os.path.exists(path)

    def real(self, path: str) -> str:
        """Return the path without links."""
        return os.path.realpath(path)

    def run(self, *command: str) -> Ran:
        """Run a program for PROGRAM_SECONDS at most."""
        return program.run(command, PROGRAM_SECONDS)

    def link(self, path: str) -> str:
        """Return what a symbolic link names."""
        return os.readlink(path)

    def free(self, path: str) -> int:
        """Return the bytes that root may still write where a path is."""
        found = os.statvfs(path)
        return found.f_bfree * found.f_frsize

    def forward(self, name: str) -> resolver.Resolved:
        """Look a name up."""
        return resolver.forward(name, self._deadline)

    def reverse(self, address: str) -> Tuple[str, ...]:
        """Look an address up."""
        return resolver.reverse(address, self._deadline)

    def uname(self) -> Tuple[str, str]:
        """Return the host name and the architecture."""
        found = os.uname()
        return found.nodename, found.machine

    def is_root(self) -> bool:
        """Tell whether this process may do everything."""
        return os.geteuid() == 0

    def memory(self) -> int:
        """Return the bytes of memory."""
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")

    def has_program(self, name: str) -> bool:
        """Tell whether a program is where programs of the system are."""
        directories = program.ENVIRONMENT["PATH"].split(":")
        return any(os.access(os.path.join(directory, name), os.X_OK) for directory in directories)

    def has_library(self, name: str) -> bool:
        """Tell whether this Python finds a library. It is not loaded."""
        import importlib.util

        try:
            return importlib.util.find_spec(name) is not None
        except (ImportError, ValueError):
            return False

    def processes(self) -> Iterator[int]:
        """Yield the numbers of all processes."""
        return (int(name) for name in self.names("/proc") if name.isdigit())
