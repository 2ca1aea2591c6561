# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan writes: files with what they were before, and the directories that have to be created above them."""

import os
from typing import Callable, List, NamedTuple, Optional


class PlannedFile(NamedTuple):
    """A file before and after. before: the bytes it was planned from, None where there was no file. after: None removes it.
    owner, group (numeric), mode: None keeps what the file has; a new file needs all three."""

    path: str
    before: Optional[bytes]
    after: Optional[bytes]
    owner: Optional[int] = None
    group: Optional[int] = None
    mode: Optional[int] = None


class Directory(NamedTuple):
    """A directory to create: path, numeric owner and group, permission bits."""

    path: str
    owner: int
    group: int
    mode: int


class Foretold(NamedTuple):
    """A file of which a plan knows all but the content, such as a key in check mode, or a directory above it: path, numeric owner and group,
    permission bits. A number of -1 is an account that the node does not have yet."""

    path: str
    owner: int
    group: int
    mode: int
    is_directory: bool = False


class Requested(NamedTuple):
    """What a part requests of a file in every run: numeric owner and group, permission bits, None for what it leaves as it is. most: the bits that
    the file may have, whatever its mode is. A number of -1 is an account that the node does not have yet."""

    path: str
    owner: Optional[int] = None
    group: Optional[int] = None
    mode: Optional[int] = None
    most: int = 0o7777

    def is_met_by(self, owner: int, group: int, mode: int) -> bool:
        """Whether the part would leave a file with these as it is."""
        pairs = ((self.owner, owner), (self.group, group), (self.mode, mode))
        return all(asked in (None, -1, there) for asked, there in pairs) and not mode & ~self.most

    def agrees_with(self, other: "Requested") -> bool:
        """Whether a file can be as both want it."""
        pairs = ((self.owner, other.owner), (self.group, other.group), (self.mode, other.mode))
        modes = [mode for mode in (self.mode, other.mode) if mode is not None]
        return all(one == two or {one, two} & {None, -1} for one, two in pairs) and not any(
            mode & ~(self.most & other.most) for mode in modes
        )

    def words(self) -> str:
        """What is requested as owner:group and mode; `-` for what is left open."""
        owner, group = ("-" if number in (None, -1) else str(number) for number in (self.owner, self.group))
        mode = "at most %04o" % self.most if self.mode is None else "%04o" % self.mode
        return "%s:%s %s" % (owner, group, mode)


def paths_above(path: str, is_directory: Callable[[str], bool] = os.path.isdir) -> List[str]:
    """Return the directories above a path that are missing, outermost first."""
    missing: List[str] = []
    parent = os.path.dirname(path)
    while parent not in ("", "/") and not is_directory(parent):
        missing.append(parent)
        parent = os.path.dirname(parent)
    return missing[::-1]


def missing_above(path: str, owner: int, group: int, mode: int) -> List[Directory]:
    """Return the directories to create above a path, outermost first, all with the same attributes."""
    return [Directory(parent, owner, group, mode) for parent in paths_above(path)]
