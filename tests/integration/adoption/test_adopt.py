# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook adopt over nodes that are directories: what it writes on the controller, and that nodes stay as they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
DIRECTORY = "momentum/etc/conf/default"
SECRET = "planted-adoption-1"
MTA = (
    """\
Security {
  User = "daemon"
  Group = "daemon"
}
Banner = "{{ 7*7 }} {%% raw %%}"
Outbound_SMTP_AUTH_Pass = "%s"
ESMTP_Listener { Listen ":2525" { } }
"""
    % SECRET
)
CLUSTER = 'include "ecelerity-cluster.conf"\nMax_Retries = 7\n'
STANZA = 'Security {\n  User = "nobody"\n  Group = "daemon"\n}\n'
MANAGER = 'Security {\n  user = "daemon"\n}\nLogs { File_Mode = "0644" }\nSome_Option = 1\n'
INVENTORY = """\
momentum_standalone:
  hosts: {mta1: }
momentum_cluster_nodes:
  hosts: {node1: }
momentum_cluster_managers:
  hosts: {manager1: }
all:
  vars:
    ansible_connection: local
    ansible_python_interpreter: "%(python)s"
    ansible_remote_tmp: "%(root)s/tmp"
    momentum_prefix: "%(root)s/{{ inventory_hostname }}/momentum"
    momentum_state_dir: "%(root)s/{{ inventory_hostname }}/state"
    momentum_version: "5.3.0"
"""


class Fleet:
    """An inventory of nodes, a directory each, and the playbook over it."""

    def __init__(self, root):
        self.root = root
        (root / "hosts.yml").write_text(INVENTORY % {"root": root, "python": sys.executable})
        self.node("mta1", "ecelerity", **{"ecelerity.conf": MTA})
        self.node("node1", "ecelerity", **{"ecelerity.conf": CLUSTER, "ecelerity-cluster.conf": STANZA})
        self.node("manager1", "eccmgr", **{"eccluster.conf": MANAGER})

    def node(self, name, program, **files):
        directory = self.root / name / DIRECTORY
        directory.mkdir(parents=True)
        for file, content in files.items():
            (directory / file).write_text(content)
        (self.root / name / "momentum" / "sbin").mkdir()
        (self.root / name / "momentum" / "sbin" / program).write_text("")

    def run(self, *options):
        collections = str(ROOT / ".ansible" / "collections")
        environment = dict(os.environ, ANSIBLE_COLLECTIONS_PATH=collections, ANSIBLE_NOCOLOR="1")
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(self.root / "hosts.yml")]
        return subprocess.run(
            [*command, "msys.momentum.adopt", *options],
            cwd=str(self.root),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
            timeout=600,
            check=False,
        )

    def nodes(self):
        """All files of all nodes, with times."""
        return {
            str(path): (path.read_bytes() if path.is_file() else b"", path.lstat().st_mode, path.lstat().st_ctime_ns)
            for name in ("mta1", "node1", "manager1")
            for path in sorted((self.root / name).rglob("*"))
        }

    def file(self, name, directory="host_vars"):
        return self.root / directory / name / "momentum.yml"

    def variables(self, name):
        return yaml.safe_load(self.file(name).read_text().replace("!unsafe", "!!str"))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    return Fleet(tmp_path_factory.mktemp("fleet"))


def test_every_node_has_a_file_for_its_owner_alone_and_no_node_is_touched(fleet):
    before = fleet.nodes()
    done = fleet.run()
    assert done.returncode == 0, done.stdout
    assert fleet.nodes() == before
    assert [fleet.file(name).stat().st_mode & 0o777 for name in ("mta1", "node1", "manager1")] == [0o600] * 3
    assert SECRET not in done.stdout + fleet.file("mta1").read_text()


def test_the_variables_have_the_names_of_the_role_that_takes_the_node_over(fleet):
    mta, node, manager = (fleet.variables(name) for name in ("mta1", "node1", "manager1"))
    assert (mta["momentum_security_user"], mta["momentum_health_ports"]) == ("daemon", [2525])
    assert mta["momentum_tls_profile"] == mta["momentum_license"] == ""
    assert (node["momentum_security_user"], node["momentum_cluster_msgc"]) == ("nobody", False)
    assert (manager["momentum_manager_capabilities"], manager["momentum_manager_log_file_mode"]) == ("", "0644")
    assert manager["momentum_manager_service_name"] == "eccmgr"
    assert manager["momentum_settings"] == [{"scope": [], "option": "Some_Option", "value": "1"}]
    assert "momentum_tls_profile" not in manager


def test_ansible_reads_the_file_without_running_what_the_node_says(fleet):
    program = str(Path(sys.executable).with_name("ansible"))
    asked = ["-m", "ansible.builtin.debug", "-a", "var=momentum_settings[0].value"]
    done = subprocess.run(
        [program, "-i", str(fleet.root / "hosts.yml"), "mta1", *asked],
        env=dict(os.environ, ANSIBLE_NOCOLOR="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        check=False,
    )
    assert "{{ 7*7 }} {% raw %}" in done.stdout, done.stdout


def test_a_second_run_writes_nothing(fleet):
    before = {name: fleet.file(name).stat().st_ctime_ns for name in ("mta1", "node1", "manager1")}
    done = fleet.run()
    assert done.returncode == 0
    assert done.stdout.count("changed=0") == 3
    assert {name: fleet.file(name).stat().st_ctime_ns for name in before} == before


def test_a_file_that_differs_is_named_and_kept_until_somebody_says_otherwise(fleet):
    kept = fleet.file("mta1").read_text() + "mine: 1\n"
    fleet.file("mta1").write_text(kept)
    refused = fleet.run("-l", "mta1")
    assert refused.returncode != 0
    assert "differs (mine)" in " ".join(refused.stdout.split())
    assert fleet.file("mta1").read_text() == kept
    assert fleet.run("-l", "mta1", "-e", "momentum_adopt_overwrite=true").returncode == 0
    assert "mine" not in fleet.file("mta1").read_text()


def test_a_check_says_what_would_be_written_in_another_place_and_writes_nothing(fleet):
    checked = fleet.run("--check", "-l", "mta1", "-e", "momentum_adopt_to=elsewhere")
    assert checked.returncode == 0, checked.stdout
    assert "changed=2" in checked.stdout
    assert not (fleet.root / "elsewhere").exists()


@pytest.mark.long
def test_variables_that_a_directory_would_hide_are_not_hidden(fleet):
    (fleet.root / "third").mkdir()
    (fleet.root / "third" / "mta1.yml").write_text("x: 1\n")
    refused = fleet.run("-l", "mta1", "-e", "momentum_adopt_to=third")
    assert refused.returncode != 0
    assert "would hide" in refused.stdout
    assert not (fleet.root / "third" / "mta1").exists()


def test_a_configuration_that_cannot_be_read_is_no_basis(fleet):
    path = fleet.root / "node1" / DIRECTORY / "ecelerity.conf"
    path.write_text("Max_Retries = 7\n}\n")
    refused = fleet.run("-l", "node1")
    path.write_text(CLUSTER)
    assert refused.returncode != 0
    assert "ecelerity.conf:2" in refused.stdout


@pytest.mark.long
def test_an_installation_that_cannot_start_is_not_described_as_if_it_could(fleet):
    program = fleet.root / "node1" / "momentum" / "bin" / "validate_config"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'Syntax error: option Outbound_SMTP_AUTH_Pass'\n")
    program.chmod(0o755)
    before = fleet.nodes()
    done = fleet.run("-l", "node1", "-e", "momentum_adopt_to=refused")
    assert done.returncode == 0 and fleet.nodes() == before
    for said in (done.stdout, fleet.file("node1", "refused").read_text()):
        words = " ".join(said.replace("#", " ").split())
        assert "site will not start the daemon with it: Syntax error: option Outbound_SMTP_AUTH_Pass." in words
        assert "The daemon does not run" in words
    assert "refuses this configuration" not in fleet.file("mta1").read_text()
