# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet of containers in one of the shapes of shapes.yml, and the collection as a user installs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import testinfra
import yaml

ROOT = Path(__file__).resolve().parents[2]
SHAPES: Dict[str, Any] = yaml.safe_load((Path(__file__).parent / "shapes.yml").read_text(encoding="utf-8"))
NODES = ("momentum_standalone", "momentum_cluster_nodes")
# How a controller is set up; SSH and its settings are Ansible's own defaults.
CONFIGURATION = """\
[defaults]
nocows = true
interpreter_python = /usr/bin/python3
"""


def command(*words: Any, **more: Any) -> str:
    """Run a command of the controller; what it prints. Raises CalledProcessError, after showing what it said."""
    line = [str(word) for word in words]
    done = subprocess.run(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=False, **more
    )
    if done.returncode:
        sys.stdout.write(done.stdout)
    done.check_returncode()
    return done.stdout


def install_collection(directory: Path) -> Path:
    """Build the collection's archive, install it into an empty path of collections, and return that path."""
    command("ansible-galaxy", "collection", "build", "--output-path", directory / "built", ROOT)
    (archive,) = (directory / "built").glob("msys-momentum-*.tar.gz")
    path = directory / "collections"
    # It would find the checkout, which is on the path of every other tool.
    nowhere = dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(path))
    command("ansible-galaxy", "collection", "install", archive, "--offline", "--collections-path", path, env=nowhere)
    assert (path / "ansible_collections" / "msys" / "momentum" / "playbooks" / "site.yml").is_file()
    return path


def container_of(name: str) -> str:
    """The container of a host."""
    return "-".join([os.environ["MOMENTUM_TEST_NAME"], os.environ["MOLECULE_SCENARIO_NAME"], name])


class Fleet:
    """The hosts of a shape by name, and its inventory below `folder`."""

    def __init__(self, name: str, collections: Path, directory: Path) -> None:
        self.name, self.directory, self.shape = name, directory, SHAPES["shapes"][name]
        self.groups: Dict[str, List[str]] = self.shape["groups"]
        self.hosts = sorted({host for hosts in self.groups.values() for host in hosts}, key=lambda one: (len(one), one))
        number = int(os.environ["MOMENTUM_TEST_NAME"].rpartition("-")[2])
        # Apart from the scenarios' networks, from those of other shapes, and of other checkouts.
        index = list(SHAPES["shapes"]).index(name)
        self.network = "10.%d.%d" % (128 + number % 16 * 8 + index % 8, number // 16 % 256)
        (directory / "inventory").mkdir()
        (directory / "inventory" / "hosts.json").write_text(json.dumps(self.inventory()), encoding="utf-8")
        (directory / "ansible.cfg").write_text(CONFIGURATION, encoding="utf-8")
        # As Molecule has them, for the playbooks that make its containers and for `plays`.
        os.environ.update(
            MOLECULE_PROJECT_DIRECTORY=str(ROOT),
            MOLECULE_SCENARIO_DIRECTORY=str(directory),
            MOLECULE_SCENARIO_NAME="shape-" + name.replace("_", "-"),
            ANSIBLE_CONFIG=str(directory / "ansible.cfg"),
            # Connections to containers need collections that nodes over SSH must do without.
            ANSIBLE_COLLECTIONS_PATH=str(collections)
            + ("" if self.over_ssh else ":%s" % (ROOT / ".ansible" / "collections")),
        )

    @property
    def over_ssh(self) -> bool:
        """Whether Ansible logs in to the hosts as it does to machines."""
        return bool(self.variables.get("ansible_connection") == "ssh")

    @property
    def variables(self) -> Dict[str, Any]:
        return self.shape.get("variables", {})

    @property
    def nodes(self) -> List[str]:
        """The hosts that take mail, in the order of the inventory."""
        return [host for host in self.hosts if any(host in self.groups.get(group, []) for group in NODES)]

    @property
    def managers(self) -> List[str]:
        """The managers of a cluster."""
        return self.groups.get("momentum_cluster_managers", [])

    def license(self, last_day: str) -> Path:
        """A licence of the stand-in, on the controller."""
        path = self.directory / ("license-" + last_day)
        path.write_text(command(sys.executable, ROOT / "tests" / "standin" / "make_license.py", "*", last_day))
        return path

    def inventory(self) -> Dict[str, Any]:
        """What the shape says, as an inventory beside the one that all containers share."""
        variables = dict(SHAPES["every"], network=self.network, directory=str(self.directory))
        hosts = {
            host: dict({"address": "%s.%d" % (self.network, 10 + index)}, **self.variables)
            for index, host in enumerate(self.hosts)
        }
        children = {group: {"hosts": dict.fromkeys(names, None)} for group, names in self.groups.items()}
        children["molecule"] = {"hosts": hosts, "vars": variables}
        return {"all": {"children": children}}

    def container(self, playbook: str) -> None:
        """Run one of the playbooks that make and remove containers."""
        command(
            *("ansible-playbook", ROOT / "molecule" / "shared" / playbook),
            *("--inventory", ROOT / "molecule" / "shared" / "inventory", "--inventory", self.directory / "inventory"),
        )

    def create(self) -> None:
        """Start the containers."""
        self.container("destroy.yml")
        self.container("create.yml")
        if self.over_ssh:
            self.accept_ssh()

    def destroy(self) -> None:
        """Remove them."""
        self.container("destroy.yml")
        shutil.rmtree(str(self.directory))

    def accept_ssh(self) -> None:
        """Start sshd with a host key of its own, for an account that may do everything with its password."""
        command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.directory / "key")
        key = (self.directory / "key.pub").read_text(encoding="utf-8").strip()
        user, password = self.variables["ansible_user"], self.variables["ansible_become_password"]
        known = []
        for name in self.hosts:
            host = self.host(name)
            host.check_output("useradd --create-home --shell /bin/bash %s", user)
            host.check_output("sh -c %s", "echo '%s:%s' | chpasswd" % (user, password))
            host.check_output("sh -c %s", "echo '%s ALL=(ALL) ALL' > /etc/sudoers.d/%s" % (user, user))
            host.check_output("install -d -m 0700 -o %s -g %s /home/%s/.ssh", user, user, user)
            host.check_output("sh -c %s", "echo '%s' > /home/%s/.ssh/authorized_keys" % (key, user))
            host.check_output("ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key")
            host.check_output("systemctl start ssh")
            public = host.file("/etc/ssh/ssh_host_ed25519_key.pub").content_string.split()[:2]
            address = "%s.%d" % (self.network, 10 + self.hosts.index(name))
            known.append(" ".join([address, *public]))
        (self.directory / "known_hosts").write_text("\n".join(known) + "\n", encoding="utf-8")

    def host(self, name: str) -> Any:
        """A host, reached by the container engine: what it shows does not depend on how Ansible logs in."""
        return testinfra.get_host("%s://%s" % (os.environ["CONTAINER_ENGINE"], container_of(name)))

    def copy(self, path: Path, name: str, target: str) -> None:
        """Copy a file of the controller to a host."""
        command(os.environ["CONTAINER_ENGINE"], "cp", path, "%s:%s" % (container_of(name), target))
