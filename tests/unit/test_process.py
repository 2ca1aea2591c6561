# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The daemon is found by its program, never by its name, and every thread of it is read."""

import os
import signal
import subprocess
import sys

import pytest

from plugins.module_utils import process, service_manager

PREFIX = "/opt/msys/ecelerity"
PROGRAM = PREFIX + "/sbin/ecelerity"
STATUS = """Name:\t%(name)s
Umask:\t0027
NSpid:\t%(nspid)s
Uid:\t900\t900\t900\t900
Gid:\t901\t901\t901\t901
Groups:\t901 950
CapInh:\t0000000000000000
CapPrm:\t0000000000000400
CapEff:\t0000000000000400
CapBnd:\t000001ffffffffff
CapAmb:\t0000000000000000
"""
TICKS = os.sysconf("SC_CLK_TCK")


class Proc:
    """A folder that looks like /proc."""

    def __init__(self, root):
        self.root = root
        (root / "stat").write_text("cpu 1 2 3\nbtime 1000000\nprocesses 5\n")
        (root / "1").mkdir()
        (root / "1" / "status").write_text("Name:\tinit\nCapBnd:\t0000000000003400\n")

    def add(self, pid, exe=None, words=(), name="ecelerity", parent=1, seconds=50, nspid=None, threads=1):
        folder = self.root / str(pid)
        folder.mkdir()
        if exe:
            (folder / "exe").symlink_to(exe)
        (folder / "cmdline").write_text("".join(word + "\0" for word in words))
        fields = ["S", str(parent)] + ["0"] * 17 + [str(seconds * TICKS)] + ["0"] * 20
        (folder / "stat").write_text("%d (%s) %s\n" % (pid, name, " ".join(fields)))
        text = STATUS % {"name": name, "nspid": nspid or pid}
        (folder / "status").write_text(text)
        for number in range(threads):
            task = folder / "task" / str(pid + number)
            task.mkdir(parents=True)
            (task / "status").write_text(text)

    def find(self, pidfile="/nonexistent"):
        return process.find(PREFIX, str(self.root), str(pidfile))


@pytest.fixture
def proc(tmp_path):
    root = tmp_path / "proc"
    root.mkdir()
    return Proc(root)


def test_the_program_decides(proc):
    proc.add(10, exe=PROGRAM, words=["whatever"])
    (found,) = proc.find()
    assert (found.pid, found.program, found.certain, found.deleted) == (10, PROGRAM, True, False)
    assert (found.start_time, found.start_ticks, found.parent) == (1000050.0, 50 * TICKS, 1)


def test_a_name_alone_means_nothing(proc):
    proc.add(10, exe="/usr/bin/sleep", words=["ecelerity"])
    proc.add(11, exe="/home/x/ecelerity", words=[PROGRAM])
    proc.add(12, exe="/usr/bin/vim", words=["vim", PROGRAM])
    proc.add(13, exe="/usr/bin/python3.11", words=["python3", "-m", "x", PROGRAM])
    proc.add(14, exe="/opt/msys/gimli/bin/monitor", words=["monitor", PREFIX + "/sbin/run.ecelerity"])
    proc.add(15, words=["ecelerity"])
    assert proc.find() == []


@pytest.mark.parametrize("exe", ["/usr/bin/python3.11", "/usr/libexec/platform-python3.6", "/bin/bash"])
def test_the_script_of_an_interpreter_is_a_program(proc, exe):
    proc.add(10, exe=exe, words=[exe, "-u", PROGRAM, "-d"])
    (found,) = proc.find()
    assert (found.pid, found.certain) == (10, True)


def test_a_replaced_program_is_noticed_and_a_replaced_interpreter_is_not(proc):
    proc.add(10, exe=PROGRAM + " (deleted)")
    proc.add(11, exe="/usr/bin/python3.11 (deleted)", words=["python3", PROGRAM], seconds=60)
    assert [(found.pid, found.deleted) for found in proc.find()] == [(10, True), (11, False)]


def test_a_hidden_program_is_known_by_its_command_line_but_less_certainly(proc):
    proc.add(10, words=[PROGRAM])
    proc.add(11, words=["/usr/bin/python3", PROGRAM], seconds=60)
    assert [(found.pid, found.certain) for found in proc.find()] == [(10, False), (11, False)]


def test_the_pid_file_rules_out_pretenders_where_programs_are_hidden(proc, tmp_path):
    proc.add(10, words=[PROGRAM])
    proc.add(11, words=[PROGRAM], seconds=60)
    (tmp_path / "pid").write_text("11\n")
    assert [found.pid for found in proc.find(tmp_path / "pid")] == [11]


def test_a_stale_pid_file_does_not_mislead(proc, tmp_path):
    proc.add(10, exe="/usr/bin/sleep")
    proc.add(11, exe=PROGRAM)
    (tmp_path / "pid").write_text("10")
    assert [found.pid for found in proc.find(tmp_path / "pid")] == [11]
    for content in ("", "x", "-"):
        (tmp_path / "pid").write_text(content)
        assert [found.pid for found in proc.find(tmp_path / "pid")] == [11]


def test_the_daemon_of_a_container_on_this_node_is_not_this_nodes_daemon(proc):
    proc.add(10, exe=PROGRAM, nspid="10\t7")
    assert proc.find() == []


def test_a_name_with_brackets_and_blanks_is_read(proc):
    proc.add(10, exe=PROGRAM, name="a ) S 1 (b")
    assert proc.find()[0].start_time == 1000050.0


def test_the_daemon_is_the_oldest_process_that_is_no_child_of_another(proc, tmp_path):
    proc.add(10, exe=PROGRAM, parent=20, seconds=70)
    proc.add(20, exe=PROGRAM, parent=1, seconds=60)
    proc.add(30, exe=PROGRAM, parent=20, seconds=80)
    assert process.main_of(proc.find()).pid == 20
    (tmp_path / "pid").write_text("30")
    assert proc.find(tmp_path / "pid")[0].pid == 30
    assert process.main_of(proc.find(tmp_path / "pid"), 30).pid == 30
    assert process.main_of([]) is None


def test_every_thread_is_read(proc):
    proc.add(10, exe=PROGRAM, threads=3)
    found = process.threads(10, str(proc.root))
    assert [thread.tid for thread in found] == [10, 11, 12]
    for thread in found:
        assert thread.uids == (900,) * 4 and thread.gids == (901,) * 4
        assert thread.groups == {901, 950}
        assert thread.permitted == thread.effective == {10}
        assert thread.inheritable == thread.ambient == frozenset()
        assert thread.bounding == set(range(41))


def test_a_process_that_is_gone_has_no_threads(proc):
    assert process.threads(99, str(proc.root)) == []


def test_what_an_old_kernel_does_not_tell_is_unknown_not_empty():
    thread = process.parse_status(5, "Uid:\t1\t1\t1\t1\n")
    assert thread.uids == (1, 1, 1, 1)
    assert thread.groups is thread.ambient is thread.permitted is None


def test_sockets_are_known_by_inode(proc):
    proc.add(10, exe=PROGRAM)
    (proc.root / "10" / "fd").mkdir()
    for number, target in enumerate(["/dev/null", "socket:[123]", "socket:[45]", "anon_inode:[eventpoll]"]):
        (proc.root / "10" / "fd" / str(number)).symlink_to(target)
    assert process.sockets_of(10, str(proc.root)) == {"123", "45"}
    assert process.sockets_of(11, str(proc.root)) is None


def test_sockets_that_the_kernel_lists_but_hides_are_unknown_not_absent(proc):
    proc.add(10, exe=PROGRAM)
    (proc.root / "10" / "fd").mkdir()
    (proc.root / "10" / "fd" / "0").write_text("")
    assert process.sockets_of(10, str(proc.root)) is None


def test_a_prefix_that_is_a_symbolic_link_is_the_same_program(proc, tmp_path):
    (tmp_path / "data" / "sbin").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "data")
    proc.add(10, exe=str(tmp_path / "data" / "sbin" / "ecelerity"))
    proc.add(11, exe="/usr/bin/python3", words=["python3", str(tmp_path / "link" / "sbin" / "ecelerity")], seconds=60)
    found = process.find(str(tmp_path / "link"), str(proc.root), "/nonexistent")
    assert [one.pid for one in found] == [10, 11]


def test_the_kernel_itself_shows_a_real_process_and_its_threads(tmp_path):
    program = tmp_path / "sbin" / "ecelerity"
    program.parent.mkdir()
    program.write_text(
        "import sys, threading, time\n"
        "[threading.Thread(target=time.sleep, args=(60,), daemon=True).start() for _ in range(3)]\n"
        "print('ready', flush=True)\ntime.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE)
    try:
        assert child.stdout.readline() == b"ready\n"
        (found,) = process.find(str(tmp_path), pidfile=str(tmp_path / "none"))
        assert found.pid == child.pid
        assert abs(found.start_time - os.stat("/proc/%d" % child.pid).st_ctime) < 10
        threads = process.threads(child.pid)
        assert len(threads) == 4
        assert {thread.uids for thread in threads} == {(os.getuid(),) * 4}
        assert process.root_of(child.pid) == "/"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    assert process.find(str(tmp_path), pidfile=str(tmp_path / "none")) == []


def test_the_ceiling_is_what_process_1_and_the_unit_leave(proc, monkeypatch):
    monkeypatch.setattr(service_manager, "unit_bounding_set", lambda unit: frozenset([10, 12, 24]))
    assert process.bounding_ceiling("ecelerity.service", str(proc.root)) == {10, 12}
    assert process.bounding_ceiling("", str(proc.root)) == {10, 12, 13}
    monkeypatch.setattr(service_manager, "unit_bounding_set", lambda unit: None)
    assert process.bounding_ceiling("ecelerity.service", str(proc.root)) == {10, 12, 13}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("CapabilityBoundingSet=cap_net_bind_service cap_setuid", {10, 7}),
        ("CapabilityBoundingSet=", set()),
        ("CapabilityBoundingSet=1024", {10}),
        ("CapabilityBoundingSet=18446744073709551615", set(range(64))),
        ("CapabilityBoundingSet=cap_of_tomorrow cap_chown", {0}),
        ("", None),
    ],
)
def test_what_systemd_says_of_a_units_bounding_set(words, expected, tmp_path):
    commands = []

    def run(command, timeout):
        commands.append(list(command))
        return service_manager.Ran(0, words)

    assert service_manager.unit_bounding_set("ecelerity.service", run, str(tmp_path)) == expected
    assert commands == [["systemctl", "show", "--property=CapabilityBoundingSet", "ecelerity.service"]]
    assert service_manager.unit_bounding_set("ecelerity.service", run, str(tmp_path / "none")) is None


@pytest.mark.parametrize("end", ["\x0b", "\x1c", "\x85", "\u2028", "\r"])
def test_a_name_that_a_process_gives_itself_is_no_line_of_its_own(end, tmp_path):
    text = "Name:\tx%sCapEff:\tffff\nUid:\t7\t7\t7\t7\nGid:\t7\t7\t7\t7\n" % end
    path = tmp_path / "status"
    path.write_bytes(text.encode())
    seen = process.parse_status(1, process._read(str(path)) or "")
    assert seen == process.parse_status(1, text.replace("%sCapEff:\tffff" % end, ""))
    assert seen.uids == (7, 7, 7, 7)
