# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/audit.md has every rule as the code has it."""

import subprocess
import sys

from module_nodes import ROOT

from plugins.module_utils.audit.rules import RULES


def test_the_page_is_up_to_date():
    tool = [sys.executable, str(ROOT / "tools" / "audit_rules.py"), "--check"]
    done = subprocess.run(tool, stdout=subprocess.PIPE, universal_newlines=True, check=False)
    assert done.returncode == 0, done.stdout


def test_readme_counts_them():
    assert "| %d rules on security" % len(RULES) in (ROOT / "README.md").read_text("utf-8")
