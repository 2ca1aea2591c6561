# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task of many certificates costs on the node, in seconds; twice the units must cost about twice as much.

    python tests/bench/certificates.py [COUNT ...]

`made`: as many new self-signed pairs (EC P-256); `kept`: the same task again, which changes nothing; `checked`: a check
mode run in which all are due; `renewed`: all of them renewed. The last line is `kept` for RSA 2048, as
create_ssl_cert makes them. Files are synchronised to disk, so the directory for temporary files should be on one (TMPDIR).
"""

import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, List

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from plugins.module_utils.apply import apply
from plugins.module_utils.pki.units.manage import Node, plan_changes
from plugins.module_utils.pki.units.unit import Accounts, Unit, units_of

NOW = datetime.now(timezone.utc)
LATER = NOW + timedelta(days=80)


def units(directory: Path, count: int, kind: str = "ec-p256") -> List[Unit]:
    """Units with a key, a certificate and two names each."""
    common: Dict[str, Any] = {
        "source": "self_signed",
        "usages": ["server"],
        "days": 90,
        "renew_at": "1/3",
        "rekey": False,
        "new_key": True,
        "archive": True,
        "key_type": kind,
    }
    declared = [
        dict(
            common,
            name=f"u{i}",
            names=[f"mx{i}.example.com", f"mx{i}.example.net"],
            key=str(directory / f"certs/{i}.key"),
            certificate=str(directory / f"certs/{i}.crt"),
        )
        for i in range(count)
    ]
    return units_of(declared, Accounts(lambda name: 0, lambda name: 0, True))


def seconds(directory: Path, requested: List[Unit], now: datetime, check: bool, changed: bool) -> float:
    """The time for one run; that it changes what it should is made sure of."""
    started = time.perf_counter()
    node = Node(str(directory), str(directory / "state"), "node1")
    result = apply(SimpleNamespace(node=node, check_mode=check), plan_changes(requested, node, now, check))
    taken = time.perf_counter() - started
    assert result["changed"] is changed and len(result["units"]) == len(requested)
    return taken


def line(count: int) -> List[float]:
    """The four figures for one count."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        requested = units(directory, count)
        return [
            seconds(directory, requested, NOW, False, True),
            seconds(directory, requested, NOW, False, False),
            seconds(directory, requested, LATER, True, True),
            seconds(directory, requested, LATER, False, True),
        ]


def main(counts: List[int]) -> None:
    """Print one line for each count."""
    print(f"{'units':>8} {'made':>9} {'kept':>9} {'checked':>9} {'renewed':>9}")
    for count in counts or [50, 100, 200, 400]:
        print(f"{count:8} " + " ".join(f"{figure:9.2f}" for figure in line(count)), flush=True)
    with tempfile.TemporaryDirectory() as name:
        directory, count = Path(name), (counts or [200])[-1] // 10 or 1
        requested = units(directory, count, "rsa-2048")
        seconds(directory, requested, NOW, False, True)
        print(f"{count:8} {'RSA 2048':>9} {seconds(directory, requested, NOW, False, False):9.2f}")


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]])
