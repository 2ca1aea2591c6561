# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A password is typed where a program hides what is typed, once, and nowhere else."""

import os
import signal
import time

import pytest

from plugins.module_utils.host import program, terminal

SECRET = "planted-typed"


@pytest.fixture
def script(tmp_path):
    def make(text):
        path = tmp_path / "program"
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return [str(path)]

    return make


def test_what_is_asked_with_the_echo_off_is_answered(script):
    command = script(
        'printf "Kennwort: "; stty -echo; read a; stty echo; echo; [ "$a" = planted-typed ] && echo right; exit 3\n'
    )
    ended = terminal.run(command, SECRET, 10)
    assert (ended.status, ended.stdout) == (3, "Kennwort: \nright\n")


def test_a_terminal_is_there_for_whoever_opens_it_and_nobody_else_s(script):
    command = script(
        'stty -echo < /dev/tty; read a < /dev/tty; stty echo < /dev/tty; [ "$a" = planted-typed ] && tty < /dev/tty\n'
    )
    assert terminal.run(command, SECRET, 10).stdout.startswith("/dev/")


def test_a_question_that_anybody_may_see_the_answer_to_gets_none(script):
    begin = time.monotonic()
    with pytest.raises(TimeoutError):
        terminal.run(script('printf "Password: "; read a; echo "$a"\n'), SECRET, 0.5)
    assert time.monotonic() - begin < 5


def test_a_program_that_reads_key_by_key_gets_no_password(script):
    with pytest.raises(TimeoutError):
        terminal.run(script('stty -echo -icanon; read a; echo "got $a"\n'), SECRET, 0.5)


@pytest.mark.parametrize("password, words", [(SECRET, "asks for a password again"), ("", "asks for a password")])
def test_whoever_asks_in_vain_is_ended(password, words, script):
    twice = "stty -echo; read a; stty echo; sleep 0.2; stty -echo; read a\n"
    with pytest.raises(terminal.AsksAgain) as caught:
        terminal.run(script(twice), password, 10)
    assert str(caught.value) == words and SECRET not in repr(caught.value)


@pytest.mark.parametrize("attempt", range(4))
def test_whoever_asks_again_at_once_is_ended_as_well(attempt, script):
    """Between two looks the echo is on and off again; nothing shows that but the line, which is read, and the time."""
    begin = time.monotonic()
    with pytest.raises(terminal.AsksAgain) as caught:
        terminal.run(script("stty -echo; read a; stty echo; stty -echo; read a\n"), SECRET, 30)
    assert str(caught.value) == "asks for a password again" and time.monotonic() - begin < 20


def test_whoever_reads_late_is_not_taken_for_asking_again(script):
    command = script('stty -echo; sleep 2; read a; stty echo; [ "$a" = planted-typed ] && echo right\n')
    assert terminal.run(command, SECRET, 20).stdout.endswith("right\n")


def test_of_a_program_that_does_not_end_the_output_is_kept(script):
    with pytest.raises(terminal.Unfinished) as caught:
        terminal.run(script("echo Committed revision 7.; sleep 60\n"), SECRET, 1)
    assert caught.value.output == "Committed revision 7.\n"


def test_at_a_limit_the_program_ends_with_all_that_it_started(script, tmp_path):
    with pytest.raises(program.TooMuchOutput):
        terminal.run(script("sleep 60 & echo $! > %s; yes\n" % (tmp_path / "child")), SECRET, 10)
    child = int((tmp_path / "child").read_text())
    for _wait in range(100):
        try:
            state = open("/proc/%d/stat" % child).read().rpartition(")")[2].split()[0]
        except OSError:
            break
        if state == "Z":
            break
        time.sleep(0.02)
    else:
        os.kill(child, signal.SIGKILL)
        raise AssertionError("it still runs")


def test_whoever_is_left_behind_is_not_waited_for(script):
    begin = time.monotonic()
    assert terminal.run(script("echo done; sleep 30 &\n"), SECRET, 10).stdout == "done\n"
    assert time.monotonic() - begin < 5


def test_the_program_gets_a_clean_environment_and_usual_signals(script, monkeypatch):
    monkeypatch.setenv("SECRET_THING", "planted-environment")
    shown = terminal.run(script("env; pwd; grep SigIgn /proc/self/status\n"), SECRET, 10).stdout
    assert "planted" not in shown and "LC_ALL=C" in shown and "\n/\n" in shown
    assert int(shown.rpartition("SigIgn:")[2], 16) & 1 << (signal.SIGPIPE - 1) == 0


def test_what_is_no_program_is_said(tmp_path):
    with pytest.raises(OSError) as caught:
        terminal.run([str(tmp_path / "none")], SECRET, 10)
    assert caught.value.strerror == "is no program"


def test_no_descriptor_and_no_child_is_left(script, monkeypatch):
    before, made, fork = len(os.listdir("/proc/self/fd")), [], os.forkpty
    monkeypatch.setattr(terminal.os, "forkpty", lambda: made.append(fork()) or made[-1])
    terminal.run(script("true\n"), SECRET, 10)
    assert len(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ProcessLookupError):
        os.kill(made[0][0], 0)
