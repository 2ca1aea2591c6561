# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module of the collection promises about check mode, diff mode and the platforms it runs on."""


class ModuleDocFragment:
    """Attributes of modules that change a node."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description:
      - Reports what a run would do, and writes nothing.
      - Fails, too, for a file or directory that a run could not change. Examples are a second hard link, a symbolic link of another account, a mount
        point, a flag of C(chattr), and a file system that is mounted read-only.
      - Warns of a missing account, directory or program for which a run is refused, because an earlier task may create it.
    support: full
  diff_mode:
    description: Returns the difference between the files before and after; secrets are masked in it.
    support: full
  platform:
    description: The operating systems of the managed node.
    platforms: posix
    support: full
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: This module only reads; it does the same in check mode.
    support: full
  diff_mode:
    description: This module changes nothing, so there is nothing to compare.
    support: N/A
  platform:
    description: The operating systems of the managed node.
    platforms: posix
    support: full
"""
