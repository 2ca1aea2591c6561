# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An argument that nobody sees: stars in the place of the secret, and what happens where that cannot be."""

import sys
from pathlib import Path

import pytest

from plugins.module_utils.credentials import hidden
from plugins.module_utils.credentials.visibility import proc_hides_arguments, proc_options

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}
SHOW = """#!%s
import os, subprocess, sys
print(sys.argv[-1])
print(open("/proc/self/cmdline").read().split(chr(0))[-2])
print(sorted(os.environ), subprocess.check_output(["/usr/bin/env"]))
print("words on the other side", file=sys.stderr)
sys.exit(3)
"""


def tracing() -> bool:
    try:
        return hidden.run(["/bin/echo"], "x", ENVIRONMENT, 10).status == 0
    except hidden.CannotHide:
        return False


needs_tracing = pytest.mark.skipif(not tracing(), reason="this kernel or container lets no process be traced")


def program(tmp_path: Path, text: str) -> str:
    path = tmp_path / "program"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@needs_tracing
@pytest.mark.parametrize("secret", ["s", "a secret", "--password=" + "long" * 2000, "h\u00fctte"])
def test_the_program_reads_the_secret_and_the_list_of_processes_shows_stars(tmp_path: Path, secret: str) -> None:
    python = tmp_path / "python"  # the path of this one may hold a blank, which #! cannot
    python.symlink_to(sys.executable)
    command = [program(tmp_path, SHOW % python), "-d", "file"]
    ran = hidden.run(command, secret, dict(ENVIRONMENT, LC_ALL="C.UTF-8"), 30)
    lines = ran.stdout.splitlines()
    assert lines[:2] == [secret, "********"]
    assert secret == "s" or secret not in lines[2]
    assert hidden.FILLER not in lines[2]
    assert (ran.status, ran.stderr) == (3, "words on the other side\n")


@needs_tracing
def test_a_program_of_machine_code_reads_it_too() -> None:
    assert hidden.run(["/bin/echo", "-n"], "--password=winter", ENVIRONMENT, 10) == (0, "--password=winter", "")


@needs_tracing
def test_a_program_that_starts_another_in_its_place_is_stopped(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    text = '#!/bin/sh\nexec /usr/bin/touch "%s"\n' % mark
    with pytest.raises(hidden.CannotHide, match="in its place"):
        hidden.run([program(tmp_path, text)], "winter", ENVIRONMENT, 10)
    assert not mark.exists()


@needs_tracing
def test_much_output_and_many_signals_do_not_hold_it_up(tmp_path: Path) -> None:
    text = "#!/bin/sh\nkill -CONT $$\nhead -c 300000 /dev/zero\nkill -URG $$\nexit 0\n"
    ran = hidden.run([program(tmp_path, text)], "winter", ENVIRONMENT, 30)
    assert (ran.status, len(ran.stdout)) == (0, 300000)


@needs_tracing
def test_a_program_that_does_not_end_is_ended() -> None:
    with pytest.raises(TimeoutError, match="0.5 seconds"):
        hidden.run(["/bin/sleep"], "30", ENVIRONMENT, 0.5)


def test_a_program_that_is_not_there_gets_nothing() -> None:
    with pytest.raises(hidden.CannotHide):
        hidden.run(["/nowhere/credmgr"], "winter", ENVIRONMENT, 10)


MOUNT = "22 1 0:21 / %s rw,relatime shared:12 - proc proc rw%s\n"


@pytest.mark.parametrize(
    "mounts, hides",
    [
        ([("/proc", "")], False),
        ([("/proc", ",hidepid=0")], False),
        ([("/proc", ",hidepid=2")], True),
        ([("/proc", ",gid=4,hidepid=invisible")], True),
        ([("/proc", ",hidepid=2"), ("/srv/chroot/proc", "")], False),
        ([], False),
    ],
)
def test_proc_hides_arguments_if_every_mount_of_it_does(tmp_path: Path, mounts, hides: bool) -> None:
    path = tmp_path / "mountinfo"
    path.write_text("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n" + "".join(MOUNT % mount for mount in mounts))
    assert proc_hides_arguments(str(path)) is hides


def test_a_system_without_mountinfo_hides_nothing() -> None:
    assert proc_hides_arguments("/nowhere/mountinfo") is False
    assert proc_options(["a line without meaning"]) == []


def children() -> str:
    with open("/proc/thread-self/children") as stream:
        return stream.read()


def test_no_process_is_left_behind() -> None:
    before = children()
    with pytest.raises(hidden.CannotHide):
        hidden.run(["/nowhere/credmgr"], "winter", ENVIRONMENT, 10)
    assert children() == before


@needs_tracing
def test_several_secrets_are_hidden_wherever_they_stand(tmp_path: Path) -> None:
    text = "#!/bin/sh\ntr '\\0' ' ' < /proc/$$/cmdline; echo\necho \"$1 $2 $3 $4\"\n"
    command = [program(tmp_path, text), "--password", hidden.STARS, "--admin-password", hidden.STARS]
    shown, read = hidden.run_all(command, {-3: "winter", -1: "summer and sun"}, ENVIRONMENT, 30).stdout.splitlines()
    assert shown.endswith(" --password ******** --admin-password ******** ")
    assert read == "--password winter --admin-password summer and sun"
