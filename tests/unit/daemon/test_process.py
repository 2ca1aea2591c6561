# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The daemon is found by what root alone can arrange, never by its name, and every thread of it is read."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import pytest

from plugins.module_utils.daemon import process
from plugins.module_utils.host import service_manager

GROUP = "/system.slice/ecelerity.service"
STATUS = """Name:\t%(name)s
Umask:\t0027
NSpid:\t%(nspid)s
Uid:\t%(uid)d\t%(uid)d\t%(uid)d\t%(uid)d
Gid:\t901\t901\t901\t901
Groups:\t901 950
CapInh:\t0000000000000000
CapPrm:\t0000000000000400
CapEff:\t0000000000000400
CapBnd:\t000001ffffffffff
CapAmb:\t0000000000000000
"""
TICKS = os.sysconf("SC_CLK_TCK")
ECUSER, STRANGER = 900, 65534


class Proc:
    """A directory that looks like /proc, and an installation."""

    def __init__(self, root):
        self.root = root / "proc"
        self.root.mkdir()
        (self.root / "stat").write_text("cpu 1 2 3\nbtime 1000000\nprocesses 5\n")
        (self.root / "1").mkdir()
        (self.root / "1" / "status").write_text("Name:\tinit\nCapBnd:\t0000000000003400\n")
        self._namespace(self.root / "self", "1")
        self.prefix = root / "opt" / "ecelerity"
        self.program, self.monitor = self.prefix / "sbin" / "ecelerity", root / "opt" / "gimli" / "bin" / "monitor"
        for path in (self.program, self.monitor):
            path.parent.mkdir(parents=True)
            path.write_text("")
        self.pidfile = root / "run" / "pid"
        self.pidfile.parent.mkdir()

    @staticmethod
    def _namespace(directory, number):
        (directory / "ns").mkdir(parents=True)
        (directory / "ns" / "mnt").symlink_to("mnt:[%s]" % number)

    def add(self, pid, exe="", argument="", uid=ECUSER, parent=1, seconds=50, nspid=None, threads=1, **more):
        """exe: what the link shows; None where it is hidden. more: name, group, namespace."""
        directory = self.root / str(pid)
        directory.mkdir()
        if exe is not None:
            (directory / "exe").symlink_to(exe or str(self.program))
        (directory / "cmdline").write_text((argument or str(self.program)) + "\0-d\0")
        fields = ["S", str(parent)] + ["0"] * 17 + [str(seconds * TICKS)] + ["0"] * 20
        name = more.get("name", "ecelerity")
        (directory / "stat").write_text("%d (%s) %s\n" % (pid, name, " ".join(fields)))
        text = STATUS % {"name": name, "nspid": nspid or pid, "uid": uid}
        (directory / "status").write_text(text)
        (directory / "cgroup").write_text("0::%s\n" % more.get("group", "/user.slice"))
        self._namespace(directory, more.get("namespace", "1"))
        for number in range(threads):
            task = directory / "task" / str(pid + number)
            task.mkdir(parents=True)
            (task / "status").write_text(text)

    def name(self, pid):
        self.pidfile.write_text("%s\n" % pid)

    def search(self, **more):
        return process.Search(str(self.prefix), "ecelerity", str(self.pidfile), proc=str(self.root))._replace(**more)

    def find(self, **more):
        return process.survey(self.search(**more))[0]

    def pids(self, **more):
        return [found.pid for found in self.find(**more)]


@pytest.fixture
def proc(tmp_path):
    return Proc(tmp_path)


def test_what_root_runs_from_the_installed_file_is_the_daemon(proc):
    proc.add(10, uid=0)
    (found,) = proc.find()
    assert (found.pid, found.program, found.certain, found.deleted) == (10, str(proc.program), True, False)
    assert (found.start_time, found.start_ticks, found.parent, found.uid) == (1000050.0, 50 * TICKS, 1, 0)


def test_names_command_lines_and_copies_mean_nothing_whatever_the_unit_and_the_pid_file_say(proc, tmp_path):
    copy = tmp_path / "ecelerity"
    shutil.copy(str(proc.program), str(copy))
    for number, exe in enumerate(["/usr/bin/sleep", str(copy), "/usr/bin/python3.11", "/bin/bash"], 10):
        proc.add(number, exe=exe, uid=0, group=GROUP)
    proc.name(12)
    assert process.survey(proc.search(group=GROUP)) == ([], [])


@pytest.mark.parametrize("uid", [STRANGER, ECUSER])
def test_the_installed_program_run_by_an_account_on_its_own_is_not_the_daemon(proc, uid):
    proc.add(10, uid=uid)
    proc.add(11, uid=uid, group="/user.slice/user-900.slice/user@900.service/ecelerity.service")
    proc.add(12, uid=uid, exe=str(proc.program) + " (deleted)")
    proc.add(13, uid=uid, exe=None)
    own, strangers = process.survey(proc.search(group=GROUP))
    assert own == [] and [one.pid for one in strangers] == [10, 11, 12, 13]
    assert {one.uid for one in strangers} == {uid}
    assert process.running(proc.search(group=GROUP)) is None


@pytest.mark.parametrize(
    "lines",
    [
        "0::%s\n",
        "0::%s/worker\n",
        "4:memory:/other\n1:name=systemd:%s\n0::/elsewhere\n",
    ],
)
@pytest.mark.parametrize("mark", ["", " (deleted)"])
def test_the_units_control_group_proves_the_daemon_before_and_after_an_upgrade(proc, lines, mark):
    proc.add(10, exe=str(proc.program) + mark)
    (proc.root / "10" / "cgroup").write_text(lines % GROUP)
    assert proc.pids(group=GROUP) == [10]
    assert proc.pids() == [] and proc.pids(group=GROUP + "x") == []
    assert proc.find(group=GROUP)[0].deleted is bool(mark)


def test_a_control_group_of_another_controller_proves_nothing(proc):
    proc.add(10)
    (proc.root / "10" / "cgroup").write_text("4:memory:%s\n0::/user.slice\n" % GROUP)
    assert proc.pids(group=GROUP) == []


@pytest.mark.parametrize("exe", ["", "deleted", None])
def test_a_pid_file_of_root_proves_the_daemon(proc, exe):
    proc.add(10, exe=str(proc.program) + " (deleted)" if exe == "deleted" else exe, namespace="2")
    proc.name(10)
    assert proc.pids() == [10]


def test_a_stale_pid_file_does_not_mislead(proc):
    proc.add(10, exe="/usr/bin/sleep")
    proc.add(11, uid=0)
    for content in ("10", "", "x", "-", "9" * 4000):
        proc.name(content)
        assert proc.pids() == [11] and process.running(proc.search()).pid == 11


def test_the_number_of_a_daemon_that_is_gone_is_no_proof_for_who_got_it_next(proc):
    proc.name(10)
    now = int(proc.pidfile.stat().st_ctime) - 1000000
    proc.add(10, uid=STRANGER, seconds=now + 60)
    assert proc.pids() == []
    proc.name(10)
    proc.add(11, uid=STRANGER, seconds=now - 60)
    proc.name(11)
    assert proc.pids() == [11]


@pytest.mark.skipif(os.getuid() != 0, reason="another owner can be given by root alone")
def test_a_pid_file_that_others_can_write_proves_nothing(proc, tmp_path):
    proc.add(10)
    directory = proc.pidfile.parent

    def believed():
        proc.name(10)
        before = proc.pids()
        return before == [10]

    assert believed()
    for spoil, fix in (
        (lambda: os.chown(str(proc.pidfile), ECUSER, 0), lambda: os.chown(str(proc.pidfile), 0, 0)),
        (lambda: proc.pidfile.chmod(0o664), lambda: proc.pidfile.chmod(0o644)),
        (lambda: os.chown(str(directory), ECUSER, 0), lambda: os.chown(str(directory), 0, 0)),
        (lambda: directory.chmod(0o777), lambda: directory.chmod(0o755)),
        (lambda: tmp_path.chmod(0o777), lambda: tmp_path.chmod(0o700)),
    ):
        spoil()
        assert not believed()
        fix()
        assert believed()
    tmp_path.chmod(0o1777)  # as /tmp
    assert believed()
    other = tmp_path / "other"
    other.write_text("10")
    proc.pidfile.unlink()
    proc.pidfile.symlink_to(other)
    assert proc.pids() == []
    proc.pidfile.unlink()
    os.mkfifo(str(proc.pidfile))
    assert proc.pids() == []


def test_the_monitor_that_root_runs_proves_its_child(proc):
    proc.add(20, exe=str(proc.monitor), uid=0, name="monitor")
    proc.add(21, parent=20)
    proc.add(22, exe=None, parent=20)
    proc.add(23, exe=str(proc.program) + " (deleted)", parent=20)
    proc.add(24, exe=str(proc.program) + " (deleted)", parent=20, namespace="2")
    assert proc.pids() == [21, 22, 23]
    assert [one.certain for one in proc.find()] == [True, False, True]


def test_between_the_monitor_and_the_daemon_may_be_shells_of_root_and_nobody_elses(proc):
    proc.add(20, exe=str(proc.monitor), uid=0, name="monitor")
    proc.add(21, exe="/bin/sh", uid=0, parent=20)
    proc.add(22, parent=21)
    proc.add(23, exe="/bin/sh", uid=ECUSER, parent=20)
    proc.add(24, parent=23)
    assert proc.pids() == [22]
    proc.add(30, exe="/bin/sh", uid=0, parent=31)  # a loop cannot be, and would end
    proc.add(31, exe="/bin/sh", uid=0, parent=30)
    proc.add(32, parent=31)
    assert proc.pids() == [22]


@pytest.mark.parametrize(
    "monitor",
    [
        {"uid": ECUSER},
        {"exe": "/usr/bin/python3"},
        {"exe": None},
        {"deleted": True, "namespace": "2"},
        {"nspid": "20\t4"},
    ],
)
def test_a_monitor_that_root_does_not_run_proves_nothing(proc, monitor):
    path = str(proc.monitor) + (" (deleted)" if monitor.pop("deleted", False) else "")
    proc.add(20, argument=path, **dict({"exe": path, "uid": 0, "name": "monitor"}, **monitor))
    proc.add(21, parent=20)
    proc.add(22, exe=None, parent=20)
    assert proc.pids() == []


def test_a_child_of_the_daemon_is_one_of_its_processes(proc):
    proc.add(10, uid=0)
    proc.add(11, parent=10)
    proc.add(12, exe=None, parent=10)
    assert proc.pids() == [10, 11, 12]


def test_another_file_at_the_same_path_is_another_program(proc, tmp_path):
    """As in a mount namespace of its own, where the kernel shows the path that the process sees."""
    proc.add(10, uid=0)
    moved = tmp_path / "moved"
    proc.program.rename(moved)
    proc.program.write_text("")
    (proc.root / "10" / "exe").unlink()
    (proc.root / "10" / "exe").symlink_to(proc.program)
    assert proc.pids() == [10]
    real, process._file_of = process._file_of, lambda path: (1, 2) if path.endswith("/exe") else real(path)
    try:
        assert proc.pids() == []
    finally:
        process._file_of = real


def test_after_an_upgrade_root_s_process_counts_in_this_mount_namespace_alone(proc):
    proc.add(10, exe=str(proc.program) + " (deleted)", uid=0)
    proc.add(11, exe=str(proc.program) + " (deleted)", uid=0, namespace="2")
    assert [(one.pid, one.deleted) for one in proc.find()] == [(10, True)]


def test_files_that_are_not_at_the_path_are_not_even_looked_at(proc, monkeypatch):
    looked = []
    real = process._file_of
    monkeypatch.setattr(process, "_file_of", lambda path: looked.append(path) or real(path))
    for number in range(10, 60):
        proc.add(number, exe="/home/fuse/ecelerity", uid=STRANGER)
    proc.add(60, uid=0)
    assert proc.pids() == [60]
    assert {path for path in looked if "/proc/" in path} == {str(proc.root / "60" / "exe")}


def test_the_daemon_of_a_container_on_this_node_is_not_this_nodes_daemon(proc):
    proc.add(10, uid=0, nspid="10\t7", group=GROUP)
    assert process.survey(proc.search(group=GROUP)) == ([], [])


def test_an_old_kernel_shows_other_pid_namespaces_as_links(proc):
    (proc.root / "self" / "ns" / "pid").symlink_to("pid:[1]")
    for number, namespace in ((10, "1"), (11, "2")):
        proc.add(number, uid=0)
        (proc.root / str(number) / "ns" / "pid").symlink_to("pid:[%s]" % namespace)
        status = proc.root / str(number) / "status"
        status.write_text(status.read_text().replace("NSpid", "Other"))
    assert proc.pids() == [10]


def test_a_name_with_brackets_and_blanks_is_read(proc):
    proc.add(10, uid=0, name="a ) S 1 (b")
    assert proc.find()[0].start_time == 1000050.0


def test_the_daemon_is_the_oldest_process_that_is_no_child_of_another(proc):
    proc.add(10, uid=0, parent=20, seconds=70)
    proc.add(20, uid=0, parent=1, seconds=60)
    proc.add(30, uid=0, parent=20, seconds=80)
    assert process.running(proc.search()).pid == 20
    proc.name(30)
    assert process.running(proc.search()).pid == 30


def test_without_an_installed_file_only_the_unit_and_a_deleted_program_tell(proc):
    proc.add(10, uid=0)
    proc.program.unlink()
    assert proc.pids() == []
    assert process.running(proc.search()) is None


def test_every_thread_is_read(proc):
    proc.add(10, threads=3)
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
    proc.add(10)
    (proc.root / "10" / "fd").mkdir()
    for number, target in enumerate(["/dev/null", "socket:[123]", "socket:[45]", "anon_inode:[eventpoll]"]):
        (proc.root / "10" / "fd" / str(number)).symlink_to(target)
    assert process.sockets_of(10, str(proc.root)) == {"123", "45"}
    assert process.sockets_of(11, str(proc.root)) is None


def test_sockets_that_the_kernel_lists_but_hides_are_unknown_not_absent(proc):
    proc.add(10)
    (proc.root / "10" / "fd").mkdir()
    (proc.root / "10" / "fd" / "0").write_text("")
    assert process.sockets_of(10, str(proc.root)) is None


def test_a_prefix_that_is_a_symbolic_link_is_the_same_program(proc, tmp_path):
    (tmp_path / "link").symlink_to(proc.prefix)
    proc.add(10, uid=0)
    assert proc.pids(prefix=str(tmp_path / "link")) == [10]


class Installation:
    """A prefix that every account can enter, with an interpreter as the daemon's program."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="momentum-process-")
        os.chmod(self.root, 0o755)
        self.prefix = os.path.join(self.root, "ecelerity")
        self.program = os.path.join(self.prefix, "sbin", "ecelerity")
        self.pidfile = os.path.join(self.root, "pid")
        os.makedirs(os.path.dirname(self.program))
        self.install()
        self.children = []

    def install(self):
        shutil.copy("/bin/sleep", self.program + ".new")
        os.rename(self.program + ".new", self.program)

    def run(self, *command, uid=None, **more):
        child = subprocess.Popen(
            list(command), preexec_fn=None if uid is None else lambda: (os.setgid(uid), os.setuid(uid)), **more
        )
        self.children.append(child)
        return child.pid

    def daemon(self, uid=None):
        pid = self.run("sleep", "60", uid=uid, executable=self.program)
        with open(self.pidfile, "w") as file:
            file.write("%d\n" % pid)
        return pid

    def found(self):
        survey = process.survey(process.Search(self.prefix, pidfile=self.pidfile))
        return [[one.pid for one in part] for part in survey]

    def remove(self):
        for child in self.children:
            child.send_signal(signal.SIGKILL)
            child.wait()
        shutil.rmtree(self.root)


@pytest.fixture
def installation():
    made = Installation()
    yield made
    made.remove()


root_only = pytest.mark.skipif(os.getuid() != 0, reason="only root can run programs as others")


@root_only
@pytest.mark.parametrize("first", [True, False])
def test_real_lookalikes_of_other_accounts_are_ignored_before_and_after_the_start(installation, first):
    copy = os.path.join(installation.root, "ecelerity-copy")
    shutil.copy("/bin/sleep", copy)
    pids = [] if first else [installation.daemon(uid=ECUSER)]
    python = os.path.realpath("/usr/bin/python3")
    for uid in (STRANGER, ECUSER):
        installation.run(installation.program, "60", uid=uid, executable=copy)
        if os.path.exists(python):
            code = "import time; time.sleep(60)"
            installation.run("python3", "-c", code, installation.program, uid=uid, executable=python)
    strangers = [installation.run(installation.program, "60", uid=uid) for uid in (STRANGER, ECUSER)]
    assert installation.found() == [pids, strangers]
    if first:
        pids.append(installation.daemon(uid=ECUSER))
        assert installation.found() == [pids, strangers]


@root_only
def test_the_real_daemon_is_known_after_its_program_was_replaced_and_lookalikes_are_not(installation):
    pid = installation.daemon(uid=ECUSER)
    stranger = installation.run(installation.program, "60", uid=ECUSER)
    installation.install()
    assert installation.found() == [[pid], [stranger]]
    search = process.Search(installation.prefix, pidfile=installation.pidfile)
    assert process.running(search).deleted is True
    os.unlink(installation.pidfile)
    assert installation.found() == [[], [pid, stranger]]


@root_only
def test_a_real_mount_namespace_of_another_account_cannot_forge_the_program(installation):
    forge = "mount --bind /bin/sleep %s && exec %s 60" % (installation.program, installation.program)
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", forge]
    pid = installation.run(*command, uid=STRANGER, stderr=subprocess.DEVNULL)
    limit = time.monotonic() + 20
    while "sleep" not in _argument(pid, "exe") and "/ecelerity" not in _argument(pid, "exe"):
        if installation.children[-1].poll() is not None or time.monotonic() > limit:
            pytest.skip("accounts cannot make mount namespaces here")
        time.sleep(0.02)
    assert installation.found()[0] == []


def _argument(pid, name):
    try:
        return os.readlink("/proc/%d/%s" % (pid, name))
    except OSError:
        return ""


def test_the_kernel_itself_shows_a_real_process_and_its_threads(tmp_path):
    started = threading.Event()
    workers = [threading.Thread(target=started.wait, args=(60,), daemon=True) for _number in range(3)]
    for worker in workers:
        worker.start()
    try:
        seen = process.threads(os.getpid())
        assert len(seen) >= 4
        assert {thread.uids for thread in seen} == {(os.getuid(),) * 4}
    finally:
        started.set()
    program = tmp_path / "sbin" / "ecelerity"
    program.parent.mkdir()
    shutil.copy("/bin/sleep", str(program))
    child = subprocess.Popen([str(program), "60"])
    (tmp_path / "pid").write_text("%d\n" % child.pid)
    search = process.Search(str(tmp_path), pidfile=str(tmp_path / "pid"))
    try:
        found = process.running(search)
        assert found.pid == child.pid and found.uid == os.getuid()
        assert abs(found.start_time - os.stat("/proc/%d" % child.pid).st_ctime) < 10
        assert process.root_of(child.pid) == "/"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert process.running(search) is None


def test_the_ceiling_is_what_process_1_and_the_unit_leave(proc, monkeypatch):
    monkeypatch.setattr(process, "unit_bounding_set", lambda unit: frozenset([10, 12, 24]))
    assert process.bounding_ceiling("ecelerity.service", str(proc.root)) == {10, 12}
    assert process.bounding_ceiling("", str(proc.root)) == {10, 12, 13}
    monkeypatch.setattr(process, "unit_bounding_set", lambda unit: None)
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

    assert process.unit_bounding_set("ecelerity.service", run, str(tmp_path)) == expected
    assert commands == [["systemctl", "show", "--property=CapabilityBoundingSet", "ecelerity.service"]]
    assert process.unit_bounding_set("ecelerity.service", run, str(tmp_path / "none")) is None


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\r"])
def test_a_control_group_that_an_account_named_is_no_line_of_its_own(end, proc):
    proc.add(10)
    (proc.root / "10" / "cgroup").write_bytes(("0::/user.slice/mine%s0::%s\n" % (end, GROUP)).encode())
    assert proc.pids(group=GROUP) == []


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\r"])
def test_a_process_does_not_hide_by_a_name_that_looks_like_a_pid_namespace(end, proc):
    proc.add(10, group=GROUP)
    status = proc.root / "10" / "status"
    status.write_bytes(("Name:\tx%sNSpid: 1 2\n" % end).encode() + status.read_bytes())
    assert proc.pids(group=GROUP) == [10]


@pytest.mark.parametrize("end", ["\x0b", "\x1c", "\x85", "\u2028", "\r"])
def test_a_name_that_a_process_gives_itself_is_no_line_of_its_own(end, tmp_path):
    text = "Name:\tx%sCapEff:\tffff\nUid:\t7\t7\t7\t7\nGid:\t7\t7\t7\t7\n" % end
    path = tmp_path / "status"
    path.write_bytes(text.encode())
    seen = process.parse_status(1, process._read(str(path)) or "")
    assert seen == process.parse_status(1, text.replace("%sCapEff:\tffff" % end, ""))
    assert seen.uids == (7, 7, 7, 7)
