# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook rotate_certificates over batches, on directories of this machine that stand for nodes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
CLOSED = 1  # tcpmux: nobody listens there


def inventory(directory, failing):
    """Four nodes; those that fail have an endpoint that nobody serves."""
    hosts = {}
    for name in "abcd":
        endpoints = [{"port": CLOSED, "protocol": "https"}] if name in failing else []
        pair = {
            "service": "custom",
            "name": "web",
            "names": [name + ".example.com"],
            "key": str(directory / name / "web.key"),
            "certificate": str(directory / name / "web.crt"),
            "owner": str(os.geteuid()),
            "group": str(os.getegid()),
            "endpoints": endpoints,
            # Told of a new pair, and of the old one when that is back.
            "activate": ["sh", "-c", "echo told >> %s" % (directory / name / "told")],
        }
        (directory / name).mkdir()
        hosts[name] = {"momentum_certificates": [pair], "momentum_state_dir": str(directory / name / "state")}
    common = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "momentum_version": "5.3.0",
        "momentum_certificates_timeout": 1,
    }
    return {"momentum_standalone": {"hosts": hosts, "vars": common}}


def rotate(directory, *arguments):
    environment = dict(
        os.environ,
        ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".ansible" / "collections"),
        ANSIBLE_NOCOLOR="true",
        ANSIBLE_LOCAL_TEMP=str(directory / "tmp"),
        ANSIBLE_REMOTE_TEMP=str(directory / "tmp"),
        LC_ALL="C.UTF-8",
    )
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "msys.momentum.rotate_certificates"]
    done = subprocess.run(
        command + ["-i", str(directory / "hosts.yml"), "-e", "momentum_serial=2"] + list(arguments),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    return done


@pytest.fixture
def fleet(tmp_path):
    def make(failing):
        (tmp_path / "hosts.yml").write_text(yaml.safe_dump(inventory(tmp_path, failing)))
        return tmp_path

    return make


def files(directory, name):
    return sorted(path.name for path in (directory / name).iterdir() if path.name != "state")


def test_a_failing_node_ends_the_run_after_its_batch_which_is_finished(fleet):
    directory = fleet("b")
    done = rotate(directory)
    assert done.returncode != 0
    assert files(directory, "a") == ["told", "web.crt", "web.key"]
    # Its pair is gone again, and the service was reloaded both times.
    assert files(directory, "b") == ["told"]
    assert (directory / "b" / "told").read_text() == "told\n" * 2
    assert files(directory, "c") == files(directory, "d") == []
    assert "127.0.0.1:1 (https) serves no certificate" in done.stdout
    assert "The files are as before the run" in done.stdout


@pytest.mark.long
def test_a_run_reports_in_one_line_for_each_node_what_changed(fleet):
    directory = fleet("")
    foretold, done, again = rotate(directory, "--check"), rotate(directory), rotate(directory)
    for one in (foretold, done):
        assert one.returncode == 0 and one.stdout.count("certificates: web created") == 4, one.stdout
    assert done.stdout.count("reloaded by: web") == 4
    assert "certificates: web" not in again.stdout


def test_without_a_failure_all_batches_are_done_and_a_second_run_changes_nothing(fleet):
    directory = fleet("")
    assert rotate(directory).returncode == 0
    assert [files(directory, name) for name in "abcd"] == [["told", "web.crt", "web.key"]] * 4
    before = {name: (directory / name / "web.crt").read_bytes() for name in "abcd"}
    again = rotate(directory)
    assert again.returncode == 0
    assert {name: (directory / name / "web.crt").read_bytes() for name in "abcd"} == before
    assert [(directory / name / "told").read_text() for name in "abcd"] == ["told\n"] * 4


def test_a_certificate_of_the_mta_on_a_manager_is_rejected_before_anything_is_written(fleet):
    directory = fleet("")
    declared = yaml.safe_load((directory / "hosts.yml").read_text())
    declared["momentum_cluster_managers"] = declared.pop("momentum_standalone")
    for host in declared["momentum_cluster_managers"]["hosts"].values():
        host["momentum_certificates"].append({"service": "smtp", "names": ["mta.example.com"]})
    (directory / "hosts.yml").write_text(yaml.safe_dump(declared))
    done = rotate(directory, "--limit", "a")
    assert done.returncode != 0 and "eccmgr takes no mail" in " ".join(done.stdout.split())
    assert files(directory, "a") == []
