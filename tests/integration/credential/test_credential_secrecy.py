# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords go to credmgr and nowhere else: not to the list of processes, to logs, or to what Ansible prints."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from credential_node import ROOT, SECRET, CredentialNode, Watcher  # noqa: E402

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: owners are set, and a watcher gives up root")

LDAP = {"username": "one", "hostname": "ldap.example.com", "facility": "ldap"}
KEPT_APART = {"username": "two", "hostname": "ldap.example.com", "facility": "ldap", "password": SECRET + "-kept"}
PLAYBOOK = """
- hosts: all
  gather_facts: false
  tasks:
    - msys.momentum.credential: "{{ task }}"
      vars:
        task: "{{ lookup('ansible.builtin.file', arguments) | from_json }}"
    - msys.momentum.credential: "{{ lookup('ansible.builtin.file', failing) | from_json }}"
      ignore_errors: true
"""


# Runs a command with a /dev/shm that no other run of the tests uses at the same time, and lists in a file what it leaves there.
OWN_MEMORY = """
mount -t tmpfs tmpfs /dev/shm || exit 99
"$@"
status=$?
ls -A /dev/shm > "$0"
exit $status
"""


def in_own_memory(left: Path, *command: str) -> list:
    return ["unshare", "--mount", "sh", "-c", OWN_MEMORY, str(left), *command]


@pytest.fixture
def node(tmp_path: Path) -> CredentialNode:
    # pytest's directories are closed to others, and the watcher needs none of them.
    for directory in [tmp_path, *tmp_path.parents][:3]:
        directory.chmod(0o755)
    return CredentialNode(tmp_path)


def rotate(node: CredentialNode, rounds: int, **more: object) -> None:
    for number in range(rounds):
        result = node.run(dict(LDAP, password="%s-%d" % (SECRET, number)), **more)
        assert result["changed"] is True, result


def test_another_user_never_sees_a_password_in_the_list_of_processes(node: CredentialNode) -> None:
    with Watcher(node.root) as watcher:
        rotate(node, 6)
    assert watcher.reads > 2000
    assert watcher.stars > 0, "the watcher has not met credmgr; it proves nothing"
    assert watcher.hits == 0


def test_the_watcher_sees_what_is_visible(node: CredentialNode) -> None:
    program = node.credmgr.read_text()
    (node.prefix / "bin" / "real").write_text(program)
    (node.prefix / "bin" / "real").chmod(0o755)
    node.install('#!/bin/sh\nexec %s/bin/real "$@"\n' % node.prefix)
    with Watcher(node.root) as watcher:
        rotate(node, 3, allow=["visible_arguments"])
    assert watcher.hits > 0


def test_a_program_that_would_show_the_password_never_gets_it(node: CredentialNode) -> None:
    seen = node.root / "seen"
    node.install('#!/bin/sh\necho "$@" >> %s\nexec /usr/bin/env python3 %s/real "$@"\n' % (seen, node.root))
    source = ROOT / "tests" / "standin" / "ecelerity" / "bin" / "credmgr.py"
    (node.root / "real").write_text(source.read_text())
    result = node.run(dict(LDAP, password=SECRET))
    assert "hidepid=2" in result["msg"] and "visible_arguments" in result["msg"]
    assert "set_cred" in seen.read_text()
    assert SECRET not in seen.read_text()
    assert not node.database.exists()
    assert node.main.read_text() == "# an installation\n"


HIDING = ("unshare", "--mount", "--pid", "--fork", "sh", "-c")
MOUNT = 'umount -l /proc && mount -t proc -o hidepid=2 proc /proc && exec "$@"'


def test_a_wrapper_gets_the_password_where_proc_hides_the_processes_of_others(node: CredentialNode) -> None:
    if subprocess.call([*HIDING, MOUNT, "sh", "true"], stderr=subprocess.DEVNULL) != 0:
        pytest.skip("this kernel or container mounts no /proc with hidepid")
    (node.root / "real").write_text("#!/usr/bin/python3\n" + node.credmgr.read_text())
    node.install('#!/bin/sh\nexec /usr/bin/python3 %s/real "$@"\n' % node.root)
    result = node.run(dict(LDAP, password=SECRET), around=(*HIDING, MOUNT, "sh"))
    assert result["hidden_by"] == "hidepid", result
    assert node.stored("one", "ldap.example.com", "ldap").endswith(SECRET)


def test_no_password_is_in_what_ansible_prints_logs_or_leaves_behind(node: CredentialNode) -> None:
    playbook, log = node.root / "play.yml", node.root / "ansible.log"
    playbook.write_text(PLAYBOOK)
    remote = node.root / "remote"
    for name, arguments in (
        ("arguments", node.arguments(dict(LDAP, password=SECRET), KEPT_APART)),
        ("failing", node.arguments(dict(LDAP, password=SECRET), dict(LDAP, password=SECRET + "-other"))),
    ):
        plain = {key: value for key, value in arguments.items() if not key.startswith("_ansible")}
        (node.root / name).write_text(json.dumps(plain))
    left = node.root / "left"
    if subprocess.call(in_own_memory(left, "true"), stderr=subprocess.DEVNULL) != 0:
        pytest.skip("this kernel or container mounts no /dev/shm: what is left behind there is NOT looked at")
    values = ["-e", "arguments=%s/arguments failing=%s/failing" % (node.root, node.root)]
    ansible_playbook = str(Path(sys.executable).parent / "ansible-playbook")
    done = subprocess.run(
        in_own_memory(
            left, ansible_playbook, "-vvvv", "--diff", "-i", "localhost,", "-c", "local", *values, str(playbook)
        ),
        env=dict(
            os.environ,
            ANSIBLE_LOG_PATH=str(log),
            ANSIBLE_REMOTE_TEMP=str(remote),
            ANSIBLE_LOCAL_TEMP=str(node.root / "local"),
            ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".ansible" / "collections"),
            ANSIBLE_PYTHON_INTERPRETER=sys.executable,
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout
    assert "requested twice" in done.stdout
    assert "one@ldap.example.com" in done.stdout
    assert SECRET not in done.stdout
    (node.root / "arguments").unlink()
    (node.root / "failing").unlink()
    holders = [str(path) for path in node.root.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert holders == []
    assert [name for name in left.read_text().split() if name.startswith("momentum-credentials-")] == []
    assert node.stored("one", "ldap.example.com", "ldap").endswith(SECRET)


def test_a_password_is_in_no_result_whatever_goes_wrong(node: CredentialNode) -> None:
    echo = '#!/bin/sh\necho "credmgr: cannot do $*" >&2\nexit 3\n'
    working = node.credmgr.read_text()
    assert node.run(dict(LDAP, password=SECRET))["changed"] is True
    node.install(echo)
    for extra in ({}, {"allow": ["visible_arguments"]}, {"_ansible_check_mode": True}):
        result = node.run(dict(LDAP, password=SECRET + "-2"), **extra)
        assert result["failed"] is True
        assert "Traceback" not in result["printed"]
        assert SECRET not in result["printed"]
    node.install(working)
    assert node.run(dict(LDAP, password=SECRET))["changed"] is False
