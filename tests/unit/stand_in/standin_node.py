# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in installed below a directory of its own, on high ports, run by whoever runs the tests."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import Dict, List, Optional

NOBODY = 65534
CONFIGURATION = """
Security {{ user = "{uid}" group = "{uid}" capabilities = "cap_net_bind_service+ep" }}
ESMTP_Listener {{ Listen "127.0.0.1:{port}" {{ }} }}
Control_Listener {{ Listen "{console}" {{ File_Mode = "0600" }} }}
"""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Node:
    """root: the directory. As root the daemon gives up root for the user 65534."""

    def __init__(self, standin: str) -> None:
        self.root = tempfile.mkdtemp(prefix="standin-")
        os.chmod(self.root, 0o755)
        self.prefix = self.root + "/opt/msys/ecelerity"
        shutil.copytree(os.path.join(standin, "ecelerity"), self.prefix)
        self.monitor = os.path.join(standin, "gimli", "bin", "monitor.py")
        self.directory = self.prefix + "/etc/conf/default"
        self.main = self.directory + "/ecelerity.conf"
        self.console, self.port = self.root + "/tmp/2025", free_port()
        self.process: "Optional[subprocess.Popen[str]]" = None
        for name in ("/var/log/ecelerity", "/var/spool/ecelerity", "/var/run", "/tmp"):
            os.makedirs(self.root + name)
            if os.geteuid() == 0:
                os.chown(self.root + name, NOBODY, NOBODY)
        os.makedirs(self.directory)
        self.license = self.prefix + "/etc/license"
        shutil.copy(os.path.join(standin, "license"), self.license)
        self.write(self.main, CONFIGURATION.format(uid=NOBODY, port=self.port, console=self.console))

    def write(self, path: str, text: str) -> None:
        """A file that the daemon's user can read."""
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o644)

    def read(self, path: str) -> str:
        """The text of a file."""
        with open(path) as file:
            return file.read()

    def add(self, text: str) -> None:
        """More configuration."""
        self.write(self.main, self.read(self.main) + text)

    @property
    def environment(self) -> Dict[str, str]:
        """Of all programs."""
        return {"MOMENTUM_STANDIN_ROOT": self.root, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}

    def command(self, program: str, *arguments: str) -> List[str]:
        """A command line."""
        return [sys.executable, os.path.join(self.prefix, program + ".py")] + list(arguments)

    def call(self, program: str, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end. input: its standard input; all else is environment."""
        environment = dict(self.environment, **{key: value for key, value in more.items() if key != "input"})
        return subprocess.run(
            self.command(program, *arguments),
            env=environment,
            cwd="/",
            input=more.get("input", ""),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            check=False,
        )

    def start(self, *prefix: str) -> None:
        """Start the daemon, and wait until it answers. prefix: a program that runs it."""
        log = open(self.root + "/stderr", "w")
        line = list(prefix) + self.command("sbin/ecelerity", "-d")
        self.process = subprocess.Popen(line, env=self.environment, cwd="/", stderr=log, universal_newlines=True)
        log.close()
        while self.ask("version") == "":
            assert self.process.poll() is None, self.read(self.root + "/stderr")
            time.sleep(0.05)

    def call_in_background(self) -> int:
        """Start the daemon as without -d; the exit status of the start."""
        return subprocess.call(
            self.command("sbin/ecelerity"),
            env=self.environment,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, *words: str) -> str:
        """What the console says, '' when it cannot be reached."""
        return str(self.call("bin/ec_console", self.console, *words).stdout).strip()

    def pid(self) -> int:
        """The daemon's process."""
        return int(self.read(self.root + "/var/run/ecelerity.pid"))

    def threads(self) -> List[Dict[str, str]]:
        """The status of all threads: one that served a connection ends at any moment, and is left out."""
        directory = "/proc/%d/task" % self.pid()
        texts = []
        for name in os.listdir(directory):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                texts.append(self.read("%s/%s/status" % (directory, name)))
        assert texts, "the daemon has no threads"
        return [dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line) for text in texts]

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait()
        self.process = None
        return status

    def remove(self) -> None:
        """End what runs and remove all files."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
        shutil.rmtree(self.root)
