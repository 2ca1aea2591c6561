# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parsing speed, in one run on one machine: this language against crossplane (nginx) and tomlkit on equal structures.

Usage: ``python tests/bench/parse.py [LINES ...]`` (default 1000 10000 100000). Needs crossplane==0.5.8, and tomlkit
where it is to be compared; what is not installed is left out and said so. Prints megabytes per second (best of some
runs), the ratio to crossplane, the peak of memory per byte of input, how the time per byte grows from the smallest
file to the largest, parse + set one option + write, and the growth of the worst hostile text when doubled twice.
Compare the ratios, not the seconds.
"""

import os
import platform
import sys
import tempfile
import time
import tracemalloc
from typing import Any, Callable, Dict, List, Optional, Tuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, os.pardir, os.pardir, "plugins", "module_utils")]

from ecconf import ParseError, parse  # noqa: E402
from ecconf.edit import set_option  # noqa: E402
from parse_samples import BEGINNINGS, ENDINGS, HOSTILE, generate  # noqa: E402

# tomlkit slows down with size; beyond this it would take minutes.
TOMLKIT_LIMIT = 10000


def seconds(action: Callable[[], Any], runs: int) -> float:
    """The best wall time of some runs."""
    best = float("inf")
    for _run in range(runs):
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return best


def peak_per_byte(action: Callable[[], Any], size: int) -> float:
    """Bytes of memory at the peak, per byte of input, the result included."""
    tracemalloc.start()
    result = action()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del result
    return peak / size


def ours(lines: int) -> Tuple[str, Callable[[], Any]]:
    """The text and the parse of this project, lossless and with line numbers."""
    text = generate("momentum", lines)
    return text, lambda: parse(text)


def crossplane(lines: int, directory: str) -> Optional[Tuple[str, Callable[[], Any]]]:
    """The text and the parse of crossplane, which reads files; with comments, as ours keeps them too."""
    try:
        import crossplane as other  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return None
    text = generate("nginx", lines)
    path = os.path.join(directory, "nginx.conf")
    with open(path, "w") as file:
        file.write(text)
    return text, lambda: other.parse(path, single=True, comments=True)


def tomlkit(lines: int) -> Optional[Tuple[str, Callable[[], Any]]]:
    """The text and the parse of tomlkit, lossless as ours."""
    try:
        import tomlkit as other  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    text = generate("toml", min(lines, TOMLKIT_LIMIT))
    return text, lambda: other.parse(text)


def compare(lines: int, directory: str) -> float:
    """Print one row per parser for one size; return our seconds per byte."""
    rows: Dict[str, Optional[Tuple[str, Callable[[], Any]]]] = {
        "ecconf": ours(lines),
        "crossplane": crossplane(lines, directory),
        "tomlkit": tomlkit(lines),
    }
    per_byte: Dict[str, float] = {}
    for name, row in rows.items():
        if row is None:
            print("%8d  %-10s not installed, left out" % (lines, name))
            continue
        text, action = row
        runs = 1 if name == "tomlkit" else 5 if lines <= 10000 else 3
        per_byte[name] = seconds(action, runs) / len(text)
        print(
            "%8d  %-10s %9.2f MB/s   we are %5.1f x   peak %5.1f bytes per byte%s"
            % (
                lines,
                name,
                1e-6 / per_byte[name],
                per_byte[name] / per_byte["ecconf"],
                peak_per_byte(action, len(text)),
                "   (%d lines)" % text.count("\n") if name == "tomlkit" and lines > TOMLKIT_LIMIT else "",
            )
        )
        sys.stdout.flush()
    return per_byte["ecconf"]


def parse_set_write(lines: int) -> float:
    """Seconds to parse, set one option in the middle and write the text."""
    text = generate("momentum", lines)
    middle = "group%d" % max(lines // 28, 1)

    def whole() -> None:
        document = parse(text)
        set_option(document, (("binding_group", middle),), "Max_Outbound_Connections", 12345678)
        if len(str(document)) <= len(text):
            raise AssertionError("the option was not set")

    return seconds(whole, 3)


def refuse_or_read(text: str) -> None:
    """Parse, whatever comes of it."""
    try:
        parse(text)
    except ParseError:
        pass


def hostile(size: int) -> List[Tuple[float, float, str]]:
    """For each hostile text its seconds at four times a size, the growth from the size to that, and what it is."""
    found = []
    for piece, make in HOSTILE.items():
        for beginning in BEGINNINGS:
            for end in ENDINGS:
                small, large = (beginning + make(factor * size) + end for factor in (1, 4))
                fast = seconds(lambda text=small: refuse_or_read(text), 3)  # type: ignore[misc]
                slow = seconds(lambda text=large: refuse_or_read(text), 3)  # type: ignore[misc]
                found.append((slow, slow / fast, repr(beginning + piece + "..." + end)))
    return sorted(found, reverse=True)


def main(sizes: List[int]) -> None:
    """Run everything and print the table."""
    print("Python %s" % platform.python_version())
    with tempfile.TemporaryDirectory() as directory:
        per_byte = [compare(lines, directory) for lines in sizes]
    print(
        "linearity: time per byte at %d lines is %.2f x that at %d lines"
        % (sizes[-1], per_byte[-1] / per_byte[0], sizes[0])
    )
    print("parse, set one option, write, %d lines: %.2f s" % (sizes[-1], parse_set_write(sizes[-1])))
    print("hostile texts of 20 KB, the slowest (growth: 4 is linear, 16 quadratic):")
    for slow, growth, what in hostile(5000)[:3]:
        print("  %6.1f ms  growth %4.1f  %s" % (slow * 1000, growth, what))


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [1000, 10000, 100000])
