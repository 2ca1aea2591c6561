# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run that changes nothing costs: the collection against an idiomatic playbook without it that keeps the same state.

    .venv/bin/python tests/bench/stock.py [--repetitions NUMBER] [COUNT ...]

`stock/stock` uses ansible.builtin and community.crypto alone, `stock/collection` the role `standalone`. Each has nodes of its own, laid out alike
(stock_nodes.py): directories, with a local connection, and without a daemon, so that neither side asks for one
(tests/runner/simulated.py). Both keep 12 directories, 10 files of configuration, the Security stanza over two files, 8 options of TLS, 3 listeners
with TLS, their keys and certificates with a check for renewal, parameters for DHE, and owner and mode of 200 keys.
That it is the same state is made sure of: on a node of the playbook, the collection finds nothing to change.

Then each side runs on COUNT nodes (1, 5 and 20), NUMBER times (3) in turn with a playbook of one ping. CPU is user and system of ansible-playbook
and all that it started. "node" is what the modules took of it, which real nodes compute for themselves; "controller" is the rest.
Figures are medians; a ratio has its smallest and largest value beside it. Prints the tables of docs/figures.md and draws docs/no-change.svg.
The whole takes half an hour on two cores that do nothing else; `--repetitions 1 1 5` some minutes.
"""

import argparse
import os
import platform
import re
import statistics
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Sequence, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

import chart
import fleet
import simulated
import stock_nodes

PLAYBOOKS = Path(__file__).resolve().parent / "stock"
COLLECTIONS = fleet.ROOT / ".ansible" / "collections" / "ansible_collections"
PICTURE = fleet.ROOT / "docs" / "no-change.svg"
STOCK, OURS, PING = "stock", "collection", "ping"
# Instead of the interpreter that measures: keeps what Ansible sends.
RECORDER = """#!/bin/sh
cat > "{directory}/$$"
exec "{python}" "$@" < "{directory}/$$"
"""
MODULE = re.compile(rb"^ *ansible_module='([^']+)'", re.MULTILINE)


class Sent(NamedTuple):
    """One execution of a module: its name, and the bytes that went to the node."""

    module: str
    size: int


class Figures(NamedTuple):
    """What was measured: what each side sends to a node, and its runs by count of nodes."""

    sent: Dict[str, List[Sent]]
    runs: Dict[int, Dict[str, List[fleet.Spent]]]


class Bench:
    """The nodes of both sides in one directory, and runs on the first ones of them."""

    def __init__(self, directory: Path, count: int) -> None:
        self.directory = directory
        directory.chmod(0o711)  # the daemon's account must reach what it reads
        self.interpreter = fleet.interpreter(directory)
        (directory / "ansible.cfg").write_text("[defaults]\n")
        others = simulated.copy_collection(directory / "collections") / "ansible_collections" / "community"
        others.symlink_to(COLLECTIONS / "community")
        for side in (STOCK, OURS):
            nodes = stock_nodes.grow(directory / side, count)
            simulated.write(self._inventory(side), stock_nodes.inventory(nodes, str(self.interpreter)))

    def _inventory(self, side: str) -> Path:
        return self.directory / f"{side}.json"

    def run(self, side: str, count: int, changed: bool = False, nodes: str = "", check: bool = False) -> fleet.Spent:
        """Run one side on as many nodes, its own or those of another. Raises AssertionError unless all of them change, or none."""
        inventory = self._inventory(nodes or (STOCK if side == PING else side))
        limit = f"{simulated.GROUP}[0:{count - 1}]"
        arguments = [str(PLAYBOOKS / side / "site.yml"), "-i", str(inventory), "--limit", limit]
        return fleet.play(self.directory, arguments + ["--check"] * check, count, changed)

    def record(self, side: str) -> List[Sent]:
        """What a run that changes nothing sends to a node."""
        measuring = self.interpreter.read_text()
        with tempfile.TemporaryDirectory(prefix="momentum-sent-") as name:
            self.interpreter.write_text(RECORDER.format(directory=name, python=sys.executable))
            self.run(side, 1)
            self.interpreter.write_text(measuring)
            return [sent(path.read_bytes()) for path in Path(name).iterdir()]


def sent(payload: bytes) -> Sent:
    """Name one payload. Raises ValueError for what is no module."""
    found = MODULE.search(payload)
    if found is None:
        raise ValueError(f"no module is in what was sent: {payload[:200]!r}")
    return Sent(found.group(1).decode(), len(payload))


def measured(directory: Path, counts: Sequence[int], repetitions: int) -> Figures:
    """Have both sides converge, make sure that they keep the same, then measure."""
    bench = Bench(directory, max(counts))
    for side in (STOCK, OURS):
        bench.run(side, max(counts), changed=True)
    bench.run(OURS, 1, nodes=STOCK, check=True)
    found = Figures({side: bench.record(side) for side in (STOCK, OURS, PING)}, {count: {} for count in counts})
    for _round in range(repetitions):
        for count in counts:
            for side in (STOCK, OURS, PING):
                spent = bench.run(side, count)
                found.runs[count].setdefault(side, []).append(spent)
                print(
                    f"{count} {side}: {spent.controller:.2f} + {spent.modules:.2f} CPU-s, {spent.wall:.1f} s",
                    file=sys.stderr,
                )
    return found


def cpu(spent: fleet.Spent) -> float:
    """All that a run took."""
    return spent.controller + spent.modules


def median(runs: List[fleet.Spent], value: Callable[[fleet.Spent], float]) -> float:
    """The median of one figure over repetitions."""
    return statistics.median(value(one) for one in runs)


def ratio(above: List[fleet.Spent], below: List[fleet.Spent], value: Callable[[fleet.Spent], float]) -> str:
    """Median, smallest and largest ratio of two sides over the repetitions."""
    found = sorted(value(one) / value(other) for one, other in zip(above, below))
    return f"{statistics.median(found):.1f} ({found[0]:.1f} to {found[-1]:.1f})"


def run_rows(figures: Figures) -> List[List[str]]:
    """The table of runs."""
    rows = [
        [
            "nodes",
            "playbook: CPU-s",
            "collection: CPU-s",
            "playbook / collection",
            "per node and run: controller, node of the playbook",
            "of the collection",
            "node, in pings: playbook",
            "collection",
        ]
    ]
    for count, sides in figures.runs.items():
        stock, ours, ping = (sides[side] for side in (STOCK, OURS, PING))
        rows.append(
            [
                str(count),
                *(f"{median(side, cpu):.1f}" for side in (stock, ours)),
                ratio(stock, ours, cpu),
                *(each(side, count) for side in (stock, ours)),
                *(f"{median(side, modules) / median(ping, modules):.1f}" for side in (stock, ours)),
            ]
        )
    return rows


def modules(spent: fleet.Spent) -> float:
    """What the modules of a run took."""
    return spent.modules


def controller(spent: fleet.Spent) -> float:
    """What all but the modules took."""
    return spent.controller


def each(runs: List[fleet.Spent], count: int) -> str:
    """The two parts of a run, for each node."""
    return ", ".join(f"{median(runs, value) / count:.2f}" for value in (controller, modules))


def sent_rows(figures: Figures) -> List[List[str]]:
    """The table of what is sent to a node."""
    rows = [["sent to a node", "executions", "bytes", "by module"]]
    for side, name in ((STOCK, "playbook"), (OURS, "collection"), (PING, "one ping")):
        executions = figures.sent[side]
        words = ", ".join(f"{module} {number}" for module, number in tally(executions))
        rows.append([name, str(len(executions)), f"{sum(one.size for one in executions):,}", words])
    return rows


def tally(executions: List[Sent]) -> List[Tuple[str, int]]:
    """How often each module was executed, the most frequent first."""
    names = [one.module.replace("ansible.legacy.", "").replace("ansible.builtin.", "") for one in executions]
    return sorted(((name, names.count(name)) for name in set(names)), key=lambda pair: (-pair[1], pair[0]))


def table(rows: List[List[str]]) -> str:
    """Rows as a table of Markdown, the first as its head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def under() -> str:
    """When and with what it was measured."""
    return f"{date.today()}, ansible-core {version('ansible-core')}, Python {platform.python_version()}"


def drawn(figures: Figures, caption: str) -> str:
    """The picture: CPU of each side for each node, by count of nodes."""
    groups = []
    for count, sides in figures.runs.items():
        bars = []
        for side, name in ((STOCK, "playbook"), (OURS, "collection")):
            parts = [median(sides[side], value) / count for value in (modules, controller)]
            bars.append(chart.Bar(name, parts))
        times = sum(bars[0].parts) / sum(bars[1].parts)
        groups.append(
            chart.Group(f"{count} node{'s' if count > 1 else ''}", f"playbook: {times:.1f} times as much", bars)
        )
    return chart.draw(
        "A run that changes nothing", "CPU seconds for each node", ["node", "controller"], groups, caption
    )


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(
        description="The cost of a run that changes nothing, beside a playbook without the collection."
    )
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("counts", nargs="*", type=int, default=[1, 5, 20], metavar="COUNT")
    given = parser.parse_args()
    if os.geteuid():
        print("left out: owners are given by root alone")
        return
    with tempfile.TemporaryDirectory(prefix="momentum-stock-") as name:
        figures = measured(Path(name), sorted(given.counts), given.repetitions)
    print(under(), table(run_rows(figures)), table(sent_rows(figures)), sep="\n\n")
    PICTURE.write_text(drawn(figures, under()), encoding="utf-8")
    print(f"\n{PICTURE.relative_to(fleet.ROOT)} is drawn")


if __name__ == "__main__":
    main()
