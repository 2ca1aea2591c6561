# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment is built for real, holds what it should, and works as a worker without a network."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import List, Set

import pytest
import simulated
import streams
import yaml

DEFINITION = simulated.ROOT / "examples" / "execution_environment"


class Image:
    """The built image and its engine."""

    def __init__(self, engine: str, name: str) -> None:
        self.engine, self.name = engine, name

    def command(self, options: List[str], arguments: List[str]) -> List[str]:
        """The command that runs something in a container without a network."""
        return [self.engine, "run", "--rm", "--interactive", "--network", "none", *options, self.name, *arguments]

    def says(self, *arguments: str) -> str:
        """What a command in it prints."""
        command = self.command([], list(arguments))
        return subprocess.run(command, stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout


@pytest.fixture(scope="module")
def image():
    engine = os.environ.get("CONTAINER_ENGINE", "")
    if not engine:
        pytest.fail("CONTAINER_ENGINE names no container engine: run tools/runner")
    command = [str(simulated.ROOT / "tools" / "execution_environment"), engine]
    return Image(engine, subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().strip())


def pins() -> Set[str]:
    """Everything that is pinned, as name==version: the constraints, and what the definition asks for by itself."""
    lines = (DEFINITION / "constraints.txt").read_text().splitlines()
    asked = yaml.safe_load((DEFINITION / "execution-environment.yml").read_text())["dependencies"]
    own = {asked[name]["package_pip"] for name in ("ansible_core", "ansible_runner")}
    return own | {line.partition(" ")[0] for line in lines if "==" in line and not line.startswith("#")}


def test_the_collection_asks_for_files_that_it_has():
    asked = yaml.safe_load((simulated.ROOT / "meta" / "execution-environment.yml").read_text())["dependencies"]
    assert sorted(asked) == ["python", "system"]
    for path in asked.values():
        assert [line for line in (simulated.ROOT / path).read_text().splitlines() if not line.startswith("#")]


def test_all_that_pip_installed_in_the_image_is_pinned(image):
    listed = image.says("python3", "-m", "pip", "list", "--format", "freeze").lower().replace("_", "-").split()
    installed = {line for line in listed if not line.startswith("pip==")}
    assert {line.partition("==")[0] for line in installed} >= {"ansible-core", "ansible-runner", "cryptography"}
    assert installed - pins() == set()


def test_the_image_has_this_collection_and_a_way_to_the_nodes(image):
    version = yaml.safe_load((simulated.ROOT / "galaxy.yml").read_text())["version"]
    assert f"msys.momentum {version}" in image.says("ansible-galaxy", "collection", "list", "msys.momentum")
    assert image.says("sh", "-c", "command -v ssh ansible-runner").split()[0].endswith("/ssh")


def test_the_image_does_not_run_as_root(image):
    assert image.says("id", "-u").strip() != "0"


def test_a_worker_in_the_image_changes_a_node_and_sends_the_events_back(image):
    with tempfile.TemporaryDirectory(prefix="momentum-ee-") as name:
        directory = Path(name)
        nodes = simulated.grow(directory / "nodes", 1)
        job = directory / "job"
        simulated.write(job / "inventory" / "hosts.json", simulated.inventory(nodes, "/usr/bin/python3"))
        (job / "project").mkdir()
        playbook = Path(__file__).parent / "project" / "look.yml"
        (job / "project" / "converge.yml").write_text(playbook.read_text())
        # The node is a directory of this machine, whose files are root's.
        options = ["--user", "0", "--volume", f"{directory / 'nodes'}:{directory / 'nodes'}"]
        command = image.command(options, ["ansible-runner", "worker", "--private-data-dir", "/runner/job", "--delete"])
        outcome = streams.send(job, streams.Worker(directory, command), directory / "results", "ee", nodes[0].name)
        assert outcome.status == "successful"
        assert outcome.hosts == {nodes[0].name: {"ok": 2, "changed": 1, "failed": 0, "unreachable": 0}}
        assert "Max_Retries = 20" in nodes[0].configuration.read_text()
