# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install pip into the virtual environments of ansible-test from the package index.

ansible-test fetches a get-pip script from a host of its own; where only the package index can be reached, this script is put in its
place in ansible-test's cache. The version is in the name that ansible-test gives it.
"""

import os
import re
import subprocess
import sys

UNSUPPORTED = ("--no-setuptools", "--no-wheel")


def main():
    version = re.search("get_pip_([0-9_]+)", os.environ["GET_PIP"]).group(1).replace("_", ".")
    options = [option for option in sys.argv[1:] if option not in UNSUPPORTED]
    environment = {name: value for name, value in os.environ.items() if name != "GET_PIP"}
    subprocess.check_call(
        [sys.executable, "-m", "ensurepip", "--default-pip"], env=environment, stdout=subprocess.DEVNULL
    )
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pip==" + version]
    subprocess.check_call(pip + options, env=environment)


if __name__ == "__main__":
    main()
