# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""validate_config: judge the installed configuration. Prints `Configuration valid`, `No configuration found`, or nothing when
it is invalid; the exit status is always 0 (the vendor documents none). A stand-in for tests."""

import os
import sys
from typing import List

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib"))

from momentum_standin import errors, loading, paths  # noqa: E402


def main(arguments: List[str]) -> int:
    if arguments:
        print(__doc__)
        return 0
    found = [path for path in (paths.MAIN, paths.MANAGER_MAIN) if os.path.exists(path)]
    if not found:
        print("No configuration found")
        return 0
    try:
        for path in found:
            loading.load(path, paths.search_path())
    except errors.ConfigurationError:
        return 0
    print("Configuration valid")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
