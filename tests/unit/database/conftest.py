# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Put the stand-in on the path: its reader of the language is another one. And the PostgreSQL of the machine."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "standin" / "ecelerity" / "lib"))
sys.path.insert(0, str(Path(__file__).parents[1] / "config"))
