# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planted passwords are found where Momentum keeps them, and nowhere else: not in output, lists of processes, or directories.

The log of the whole scenario, written as with -vvvv, is looked through by tools/secrets.
"""

import contextlib
import os
import re
import tempfile
from pathlib import Path
from typing import Any, Iterator

import files
import node
import plays
import pytest

PLANTED = "planted-"
WATCH = """
import glob, os
os.setgroups([]); os.setgid(65534); os.setuid(65534)
seen, met = set(), 0
print('begun', flush=True)
while not os.path.exists('/run/watch/end'):
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        try:
            words = open(path, 'rb').read()
        except OSError:
            continue
        met += 1
        if b'plan' + b'ted-' in words:
            seen.add(words)
print(met, len(seen), flush=True)
"""


@pytest.fixture
def watcher(host: Any) -> Any:
    """A process of nobody that reads all command lines of the node, over and over."""
    host.check_output("mkdir -p /run/watch && chmod 0755 /run/watch && rm -f /run/watch/end /run/watch.log")
    host.run("cat > /run/watch/watch.py <<'END'\n%s\nEND" % WATCH)
    host.check_output(
        "systemd-run --unit watch --collect --property StandardOutput=file:/run/watch.log python3 /run/watch/watch.py"
    )
    host.check_output("timeout 60 sh -c 'until grep -q begun /run/watch.log; do sleep 0.1; done'")
    yield
    host.run("touch /run/watch/end; systemctl stop watch")


def verdict(host: Any) -> "tuple[int, int]":
    """How many command lines were read, and how many different ones held a planted password."""
    host.check_output("touch /run/watch/end")
    host.check_output("timeout 60 sh -c 'until [ $(wc -l < /run/watch.log) = 2 ]; do sleep 0.1; done'")
    met, seen = host.check_output("tail -n 1 /run/watch.log").split()
    return int(met), int(seen)


def stored(host: Any) -> str:
    """What credmgr itself says that the password is."""
    return str(
        host.check_output(
            node.PREFIX + "/bin/credmgr get_cred -d /opt/msys/etc/credentials.db -k /opt/msys/etc/credentials.key "
            "-u momentum -h ldap.example.com -f ldap -P"
        )
    )


def test_passwords_are_rotated_unseen_by_other_users_of_the_node(
    host: Any, watcher: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert PLANTED + "ldap-password-1" in stored(host)
    run = plays.play(diff=True, which_passwords="second")
    assert run.code == 0
    assert "credential" in run.changed_parts()
    met, seen = verdict(host)
    with capsys.disabled():
        print("\n%d command lines read by nobody, %d with a planted password" % (met, seen))
    assert met > 1000
    assert seen == 0
    assert PLANTED + "ldap-password-2" in stored(host)
    assert PLANTED not in run.output
    assert PLANTED not in str(run.entries)


def test_the_watcher_would_have_seen_a_password(host: Any, watcher: Any) -> None:
    host.check_output("sh -c 'sleep 2; : %scontrol'" % PLANTED)
    assert verdict(host)[1] > 0


def test_the_most_talkative_run_and_its_facts_hold_no_password(host: Any) -> None:
    run = plays.play(diff=True, verbosity=4, which_passwords="first")
    assert run.code == 0
    assert "credential" in run.changed_parts()
    assert "module_args" in run.output, "this was not -vvvv"
    assert PLANTED not in run.output
    assert PLANTED not in str(run.entries)


def test_a_refused_password_is_not_in_the_error(host: Any) -> None:
    wrong = {
        "username": "momentum",
        "hostname": "ldap.example.com",
        "facility": "ldap",
        "password": "{{ passwords.first.ldap }}\n",
    }
    run = plays.play(momentum_credentials=[wrong], verbosity=4)
    assert run.code != 0
    assert [entry.action for entry in run.failed()] == [plays.NODE]
    assert PLANTED not in run.output


def test_no_file_of_the_node_holds_a_password_in_the_clear(host: Any) -> None:
    host.check_output("echo %scontrol > /var/tmp/control" % PLANTED)
    found = files.planted(host, PLANTED).split()
    host.check_output("rm /var/tmp/control")
    assert found == ["/var/tmp/control"]


DIRECTORIES = [tempfile.gettempdir(), "/dev/shm", str(Path.home() / ".ansible")]


def written_since(start: float) -> "Iterator[Path]":
    """The controller's temporary files since then."""
    for top in DIRECTORIES + [os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]]:
        for directory, _below, names in os.walk(top):
            for path in (Path(directory, name) for name in names):
                with contextlib.suppress(OSError):
                    if path.is_file() and path.stat().st_mtime >= start:
                        yield path


def test_no_temporary_file_of_the_controller_holds_a_password(host: Any) -> None:
    start = float(host.check_output("stat --format %Y /proc/1"))
    run = os.environ["MOMENTUM_TEST_NAME"].encode()
    sought = re.compile(b"planted-[a-z]+-password-[0-9]-" + run)
    with tempfile.NamedTemporaryFile() as control:
        control.write(b"planted-own-password-0-" + run)
        control.flush()
        found = [str(path) for path in written_since(start) if sought.search(path.read_bytes())]
        assert found == [control.name]
