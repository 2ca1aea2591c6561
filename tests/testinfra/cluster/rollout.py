# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cluster of the scenario, and playbooks that a test can cut off."""

import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

import testinfra
from load import PATIENCE
from node import CONSOLE

NODES = ("mta1", "mta2", "mta3")
MANAGER = "mgr1"
ENGINE = os.environ["CONTAINER_ENGINE"]


def container(name: str) -> str:
    """The container of a host."""
    return "-".join([os.environ["MOMENTUM_TEST_NAME"], os.environ["MOLECULE_SCENARIO_NAME"], name])


def host(name: str) -> Any:
    """A host of the scenario, reached by the container engine."""
    return testinfra.get_host("%s://%s" % (ENGINE, container(name)))


def engine(*words: str) -> None:
    """A command of the container engine."""
    subprocess.run([ENGINE] + list(words), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def eventually(truth: Callable[[], Any], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not truth():
        assert time.monotonic() < end, "never: " + what
        time.sleep(0.5)


def duravips(nodes: Dict[str, Any], name: str) -> Dict[str, List[str]]:
    """Who holds which address, as one node sees it."""
    found: Dict[str, List[str]] = {}
    address = ""
    for line in nodes[name].run(CONSOLE + "cluster duravip show").stdout.splitlines():
        head = re.match(r"([0-9.]+)[/:]", line)
        if head:
            address = head.group(1)
            found[address] = []
        elif line.lstrip().startswith("*"):
            found[address].append(line.split()[1])
    return found


def members(nodes: Dict[str, Any], name: str) -> List[str]:
    """The nodes that one node sees."""
    text = nodes[name].run(CONSOLE + "cluster membership").stdout
    return sorted(one for one in re.findall(r"Node Name: (\S+)", text) if one != "(Null)")


class Running:
    """A playbook that runs on the nodes, and on the manager where that is requested; its output is read to the end."""

    def __init__(self, book: str, limit: str = "momentum_cluster_nodes", **variables: Any) -> None:
        directories = [
            Path(os.environ["MOLECULE_PROJECT_DIRECTORY"]) / "molecule" / "shared" / "inventory",
            Path(os.environ["MOLECULE_SCENARIO_DIRECTORY"]) / "inventory",
        ]
        command = ["ansible-playbook", book, "--limit", limit, "--extra-vars", json.dumps(variables)]
        self.process = subprocess.Popen(
            command + ["--inventory=%s" % path for path in directories],
            env=dict(os.environ, ANSIBLE_NOCOLOR="true"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: List[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    def wait_for(self, words: str) -> None:
        """Wait until the output has these words."""
        end = time.monotonic() + 3 * PATIENCE
        while not any(words in line for line in list(self.lines)):
            assert time.monotonic() < end, "never said: %s\n%s" % (words, self.output)
            assert self._reader.is_alive(), "ended without %s\n%s" % (words, self.output)
            time.sleep(0.1)

    @property
    def output(self) -> str:
        """What was said until now."""
        return "".join(self.lines)

    def kill(self) -> None:
        """As a controller that loses its power."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.end()

    def end(self) -> int:
        """Wait for the end; its exit code."""
        code = self.process.wait()
        self._reader.join()
        return code
