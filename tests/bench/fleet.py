# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fleet costs the controller: the role `standalone` on simulated nodes, first run and no-change run.

    .venv/bin/python tests/bench/fleet.py [COUNT ...]

A node is a directory, the connection is local, and the task about the daemon is left out (tests/runner/simulated.py). So
"modules", which a real fleet computes on its own nodes, is computed on this machine, too: it is what the interpreters of the
modules took, user + system, each with its shell. "controller" is all else that ansible-playbook took. "main" is the peak of
resident memory of the main process, "all" the peak of the memory of the main process and its forks, shared pages counted once.
All nodes are in one batch, forks are ten, pipelining is on.
"""

import os
import re
import resource
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Dict, List, NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
RUNNER = ROOT / "tests" / "runner"
sys.path.insert(0, str(RUNNER))

import simulated

FORKS = 10
# The shell counts what its child took; the file is of this process alone, so appending needs no lock.
INTERPRETER = """#!/bin/sh
"{python}" "$@"
code=$?
times >> "{log}/$$"
exit $code
"""
RECAP = re.compile(r"^(\S+) +: ok=(\d+) +changed=(\d+) +unreachable=(\d+) +failed=(\d+) ", re.MULTILINE)
CLOCK = re.compile(r"(\d+)m([0-9.]+)s")


class Spent(NamedTuple):
    """What one run took: seconds of wall clock and CPU, MiB of memory, executed modules."""

    wall: float
    controller: float
    modules: float
    main: float
    all: float
    executed: int


class Memory(threading.Thread):
    """Looks at the main process and its forks twice a second; the peaks are in MiB."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.over = process, threading.Event()
        self.main = self.all = 0.0

    def run(self) -> None:
        """Look until told that it is over."""
        while not self.over.wait(0.5):
            main = Path(f"/proc/{self.process}")
            self.main = max(self.main, kibibytes(main / "status", "VmHWM"))
            self.all = max(self.all, sum(kibibytes(path / "smaps_rollup", "Pss") for path in [main, *forks(main)]))

    def stop(self) -> None:
        """End the looking."""
        self.over.set()
        self.join()


def forks(main: Path) -> List[Path]:
    """The directories in /proc of the children of a process."""
    try:
        return [Path("/proc") / child for child in (main / "task" / main.name / "children").read_text().split()]
    except OSError:
        return []


def kibibytes(path: Path, key: str) -> float:
    """A line of a file in /proc, in MiB; 0 if the process is gone."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(key + ":")) / 1024


def interpreter(directory: Path) -> Path:
    """A Python that writes down what it took, one file for each process."""
    (directory / "times").mkdir()
    path = directory / "python"
    path.write_text(INTERPRETER.format(python=sys.executable, log=directory / "times"))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def taken(directory: Path) -> List[float]:
    """The CPU seconds that each execution of a module took; forgets them."""
    found = []
    for path in (directory / "times").iterdir():
        clocks = [60 * int(minutes) + float(seconds) for minutes, seconds in CLOCK.findall(path.read_text())]
        # Four clocks each: user and system, of the shell and of its child.
        found += [sum(clocks[at : at + 4]) for at in range(0, len(clocks), 4)]
        path.unlink()
    return found


def environment(directory: Path) -> Dict[str, str]:
    """The environment of ansible-playbook: nothing of the user's, nothing below the checkout."""
    return dict(
        os.environ,
        ANSIBLE_COLLECTIONS_PATH=str(directory / "collections"),
        ANSIBLE_CONFIG=str(directory / "ansible.cfg"),
        ANSIBLE_FORKS=str(FORKS),
        ANSIBLE_HOME=str(directory / "home"),
        ANSIBLE_NOCOLOR="1",
        ANSIBLE_PIPELINING="1",
    )


def converge(directory: Path, count: int, changed: bool) -> Spent:
    """One run over all nodes; that all of them converged, and whether they changed, is made sure of."""
    arguments = [str(RUNNER / "project" / "converge.yml"), "-i", str(directory / "hosts.json")]
    return play(directory, [*arguments, "-e", '{"momentum_serial": "100%"}'], count, changed)


def play(directory: Path, arguments: List[str], count: int, changed: bool) -> Spent:
    """One run of ansible-playbook, in which so many hosts must do well, and change or not."""
    command = [str(Path(sys.executable).parent / "ansible-playbook"), *arguments]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with open(str(directory / "output"), "w+") as output:
        process = subprocess.Popen(command, env=environment(directory), stdout=output, stderr=subprocess.STDOUT)
        memory = Memory(process.pid)
        memory.start()
        process.wait()
        memory.stop()
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    converged((directory / "output").read_text(), count, changed)
    modules = taken(directory)
    total = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(wall, total - sum(modules), sum(modules), memory.main, memory.all, len(modules))


def converged(output: str, count: int, changed: bool) -> None:
    """Raise AssertionError with the end of the output unless every node did what it should."""
    recap = RECAP.findall(output)
    good = [line for line in recap if (int(line[2]) > 0) == changed and line[3] == line[4] == "0"]
    if not len(recap) == len(good) == count:
        raise AssertionError(f"{len(good)} of {count} nodes did what they should:\n{output[-4000:]}")


def measured(count: int) -> List[Spent]:
    """The first run of so many nodes, and the second."""
    with tempfile.TemporaryDirectory(prefix="momentum-fleet-") as name:
        directory = Path(name)
        (directory / "ansible.cfg").write_text("[defaults]\n")
        nodes = simulated.grow(directory / "nodes", count)
        simulated.write(directory / "hosts.json", simulated.inventory(nodes, str(interpreter(directory))))
        simulated.copy_collection(directory / "collections")
        return [converge(directory, count, True), converge(directory, count, False)]


def line(count: int, name: str, spent: Spent) -> str:
    """One row of the table."""
    cpu = (spent.controller, spent.modules)
    figures = [spent.wall, spent.wall / count, *cpu, *(seconds / count for seconds in cpu), spent.main, spent.all]
    columns = " ".join(f"{figure:10.{digits}f}" for figure, digits in zip(figures, (1, 2, 1, 1, 3, 3, 0, 0)))
    return f"{count:6} {name:>9} {spent.executed / count:6.1f} {columns}"


def growth(counts: List[int], found: Dict[int, List[Spent]]) -> None:
    """Print what each further node takes between the smallest and the largest fleet, and how that compares with the first step."""
    for at, name in enumerate(("first", "no change")):
        steps = []
        for small, large in zip(counts, counts[1:]):
            cpu = [found[count][at].controller + found[count][at].modules for count in (small, large)]
            memory = found[large][at].main - found[small][at].main
            steps.append((cpu[1] - cpu[0]) / (large - small))
            each = 1024 * memory / (large - small)
            print(
                f"{name}: {small} to {large} nodes: {steps[-1]:.2f} CPU-s and {each:.0f} KiB of the main process for each node"
            )
        if len(steps) > 1:
            print(f"{name}: the last step against the first: {steps[-1] / steps[0]:.2f} (1 is linear)")


def main(counts: List[int]) -> None:
    """Print two lines for each count, and how it grows."""
    columns = ["wall", "/node", "controller", "modules", "/node", "/node", "main MiB", "all MiB"]
    print(f"{'nodes':>6} {'run':>9} {'tasks':>6} " + " ".join(f"{column:>10}" for column in columns))
    found: Dict[int, List[Spent]] = {}
    for count in counts:
        found[count] = measured(count)
        for name, spent in zip(("first", "no change"), found[count]):
            print(line(count, name, spent), flush=True)
    growth(counts, found)


if __name__ == "__main__":
    main(sorted(int(text) for text in sys.argv[1:]) or [10, 50, 200])
