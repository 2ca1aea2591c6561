# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ec_rotate: move the logs of a stand-in for Momentum away, have the daemon open new ones, compress what was moved.

etc/ec_rotate.conf is read where it exists. An option takes precedence over that file. Exit status: 2 for a file or an option that is not
understood, before anything is touched; 1 where the daemon did not open its logs again. What was moved is compressed in any case, and
goes when `retention` says so, so that all that the daemon writes then is lost."""

import argparse
import bz2
import gzip
import os
import re
import shutil
import sys
from typing import Dict, List, NamedTuple, Optional

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib"))

from momentum_standin import paths, wire  # noqa: E402

CONF = paths.PREFIX + "/etc/ec_rotate.conf"
LOGS = ("mainlog", "paniclog", "rejectlog", "bouncelog", "acctlog", "smpplog", "httplog")
KEYS = ("enabled", "logfiles", "logdirs", "retention", "control_socket", "path_to_bzip")
_MORE = re.compile(r"rt_stats_\w+\Z")  # of the same file in 3.x, for another program


class Unusable(Exception):
    """A file or an option that is not understood."""


class Job(NamedTuple):
    """What is to be done; compress: the program, or empty."""

    logs: List[str]
    retention: int
    socket: str
    compress: str
    told: bool


def settings(path: str) -> Dict[str, str]:
    """`key = value`, `#` at the beginning of a line, a backslash at the end of one that goes on. Nothing else is understood: no
    quotes, no sections, no key twice, no end of a line but the line feed. Raises Unusable, OSError."""
    with open(path, newline="") as file:
        text = file.read()
    if "\r" in text or (text and not text.endswith("\n")):
        raise Unusable("%s: an end of a line is missing or is another system's" % path)
    found: Dict[str, str] = {}
    lines = iter(text.split("\n")[:-1])
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        while line.endswith("\\"):
            more = next(lines, None)
            if more is None:
                raise Unusable("%s: the last line goes on" % path)
            line = line[:-1] + " " + more
        match = re.match(r"\s*(\w+)\s*=\s*(.*?)\s*\Z", line)
        if match is None or match.group(1) not in KEYS and not _MORE.match(match.group(1)):
            raise Unusable("%s: not understood: %s" % (path, line))
        if match.group(1) in found or re.search(r"[\"'#\\]", match.group(2)):
            raise Unusable("%s: a key twice, or a quote, comment or backslash in a value: %s" % (path, line))
        found[match.group(1)] = match.group(2)
    return found


def parser() -> argparse.ArgumentParser:
    """The documented options."""
    made = argparse.ArgumentParser(prog="ec_rotate", description=__doc__, allow_abbrev=False)
    made.add_argument("-c", "-compress", metavar="PROGRAM")
    made.add_argument("-conf", metavar="FILE")
    made.add_argument("-d", "-default", action="store_true")
    made.add_argument("-l", "-logfile", metavar="FILE", action="append", default=[])
    made.add_argument("-logdir", metavar="DIRECTORY", action="append", default=[])
    made.add_argument("-n", "-nocompress", action="store_true")
    made.add_argument("-r", "-retention", metavar="NUMBER", type=int)
    made.add_argument("-s", "-socket", metavar="SOCKET")
    made.add_argument("-v", action="store_true")
    return made


def job(asked: argparse.Namespace) -> Optional[Job]:
    """What the options and the file ask for; None where the file disables it. Raises Unusable, OSError."""
    path = CONF if asked.d or asked.conf is None else asked.conf
    known = settings(path) if asked.conf is not None or os.path.exists(path) else {}
    if known.get("enabled", "yes") not in ("yes", "no"):
        raise Unusable("%s: enabled is neither yes nor no" % path)
    if known.get("enabled") == "no":
        return None
    logs = asked.l or known.get("logfiles", "").split() or [paths.LOGS + "/%s.ec" % name for name in LOGS]
    for directory in asked.logdir or known.get("logdirs", "").split():
        inside = sorted(os.listdir(directory)) if os.path.isdir(directory) else []
        logs = logs + [os.path.join(directory, name) for name in inside if name.endswith(".log")]
    text = str(asked.r) if asked.r is not None else known.get("retention", "7")
    if not text.isdigit() or text == "0":
        raise Unusable("retention is no number: %s" % text)
    compress = "" if asked.n else asked.c or known.get("path_to_bzip", "/usr/bin/bzip2")
    return Job(logs, int(text), asked.s or known.get("control_socket", paths.CONSOLE), compress, asked.v)


def move(log: str, retention: int) -> Optional[str]:
    """Number the older files one up, remove those beyond the retention, and move the log; its new name, None without a log."""
    if not os.path.exists(log):
        return None
    for number in range(retention, 0, -1):
        for suffix in ("", ".bz2", ".gz"):
            old = "%s.%d%s" % (log, number, suffix)
            if os.path.exists(old) and number == retention:
                os.unlink(old)
            elif os.path.exists(old):
                os.rename(old, "%s.%d%s" % (log, number + 1, suffix))
    os.rename(log, log + ".1")
    return log + ".1"


def compress(path: str, program: str) -> None:
    """In place of bzip2 and gzip, which the node may not have."""
    is_gzip = os.path.basename(program) == "gzip"
    target = path + (".gz" if is_gzip else ".bz2")
    opened = gzip.open(target, "wb") if is_gzip else bz2.open(target, "wb")
    with open(path, "rb") as source, opened as packed:
        shutil.copyfileobj(source, packed)
    os.unlink(path)


def reopen(socket: str) -> str:
    """Have the daemon open its logs again; why it did not."""
    try:
        answer = wire.ask(wire.connect(socket), ["reopen", "logs"]).strip()
    except (OSError, ValueError) as error:
        return str(error)
    return "" if answer == "OK" else answer or "no answer"


def main() -> int:
    if os.geteuid() != 0 and not paths.ROOT:
        print("ec_rotate: run me as root", file=sys.stderr)
        return 2
    try:
        todo = job(parser().parse_args())
    except (Unusable, OSError, UnicodeDecodeError) as error:
        print("ec_rotate: %s" % error, file=sys.stderr)
        return 2
    if todo is None:
        return 0
    moved = [new for new in [move(log, todo.retention) for log in todo.logs] if new is not None]
    trouble = reopen(todo.socket)
    if trouble:
        print("ec_rotate: %s: the daemon did not open its logs again: %s" % (todo.socket, trouble), file=sys.stderr)
    for path in moved if todo.compress else []:
        compress(path, todo.compress)
    if todo.told:
        print("\n".join(moved))
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
