# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console is judged by its words; programs are run without a shell and in a clean environment."""

import os

import pytest

from plugins.module_utils.daemon.console import Console, version_in
from plugins.module_utils.errors import PlanError
from plugins.module_utils.host import program
from plugins.module_utils.host.program import Ran
from plugins.module_utils.host.service_manager import Manager

PREFIX = "/opt/msys/ecelerity"


def console(output, status=0):
    commands = []

    def run(command, timeout):
        commands.append(list(command))
        return Ran(status, output)

    made = Console(PREFIX, "/tmp/2025", run)
    return made, commands


@pytest.mark.parametrize("word", ["", " ", "a b", "a\nb", "-s", "a;b", "$(id)", "'", "\u2028", "a\x00"])
def test_what_could_become_another_command_is_not_given(word):
    made, commands = console("OK")
    with pytest.raises(PlanError, match="a word of the command"):
        made.ask("broadcast", word)
    assert commands == []


@pytest.mark.parametrize(
    "endpoint", ["ssh://evil@192.0.2.9/x:2025", "-v", "", "a b:2025", "/run/x\ny", "2025 shutdown"]
)
def test_an_endpoint_that_is_none_is_one_where_nobody_answers(endpoint):
    made, commands = console("OK")
    answer = made.at(endpoint).ask("version")
    assert answer.is_nobodys and commands == []


@pytest.mark.parametrize(
    "endpoint", ["/tmp/2025", "/run/a b/c", "127.0.0.1:2025", "[::1]:2025", "localhost", "anna@mta-1.example.com:2025"]
)
def test_the_documented_endpoints_are_asked(endpoint):
    made, commands = console("5.3.0")
    assert made.at(endpoint).ask("version").ok and commands[0][1] == endpoint


@pytest.mark.parametrize(
    ("output", "ok"),
    [
        ("OK", True),
        ("OK\n", True),
        ("[Sat Nov 21] loading\nOK", True),
        ("", False),
        ("done", False),
        ("NOT OK", False),
        ("Reconfigure failed.", False),
        ("OK\nReconfigure failed.", False),
        ("Not Authorized for this command", False),
        ("Authorization required for console session", False),
        ("Syntax error in /a at line 3 near '}'\nReconfigure failed.", False),
    ],
)
def test_a_reload_succeeds_only_with_the_documented_word(output, ok):
    made, commands = console(output)
    answer = made.reload()
    assert (answer.ok, answer.text) == (ok, output)
    assert commands == [[PREFIX + "/bin/ec_console", "/tmp/2025", "config", "reload"]]


def test_the_exit_status_is_not_believed():
    assert console("OK", status=1)[0].reload().ok
    assert not console("Reconfigure failed.", status=0)[0].reload().ok
    assert not console("OK", status=None)[0].reload().ok


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ("Ecelerity Version: 5.0.0.74264 r(abc) (64-bit)\nbuild date: 2026", "5.0.0.74264"),
        ("Momentum Version: 3.6.24", "3.6.24"),
        ("2026-11-21 10.0.0\nEcelerity Version: 4.2.38", "4.2.38"),
        ("ecelerity 5.3.0", "5.3.0"),
        ("hello", None),
        ("", None),
    ],
)
def test_the_version_is_read_from_what_the_console_says(output, version):
    assert version_in(output) == version
    assert console(output)[0].version()[1] == version


def test_a_refused_console_has_no_version():
    answer, version = console("Connection refused by 10.0.0.1")[0].version()
    assert (answer.ok, version) == (False, None)


@pytest.mark.parametrize(
    ("output", "ok"),
    [
        ("Cache flush request submitted.", True),
        ("cache flush request submitted\n", True),
        ("tls command not understood", False),
        ("Unknown command", False),
        ("Not Authorized for this command", False),
        ("", False),
    ],
)
def test_what_is_kept_of_tls_is_dropped_only_with_the_documented_words(output, ok):
    made, commands = console(output)
    assert made.flush_tls().ok is ok
    assert commands == [[PREFIX + "/bin/ec_console", "/tmp/2025", "tls", "flush", "cache"]]


def test_programs_are_run_with_a_clean_environment_from_the_root_directory(monkeypatch):
    monkeypatch.setenv("LD_PRELOAD_OF_MINE", "x")
    ran = program.run(["env"], 10)
    assert ran.status == 0
    assert set(ran.output.splitlines()) - {"PWD=/", "SHLVL=0", "_=/usr/bin/env"} == {
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL=C",
    }
    assert program.run(["pwd"], 10).output == "/"


def test_no_shell_sees_an_argument():
    assert program.run(["echo", "$(id)", "; true", "*"], 10).output == "$(id) ; true *"


def test_both_streams_and_the_status_are_kept_and_input_is_empty():
    script = "import sys; print(len(sys.stdin.read())); sys.stderr.write('words\\n'); sys.exit(3)"
    ran = program.run(["python3", "-c", script], 30)
    assert ran.status == 3
    assert sorted(ran.output.split()) == ["0", "words"]


def test_a_program_that_is_missing_or_too_slow_has_no_status():
    missing = program.run(["/nonexistent/program"], 10)
    assert missing.status is None and "No such file" in missing.output
    slow = program.run(["sleep", "30"], 0.2)
    assert slow.status is None and "did not finish" in slow.output


def test_a_daemon_that_is_left_behind_does_not_hold_the_run_up():
    script = "import os, time\nif os.fork() == 0:\n    time.sleep(3)\n    os._exit(0)\nprint('started')"
    ran = program.run(["python3", "-c", script], 30)
    assert (ran.status, ran.output) == (0, "started")


def manager(tmp_path, shown, systemd=True):
    commands = []

    def run(command, timeout):
        commands.append(list(command))
        return Ran(0, shown)

    directory = tmp_path / "system"
    if systemd:
        directory.mkdir()
    return Manager(PREFIX, "ecelerity.service", run, str(directory)), commands


def test_a_loaded_unit_is_what_starts_the_daemon(tmp_path):
    made, commands = manager(tmp_path, "LoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\n")
    assert made.unit() == ("failed", "failed", "exit-code")
    made.act("restart", True)
    assert commands[-2:] == [
        ["systemctl", "reset-failed", "ecelerity.service"],
        ["systemctl", "restart", "ecelerity.service"],
    ]
    assert ["systemctl", "daemon-reload"] not in commands


@pytest.mark.parametrize("verb", ["start", "restart"])
def test_systemd_reads_a_unit_that_changed_since_before_the_daemon_is_started(tmp_path, verb):
    made, commands = manager(tmp_path, "NeedDaemonReload=yes\n")
    made.act(verb, True)
    assert commands.index(["systemctl", "daemon-reload"]) < commands.index(["systemctl", verb, "ecelerity.service"])


def test_systemd_is_not_asked_where_ec_ctl_starts_the_daemon(tmp_path):
    made, commands = manager(tmp_path, "NeedDaemonReload=yes\n")
    made.act("restart", False)
    assert len(commands) == 1


@pytest.mark.parametrize(("shown", "systemd"), [("LoadState=not-found\nActiveState=inactive\n", True), ("", False)])
def test_without_a_unit_ec_ctl_starts_the_daemon(tmp_path, shown, systemd):
    made, commands = manager(tmp_path, shown, systemd)
    assert made.unit() is None
    made.act("start", False)
    assert commands[-1] == [os.path.join(PREFIX, "bin", "ec_ctl"), "start"]
    assert bool(commands[:-1]) is systemd
