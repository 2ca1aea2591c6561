# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan of many settings costs, in seconds; twice the settings must cost about twice as much.

    python tests/bench/settings.py [COUNT ...]

Each count is the number of settings and of scopes that the file already has. `changed`: an option in each of these
scopes; `new scopes`: as many new ones; `new options`: as many in the global scope.
"""

import sys
import time
from pathlib import Path
from typing import Dict, List

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from plugins.module_utils.config.plan import DesiredSetting, plan
from plugins.module_utils.ecconf.loader import Configuration, load
from plugins.module_utils.ecconf.reader import OverlayReader

MAIN = "/ecelerity.conf"


def all_desired(count: int) -> Dict[str, List[DesiredSetting]]:
    """The settings by what they ask for."""
    old = [DesiredSetting(path=(("Domain", f"d{i}.example"),), option="TLS", value="required") for i in range(count)]
    new = [DesiredSetting(path=(("Domain", f"e{i}.example"),), option="TLS", value="required") for i in range(count)]
    top = [DesiredSetting(path=(), option=f"option_{i}", value=str(i)) for i in range(count)]
    return {"changed": old, "new scopes": new, "new options": top}


def seconds(count: int, requested: List[DesiredSetting]) -> float:
    """The time for one plan, loading included."""
    text = "".join(f'Domain "d{i}.example" {{\n  TLS = "no"\n}}\n' for i in range(count)).encode()

    def reload(edited: Dict[str, bytes]) -> Configuration:
        return load(MAIN, reader=OverlayReader({MAIN: text, **edited}), nodename="mta1")

    started = time.perf_counter()
    plan(reload({}), reload, requested)
    return time.perf_counter() - started


def main(counts: List[int]) -> None:
    """Print one line for each count."""
    print(f"{'settings':>10} {'changed':>12} {'new scopes':>12} {'new options':>12}")
    for count in counts or [500, 1000, 2000, 4000]:
        figures = "".join(f"{seconds(count, requested):12.2f} " for requested in all_desired(count).values())
        print(f"{count:10} {figures}", flush=True)


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]])
