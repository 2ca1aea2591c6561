# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs that print without end, do not end, or leave something behind."""

import os
import pwd
import signal
import subprocess
import tempfile
import time

import pytest

from plugins.module_utils.credentials import hidden
from plugins.module_utils.daemon.console import Console
from plugins.module_utils.database.postgresql import Server
from plugins.module_utils.errors import CheckFailed, PlanError
from plugins.module_utils.host import program
from plugins.module_utils.host.program import ENVIRONMENT, TooMuchOutput
from plugins.module_utils.host.service_manager import Manager
from plugins.module_utils.tls.errors import TlsError
from plugins.module_utils.tls.values import openssl_library
from plugins.module_utils.validation import validators
from plugins.module_utils.validation.validators import Checker

ENDLESS = "#!/bin/sh\necho $$ > %s\nexec 3>&1\n(while :; do echo 0123456789abcdef; done) &\nwhile :; do echo fedcba9876543210 >&2; done\n"
PATIENCE = 60.0  # seconds, far more than anything here takes


@pytest.fixture
def made(tmp_path):
    """Make a program; the file pid holds its number once it runs."""

    def make(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    return make


@pytest.fixture
def endless(made, tmp_path):
    """A program that prints to both outputs without end, from two processes of its group."""
    return lambda name: made(name, ENDLESS % (tmp_path / "pid"))


def is_gone(tmp_path):
    """Whether the whole process group of the program ended; the kernel takes a moment."""
    group = int((tmp_path / "pid").read_text())
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        if _only_zombies(group):
            return True
        time.sleep(0.02)
    return False


def _only_zombies(group):
    """Orphans stay as zombies where nobody above reaps them."""
    states = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % entry) as stream:
                fields = stream.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            states.append(fields[0])
    return set(states) <= {"Z"}


def is_cut_off(ran, limit):
    return (
        ran.status is None
        and len(ran.output) < program.SHOWN + 300
        and "printed more than %d bytes" % limit in ran.output
    )


def test_endless_output_is_read_up_to_the_limit_and_the_whole_group_killed(endless, tmp_path):
    ran = program.run([endless("endless")], PATIENCE, limit=100000)
    assert is_cut_off(ran, 100000) and "its output is cut off" in ran.output
    assert is_gone(tmp_path)


def test_no_more_than_a_pipe_is_read_above_the_limit(endless, monkeypatch):
    taken = []
    real = program.Output.take
    monkeypatch.setattr(
        program.Output, "take", lambda self, at, chunk: taken.append(len(chunk)) or real(self, at, chunk)
    )
    with pytest.raises(TooMuchOutput):
        program.execute([endless("endless")], ENVIRONMENT, PATIENCE, limit=100000)
    assert 100000 < sum(taken) <= 100000 + 2 * program.CHUNK


def test_both_streams_share_the_limit_and_what_fits_is_kept():
    output = program.Output(2, 10)
    for stream, chunk in ((0, b"abcd"), (1, b"efgh"), (0, b"ijkl"), (1, b"mnop")):
        output.take(stream, chunk)
    assert (output.text(0), output.text(1), output.seen, output.excess) == ("abcdij", "efgh", 16, True)


def test_a_program_that_does_not_end_is_killed_with_its_group_and_its_words_are_kept(made, tmp_path):
    path = made("slow", "#!/bin/sh\necho $$ > %s\necho begins\nsleep 600 &\nsleep 600\n" % (tmp_path / "pid"))
    ran = program.run([path], 1.0)
    assert (ran.status, ran.output) == (None, "begins\n%s did not finish within 1 seconds" % path)
    assert is_gone(tmp_path)


def test_a_trickle_does_not_move_the_deadline(made, monkeypatch):
    """Every look at the program takes a second of a clock that only goes on then; the program prints all the time."""
    now = [0.0]

    class Clock:
        @staticmethod
        def monotonic():
            now[0] += 1.0
            return now[0]

    monkeypatch.setattr(program, "time", Clock)
    ran = program.run([made("trickle", "#!/bin/sh\nwhile :; do echo .; sleep 0.01; done\n")], 20.0)
    assert ran.status is None and "did not finish within 20 seconds" in ran.output
    assert now[0] <= 23.0


def test_standard_input_is_given_whole_and_a_program_that_does_not_read_it_is_no_error():
    data = b"0123456789" * 50000
    assert program.execute(["wc", "-c"], ENVIRONMENT, PATIENCE, stdin=data).stdout.strip() == "500000"
    assert program.execute(["true"], ENVIRONMENT, PATIENCE, stdin=data).status == 0
    with pytest.raises(TimeoutError, match="did not finish"):
        program.execute(["sleep", "600"], ENVIRONMENT, 0.3, stdin=data)


@pytest.mark.parametrize("run", [program.run, program.start])
def test_a_daemon_that_is_left_behind_holds_nothing_up(run, made, tmp_path):
    path = made("ec_ctl", "#!/bin/sh\nsleep 600 &\necho $! > %s\necho started\n" % (tmp_path / "daemon"))
    assert run([path], PATIENCE) == (0, "started")
    os.kill(int((tmp_path / "daemon").read_text()), signal.SIGKILL)


def test_a_daemon_that_is_left_behind_may_go_on_printing(made, tmp_path):
    """A pipe that nobody reads any more would kill it by SIGPIPE."""
    script = "#!/bin/sh\n(while [ ! -e %s ]; do sleep 0.05; done; echo late; echo well > %s) &\necho started\n"
    path = made("ec_ctl", script % (tmp_path / "go", tmp_path / "done"))
    assert program.start([path], PATIENCE) == (0, "started")
    (tmp_path / "go").write_text("")
    limit = time.monotonic() + PATIENCE
    while not (tmp_path / "done").exists():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_a_starter_is_limited_too(endless, tmp_path):
    ran = program.start([endless("ec_ctl")], PATIENCE, limit=100000)
    assert is_cut_off(ran, 100000)
    assert is_gone(tmp_path)


def test_no_file_is_used_for_what_programs_print(made, monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: pytest.fail("a file"))
    assert program.run([made("words", "#!/bin/sh\necho words\n")], PATIENCE) == (0, "words")


def test_the_daemon_is_started_by_what_may_leave_it_behind(made, monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(program, "start", lambda command, timeout: calls.append(command) or program.Ran(0, ""))
    assert Manager(str(tmp_path), "x.service", systemd="/nonexistent").act("start", False).status == 0
    assert calls == [[str(tmp_path) + "/bin/ec_ctl", "start"]]


def test_the_console_is_limited(endless, tmp_path, monkeypatch):
    monkeypatch.setattr(program, "LIMIT", 50000)
    endless("bin/ec_console")
    answer = Console(str(tmp_path), timeout=PATIENCE).reload()
    assert not answer.ok and "its output is cut off" in answer.text and len(answer.text) < program.SHOWN + 300
    assert is_gone(tmp_path)


@pytest.mark.parametrize("name", ["ec_dump_config", "validate_config"])
def test_the_checkers_are_limited(name, endless, tmp_path, monkeypatch):
    monkeypatch.setattr(validators, "LIMIT", 50000)
    endless("bin/" + name)
    with pytest.raises(CheckFailed, match="printed more than 50000 bytes and was killed"):
        judge = Checker(str(tmp_path), str(tmp_path / "main"), [], "n", timeout=PATIENCE)
        judge.staged({}) if name == "ec_dump_config" else judge.installed()
    assert is_gone(tmp_path)


def test_openssl_is_limited(endless, tmp_path, monkeypatch):
    monkeypatch.setattr(program, "LIMIT", 50000)
    endless("openssl")
    monkeypatch.setitem(program.ENVIRONMENT, "PATH", str(tmp_path) + ":/usr/bin:/bin")
    monkeypatch.setenv("PATH", str(tmp_path) + ":/usr/bin:/bin")
    with pytest.raises(TlsError, match="its output is cut off"):
        openssl_library.find()
    assert is_gone(tmp_path)


def test_psql_is_limited(endless, tmp_path, monkeypatch):
    monkeypatch.setattr(program, "LIMIT", 50000)
    server = Server(endless("psql"), superuser=pwd.getpwuid(os.geteuid()).pw_name)
    with pytest.raises(PlanError, match="printed more than 50000 bytes and was killed"):
        server.login("localhost", "d", "u", "planted-password")
    assert is_gone(tmp_path)


def can_trace():
    try:
        return hidden.run(["/bin/echo"], "x", ENVIRONMENT, 10).status == 0
    except hidden.CannotHide:
        return False


@pytest.mark.skipif(not can_trace(), reason="the kernel lets no process be traced here")
def test_a_program_with_a_hidden_argument_is_limited(made, tmp_path, monkeypatch):
    monkeypatch.setattr(program, "LIMIT", 50000)
    source = made("endless", ENDLESS % (tmp_path / "pid"))
    with pytest.raises(TooMuchOutput) as caught:
        hidden.run(["/bin/sh", source], "planted-password", ENVIRONMENT, PATIENCE)
    assert "printed more than 50000 bytes" in caught.value.strerror
    assert is_gone(tmp_path)


def test_nothing_else_starts_programs_or_opens_connections():
    """Programs, TCP and questions to the DNS have one place each; beside them the one that must trace its child, and the one whose child has a
    terminal. A fork that runs no other program is not meant."""
    starts = (
        r"\b(subprocess|os\.(system|popen|exec[lv]\w*|posix_spawn\w*)|create_connection|socket\.socket\(|run_command)\b"
    )
    command = [
        "grep",
        "-rlE",
        starts,
        "--include=*.py",
        os.path.join(os.path.dirname(__file__), "..", "..", "..", "plugins"),
    ]
    found = subprocess.run(command, stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout.splitlines()
    names = ["credentials/hidden.py", "host/dns.py", "host/program.py", "host/tcp.py", "host/terminal.py"]
    assert sorted(path.split("plugins/")[-1] for path in found) == ["module_utils/" + name for name in names]


def test_a_program_that_is_missing_is_named_once_under_every_python():
    assert program.run(["no-such-program"], 5).output == "no-such-program: No such file or directory"
