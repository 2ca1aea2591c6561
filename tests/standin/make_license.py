# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make_license.py [MAC [LAST_DAY]]: print a licence of the stand-in. Without arguments that of tests/standin/license, for any machine."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "ecelerity", "lib"))

from momentum_standin import license  # noqa: E402

if __name__ == "__main__":
    given = sys.argv[1:] + [license.ANY, "2099-12-31"][len(sys.argv) - 1 :]
    sys.stdout.buffer.write(license.make(*given))
