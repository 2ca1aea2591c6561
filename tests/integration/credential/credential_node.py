# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node with the stand-in's credmgr, and a user without rights who watches the list of processes."""

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NOBODY = 65534
SECRET = "planted-secret-of-this-test"

WATCHER = """
import os, sys, time
needle, ready = sys.argv[1].encode(), sys.argv[2]
needle = needle[::-1]  # given backwards, so that the watcher does not find itself
reads = hits = stars = 0
known = set(os.listdir("/proc"))
while not os.path.exists(ready):
    for pid in os.listdir("/proc"):
        if not pid.isdigit() or pid in known:
            continue
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as stream:
                line = stream.read()
        except OSError:
            continue
        reads += 1
        hits += needle in line
        stars += b"set_cred" in line and b"*" * 8 in line
print(reads, hits, stars)
"""


class CredentialNode:
    """A directory that stands for a node with Momentum's configuration and credmgr."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.chmod(0o755)
        self.prefix = root / "msys" / "ecelerity"
        self.database = root / "msys" / "etc" / "credentials.db"
        self.key = root / "msys" / "etc" / "credentials.key"
        self.main = self.prefix / "etc" / "conf" / "default" / "ecelerity.conf"
        for directory in (self.database.parent, self.main.parent, self.prefix / "bin"):
            directory.mkdir(parents=True)
        self.main.write_text("# an installation\n")
        source = ROOT / "tests" / "standin" / "ecelerity" / "bin" / "credmgr.py"
        self.credmgr = self.prefix / "bin" / "credmgr"
        self.install("#!/usr/bin/python3\n" + source.read_text())

    def install(self, text: str) -> None:
        """Put a program in the place of credmgr."""
        self.credmgr.write_text(text)
        self.credmgr.chmod(0o755)

    def arguments(self, *entries: dict, **more: object) -> dict:
        """What a task says."""
        own = {"prefix": str(self.prefix), "state_dir": str(self.root / "state"), "nodename": "mta1", "group": "0"}
        return dict(own, entries=list(entries), _ansible_diff=True, **more)

    def run(self, *entries: dict, around: tuple = (), **more: object) -> dict:
        """Run the module, inside the command `around`; its result, with all that it printed as `printed`."""
        done = subprocess.run(
            [*around, sys.executable, str(ROOT / "tests" / "contract" / "run_module.py"), "credential"],
            input=json.dumps({"ANSIBLE_MODULE_ARGS": self.arguments(*entries, **more)}),
            env=dict(os.environ, PYTHONPATH=str(ROOT / ".ansible" / "collections"), PYTHONDONTWRITEBYTECODE="1"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            check=False,
            timeout=120,
        )
        return dict(json.loads(done.stdout), printed=done.stdout + done.stderr)

    def stored(self, username: str, hostname: str, facility: str) -> str:
        """What credmgr itself says of an entry."""
        entry = ["-u", username, "-h", hostname, "-f", facility]
        command = [str(self.credmgr), "get_cred", "-P", "-d", str(self.database), "-k", str(self.key)] + entry
        return subprocess.check_output(command, universal_newlines=True).strip()

    def mode(self, path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)


class Watcher:
    """Reads /proc/*/cmdline as nobody for as long as the block lasts; then `reads`, `hits` and `stars` are known."""

    def __init__(self, directory: Path, needle: str = SECRET) -> None:
        self.ready = directory / "watched"
        self.needle = needle
        self.reads = self.hits = self.stars = 0

    def __enter__(self) -> "Watcher":
        command = ["/usr/bin/python3", "-S", "-c", WATCHER, self.needle[::-1], str(self.ready)]
        self.process = subprocess.Popen(command, preexec_fn=become_nobody, stdout=subprocess.PIPE, cwd="/")
        time.sleep(0.3)
        return self

    def __exit__(self, *_: object) -> None:
        self.ready.touch()
        output = self.process.communicate(timeout=30)[0]
        self.ready.unlink()
        self.reads, self.hits, self.stars = [int(word) for word in output.split()]


def become_nobody() -> None:
    """Give up root in a child."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
