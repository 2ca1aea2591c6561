# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook certificate_report over hosts that answer, that fail and that cannot be reached."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from plugins.module_utils.pki.x509 import keys, requests, selfsigned

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 21, 8, 40, tzinfo=timezone.utc)
HOSTILE = "a{{ 7*7 }}<b>.example.com"

INVENTORY = """\
momentum_standalone:
  hosts:
    mx0.example.com:
      ansible_connection: ssh
      ansible_host: 127.0.0.1
      ansible_port: 1
      ansible_ssh_common_args: -o ConnectTimeout=2 -o BatchMode=yes
    mx1.example.com:
      momentum_certificate_paths: ["{root}/mx1/*.crt"]
    mx2.example.com:
      momentum_certificate_paths: ["relative.crt"]
  vars:
    ansible_connection: local
    ansible_python_interpreter: "{python}"
    momentum_prefix: "{root}/momentum"
"""


class Fleet:
    """An inventory of local hosts, and the playbook over it."""

    def __init__(self, root):
        self.root = root
        self.inventory = root / "hosts.yml"
        self.inventory.write_text(INVENTORY.replace("{root}", str(root)).replace("{python}", sys.executable))

    def add(self, name, age, days, common_name):
        directory = self.root / "mx1"
        directory.mkdir(exist_ok=True)
        key = keys.generate()
        desired = requests.DesiredCertificate(common_name, ("DNS:mx1.example.com",), ("server",))
        made = selfsigned.build(key, desired, days, NOW - timedelta(days=age))
        (directory / (name + ".crt")).write_bytes(requests.to_pem(made))
        (directory / (name + ".key")).write_bytes(keys.to_pem(key))
        (directory / (name + ".key")).chmod(0o600)

    def run(self, *options, cwd=None):
        collections = str(ROOT / ".ansible" / "collections")
        environment = dict(
            os.environ, ANSIBLE_COLLECTIONS_PATH=collections, ANSIBLE_LOCALHOST_WARNING="0", ANSIBLE_NOCOLOR="1"
        )
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        command = [program, "-i", str(self.inventory), "msys.momentum.certificate_report"]
        command += ["-e", "momentum_report_now=2026-11-21T08:40:00Z", *options]
        return subprocess.run(
            command,
            cwd=str(cwd or self.root),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
            timeout=300,
            check=False,
        )

    def files(self):
        return {path.name: path.read_bytes() for path in self.root.glob("certificates.*")}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    made = Fleet(tmp_path_factory.mktemp("fleet"))
    made.add("good", 5, 47, HOSTILE)
    made.add("old", 400, 365, "old.example.com")
    return made


@pytest.fixture(scope="module")
def first(fleet):
    checked = fleet.run("--check")
    assert checked.returncode == 0, checked.stdout
    assert fleet.files() == {}
    done = fleet.run()
    assert done.returncode == 0, done.stdout
    return fleet.files()


def test_check_mode_writes_nothing_and_the_run_writes_both_files(first, fleet):
    assert sorted(first) == ["certificates.html", "certificates.json"]
    assert {path.stat().st_mode & 0o777 for path in fleet.root.glob("certificates.*")} == {0o640}


def test_the_json_holds_every_certificate_and_every_silent_host(first):
    found = json.loads(first["certificates.json"].decode())
    assert [(row["host"], row["path"].rsplit("/", 1)[-1], row["grade"]) for row in found["certificates"]] == [
        ("mx1.example.com", "old.crt", "expired"),
        ("mx1.example.com", "good.crt", "ok"),
    ]
    assert all(row["key_fits"] for row in found["certificates"])
    reasons = {item["host"]: item["reason"] for item in found["silent"]}
    assert sorted(reasons) == ["mx0.example.com", "mx2.example.com"]
    assert "ssh" in reasons["mx0.example.com"]
    assert "absolute" in reasons["mx2.example.com"]


def test_names_are_neither_templated_nor_markup(first):
    page = first["certificates.html"].decode()
    assert "a{{ 7*7 }}\\&lt;b\\&gt;.example.com" in page  # the backslashes are those of RFC 4514
    assert not any(rendered in page for rendered in ("a49\\", "a49&lt;", "a49<"))


def test_the_same_answers_at_the_same_time_change_nothing(first, fleet):
    again = fleet.run()
    assert again.returncode == 0, again.stdout
    assert fleet.files() == first
    assert "changed=1" not in again.stdout


def test_the_play_fails_where_the_caller_asks_for_it_and_writes_first(first, fleet):
    for path in fleet.root.glob("certificates.*"):
        path.unlink()
    failed = fleet.run("-e", "momentum_report_fail_at=expired")
    assert failed.returncode != 0
    assert "expired: 1 of 2 certificates; silent: 2 of 3 hosts" in " ".join(failed.stdout.split())
    assert fleet.files() == first


def test_a_relative_directory_is_relative_to_the_inventory_wherever_the_command_is_given(fleet, tmp_path):
    (fleet.root / "reports").mkdir()
    done = fleet.run("-e", "momentum_report_dir=reports", "-e", "momentum_report_hosts=mx2.example.com", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert sorted(path.name for path in (fleet.root / "reports").iterdir()) == [
        "certificates.html",
        "certificates.json",
    ]


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        (
            "momentum_report_fail_at=worse",
            "momentum_report_fail_at is worse, but must be one of expired, unreadable, alarm, due",
        ),
        ("momentum_report_now=soon", "momentum_report_now"),
    ],
)
def test_what_is_no_grade_or_no_time_is_rejected_by_the_name_of_its_variable(first, fleet, variable, words):
    refused = fleet.run("-e", variable)
    assert refused.returncode != 0
    assert words in " ".join(refused.stdout.replace("\\n", " ").split())


def test_an_empty_grade_is_none(first, fleet):
    assert fleet.run("-e", "momentum_report_fail_at=").returncode == 0
