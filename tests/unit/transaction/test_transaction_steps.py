# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Transactions that are killed, interrupted, starved or attacked at every single system call that changes something."""

import errno
import os
import shutil
import signal
import stat
import tempfile
from contextlib import contextmanager

import pytest

from plugins.module_utils.files import safe_files, safe_paths
from plugins.module_utils.host import watchdog
from plugins.module_utils.state import lock
from plugins.module_utils.state import pending as activation
from plugins.module_utils.transaction import backups, journal, recovery, transaction
from plugins.module_utils.transaction.transaction import Due, FileChange, Transaction, TransactionError, recover

MODULES = (backups, safe_files, watchdog, journal, lock, safe_paths, recovery, transaction)
CHANGING = (
    "fchmod",
    "fchown",
    "fork",
    "fsync",
    "mkdir",
    "open",
    "pwrite",
    "removexattr",
    "rename",
    "rmdir",
    "setxattr",
    "unlink",
    "utime",
    "write",
)
SPACE = ("mkdir", "open", "pwrite", "setxattr", "write")
OLD = {"a.conf": (b"old a\n", 0o640), "c.conf": (b"old c\n" * 900, 0o600)}
NEW = {"a.conf": (b"new a, longer\n" * 700, 0o640), "b.conf": (b"new b\n", 0o644)}


class Calls:
    """Stands for the module `os` and calls `hook(number, name, arguments)` before each call that changes something, in
    the process that made it only."""

    def __init__(self, hook, names):
        self.hook = hook
        self.names = names
        self.number = 0
        self.process = os.getpid()
        self.children = []

    def __getattr__(self, name):
        real = getattr(os, name)
        if name not in self.names:
            return real

        def call(*arguments, **named):
            creates = name != "open" or arguments[1] & os.O_CREAT
            if creates and os.getpid() == self.process:
                self.number += 1
                self.hook(self.number, name, arguments)
            result = real(*arguments, **named)
            if name == "fork":
                self.children.append(result)
            return result

        return call


@contextmanager
def calls(hook, names=CHANGING):
    substitute = Calls(hook, names)
    try:
        for module in MODULES:
            module.os = substitute
        yield substitute
    finally:
        for module in MODULES:
            module.os = os


class Tree:
    """A directory with a configuration and a state directory beside it."""

    def __init__(self, root, count):
        self.root = root
        self.conf = os.path.join(root, "conf")
        self.state = os.path.join(root, "state")
        self.old = OLD if count == 3 else {"a.conf": OLD["a.conf"]}
        self.new = NEW if count == 3 else {"a.conf": NEW["a.conf"]}
        self.reset()

    def reset(self):
        shutil.rmtree(self.conf, ignore_errors=True)
        shutil.rmtree(self.state, ignore_errors=True)
        os.mkdir(self.conf, 0o755)
        for name, (content, mode) in self.old.items():
            path = os.path.join(self.conf, name)
            with open(path, "wb") as stream:
                stream.write(content)
            os.chmod(path, mode)

    def transaction(self, **named):
        """a.conf is replaced; with three files, b.conf is created and c.conf is removed as well."""
        changes = [FileChange(os.path.join(self.conf, "a.conf"), self.new["a.conf"][0])]
        if len(self.old) > 1:
            content, mode = self.new["b.conf"]
            changes.append(FileChange(os.path.join(self.conf, "b.conf"), content, os.getuid(), os.getgid(), mode, ""))
            changes.append(FileChange(os.path.join(self.conf, "c.conf"), None))
        named.setdefault("due", Due("reload", [os.path.join(self.conf, "a.conf")]))
        return Transaction(changes, self.state, **named)

    def due(self):
        """What pending.json says: the level, how many transactions it names, and the files."""
        found = activation.pending(self.state)
        return found.level, len(found.transactions), [os.path.basename(path) for path in found.files]

    def present(self):
        found = {}
        for name in os.listdir(self.conf):
            path = os.path.join(self.conf, name)
            with open(path, "rb") as stream:
                found[name] = (stream.read(), stat.S_IMODE(os.stat(path).st_mode))
        return found

    def is_old(self):
        return self.present() == self.old

    def is_new(self):
        return self.present() == self.new

    def is_clean(self):
        """Old or new, no stray file anywhere, no half backup, the lock free."""
        assert self.is_old() or self.is_new(), sorted(self.present())
        if not os.path.exists(os.path.join(self.state, "lock")):
            return self.is_old()
        assert set(os.listdir(self.state)) <= {"lock", "backups", "pending.json"}, os.listdir(self.state)
        # New files are never there without the activation that they need; where old ones came back late, the daemon may have read
        # the new ones, and what it is to do then names no transaction.
        assert self.due() == ("reload", 1, ["a.conf"]) if self.is_new() else self.due()[1] == 0
        kept = os.path.join(self.state, "backups")
        found = [os.listdir(os.path.join(kept, one)) for one in os.listdir(kept)] if os.path.isdir(kept) else []
        assert len(found) == (1 if self.is_new() else 0), found
        assert all("manifest.json" in names for names in found)
        with lock.Lock(self.state, 0.0):
            return True

    def wait_for_watchdog(self):
        """The watchdog of a killed process holds its lock."""
        if os.path.exists(os.path.join(self.state, "lock")):
            with lock.Lock(self.state, 20.0):
                pass


@pytest.fixture(params=[1, 3], ids=["one-file", "three-files"])
def tree(request):
    # Memory is enough here: what is tested is the order of the calls, not the disk.
    parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    root = tempfile.mkdtemp(prefix="transaction-", dir=parent)
    yield Tree(root, request.param)
    shutil.rmtree(root, ignore_errors=True)


def in_child(work):
    """Run in a forked process; its exit status, negative for a signal."""
    process = os.fork()
    if process == 0:
        status = 99
        try:
            status = work()
        finally:
            os._exit(status)
    status = os.waitpid(process, 0)[1]
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def killed_at(step, work, with_watchdog=False, torn=False):
    """Run `work` in a child that is killed before its changing call number `step`, or with `torn` in the middle of its
    write number `step`; False when it had fewer."""

    def child():
        def hook(number, name, arguments):
            if number == step:
                if torn and name == "write":
                    os.write(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                for process in spies.children if with_watchdog else ():
                    os.kill(process, signal.SIGKILL)
                os.kill(os.getpid(), signal.SIGKILL)

        with calls(hook, ("write", "fork") if torn else CHANGING) as spies:
            work()
        return 0

    status = in_child(child)
    assert status in (0, -signal.SIGKILL)
    return status != 0


@pytest.fixture(scope="module", autouse=True)
def kills(request):
    """The number of processes that were killed with SIGKILL, reported at the end."""
    counted = []
    yield counted
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n    SIGKILL cases in total: %d, each left all files old or all new" % sum(counted))


def report(capsys, what, cases, kills=None):
    if kills is not None:
        kills.append(cases)
    with capsys.disabled():
        print("\n    %s: %d cases" % (what, cases), end="")


@pytest.mark.parametrize("torn", [False, True], ids=["between-calls", "within-writes"])
def test_a_process_killed_at_any_step_is_put_right_by_its_watchdog_at_once(tree, capsys, kills, torn):
    step, results = 0, set()
    while True:
        step += 1
        tree.reset()
        if not killed_at(step, lambda: tree.transaction().commit(), torn=torn):
            break
        tree.wait_for_watchdog()
        assert tree.is_clean(), step
        assert tree.is_new() or tree.due() == ("none", 0, []), step
        results.add(tree.is_new())
    assert results == {False, True}
    assert step > (6 if torn else 40)
    report(capsys, "killed within a write" if torn else "killed, watchdog alive", step - 1, kills)


def test_a_process_killed_together_with_its_watchdog_is_put_right_by_the_next_run(tree, capsys, kills):
    step, mixtures, results = 0, 0, set()
    while True:
        step += 1
        tree.reset()
        if not killed_at(step, lambda: tree.transaction().commit(), with_watchdog=True):
            break
        tree.wait_for_watchdog()
        mixtures += not (tree.is_old() or tree.is_new())
        was_swapping = os.path.exists(os.path.join(tree.state, "journal.swapping"))
        recover(tree.state)
        assert tree.is_clean(), step
        assert tree.is_new() or tree.due()[0] == ("reload" if was_swapping else "none"), step
        results.add(tree.is_new())
    assert results == {False, True}
    assert mixtures > 5, "the watchdog was not needed: this test tests nothing"
    report(capsys, "killed with watchdog", step - 1, kills)


def test_a_recovery_killed_at_any_step_is_completed_by_the_next_one(tree, capsys, kills):
    cases, results = 0, set()
    for step in range(1, 1000, 5):
        repair = 0
        while True:
            repair += 1
            tree.reset()
            if not killed_at(step, lambda: tree.transaction().commit(), with_watchdog=True):
                break
            if not os.path.isdir(tree.state) or not killed_at(repair, lambda: recover(tree.state)):
                break
            recover(tree.state)
            assert tree.is_clean(), (step, repair)
            results.add(tree.is_new())
            cases += 1
        if tree.is_new() and repair == 1:
            break
    assert cases > 30 and results == {False, True}
    report(capsys, "recovery killed", cases, kills)


def test_the_watchdog_killed_at_any_step_of_its_rescue_is_completed_by_the_next_run(tree, capsys, kills):
    cases = 0
    for step in range(30, 1000, 6):
        rescue = 0
        while True:
            rescue += 1
            tree.reset()

            def child(step=step, rescue=rescue):
                def hook(number, _name, _arguments):
                    if number == step:
                        os.kill(os.getpid(), signal.SIGKILL)

                with calls(hook) as spies:
                    original = transaction._rescue

                    def fragile(*arguments):
                        with calls(lambda number, *_: number == rescue and os.kill(os.getpid(), signal.SIGKILL)):
                            original(*arguments)
                        with open(os.path.join(tree.root, "whole"), "w"):
                            pass

                    transaction._rescue = fragile
                    tree.transaction().commit()
                    assert spies
                return 0

            whole = os.path.join(tree.root, "whole")
            if os.path.exists(whole):
                os.unlink(whole)
            finished = in_child(child) == 0
            tree.wait_for_watchdog()
            recover(tree.state)
            assert tree.is_clean(), (step, rescue)
            if finished or os.path.exists(whole):
                break
            cases += 1
        if finished:
            break
    assert cases > 15
    report(capsys, "watchdog killed during its rescue", cases, kills)


def test_a_process_killed_at_a_random_instant_leaves_old_or_new(tree, capsys, kills):
    results = []
    for number in range(25):
        tree.reset()
        process = os.fork()
        if process == 0:
            try:
                tree.transaction().commit()
            finally:
                os._exit(0)
        signal.sigtimedwait([], 0.0004 * number)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        tree.wait_for_watchdog()
        assert tree.is_clean()
        results.append(tree.is_new())
    report(capsys, "killed from outside (%d new)" % sum(results), len(results), kills)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda one: one.name)
def test_a_signal_at_any_step_puts_everything_back_or_comes_after_the_change(tree, capsys, number):
    step, statuses = 0, set()
    while True:
        step += 1
        tree.reset()

        def child(step=step):
            reached = []

            def hook(current, _name, _arguments):
                if current == step:
                    reached.append(current)
                    os.kill(os.getpid(), number)

            # A shell starts what runs in the background with some of them ignored.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            with calls(hook):
                try:
                    tree.transaction().commit()
                except TransactionError as error:
                    return 3 if error.restored and signal.Signals(number).name in error.reason else 4
                except KeyboardInterrupt:
                    return 5
            return 0 if not reached else 6

        status = in_child(child)
        if status == 0:
            break
        statuses.add(status)
        tree.wait_for_watchdog()
        assert tree.is_clean(), step
        assert status in ((5,) if number == signal.SIGINT else (3, -number)), (step, status)
        assert status != 3 or tree.is_old()
    assert statuses == ({5} if number == signal.SIGINT else {3, -number})
    report(capsys, "interrupted by %s" % signal.Signals(number).name, step - 1)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_one_failing_call_at_any_step_puts_everything_back_with_the_reason(tree, capsys, code):
    step, results = 0, set()
    while True:
        step += 1
        tree.reset()

        def fail(number, name, _arguments, step=step):
            if number == step and name != "fork":
                raise OSError(code, os.strerror(code))

        with calls(fail) as spies:
            try:
                tree.transaction().commit()
                result = "committed"
            except TransactionError as error:
                result = "refused"
                assert os.strerror(code) in error.reason
                assert error.restored and tree.is_old(), step
        if spies.number < step:
            break
        # A committed transaction that could not remove its own traces leaves that to the next run.
        recover(tree.state)
        assert tree.is_clean() and tree.is_new() == (result == "committed"), step
        results.add(result)
    assert results == {"committed", "refused"}
    report(capsys, "one call fails with %s" % errno.errorcode[code], step - 1)


def test_a_disk_that_is_full_from_any_step_on_never_hinders_the_way_back(tree, capsys):
    step, results = 0, set()
    while True:
        step += 1
        tree.reset()

        def fail(number, name, _arguments, step=step):
            if number >= step and name in SPACE:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with calls(fail) as spies:
            try:
                # The dismissal of the watchdog writes to a pipe, which needs no disk.
                watchdog.os = os
                tree.transaction().commit()
                assert tree.is_new()
                results.add("committed")
            except TransactionError as error:
                assert error.restored and tree.is_old(), (step, str(error))
                results.add("refused")
        if spies.number < step:
            break
        # A committed transaction that had no space to record what is pending leaves that, and nothing else, to the next run.
        found = set(os.listdir(tree.state)) if os.path.isdir(tree.state) else set()
        assert found <= {"lock", "backups", "pending.json", "journal.committed"}
        recover(tree.state)
        assert tree.is_clean(), step
    assert results == {"committed", "refused"}
    report(capsys, "full disk from a step on", step - 1)


def test_a_file_system_that_is_read_only_from_any_step_on_is_put_right_by_the_next_run(tree, capsys):
    step, unrestored = 0, 0
    while True:
        step += 1
        tree.reset()

        def fail(number, name, _arguments, step=step):
            if number >= step and name != "fork":
                raise OSError(errno.EROFS, os.strerror(errno.EROFS))

        with calls(fail) as spies:
            watchdog.os = os
            try:
                tree.transaction().commit()
            except TransactionError as error:
                unrestored += not error.restored
                assert os.strerror(errno.EROFS) in error.reason
        if spies.number < step:
            break
        recover(tree.state)
        assert tree.is_clean(), step
    assert unrestored > 10
    report(capsys, "read-only from a step on", step - 1)


def test_at_no_instant_is_a_file_more_open_than_before_or_after(tree):
    seen = set()

    def look(_number, _name, _arguments):
        for name in os.listdir(tree.conf):
            info = os.stat(os.path.join(tree.conf, name))
            mode = stat.S_IMODE(info.st_mode)
            if name.startswith("."):
                allowed = tree.old if name.endswith(".old") else tree.new
                index = int(name.split(".")[3])
                final = allowed[sorted(set(tree.old) | set(tree.new))[index]][1]
                assert mode == final or (not mode & ~0o600 and info.st_size == 0), (name, oct(mode))
                seen.add(name[-4:])
            else:
                assert mode in (tree.old.get(name, (b"", -1))[1], tree.new.get(name, (b"", -1))[1])

    # With 0777 only root can enter the directories that it makes.
    for umask in (0, 0o077, 0o077 if os.geteuid() else 0o777):
        tree.reset()
        before = os.umask(umask)
        try:
            with calls(look):
                tree.transaction().commit()
        finally:
            os.umask(before)
        assert tree.is_new() and tree.is_clean()
        for directory, directories, names in os.walk(tree.state):
            assert all(stat.S_IMODE(os.stat(os.path.join(directory, one)).st_mode) == 0o700 for one in directories)
            assert all(os.stat(os.path.join(directory, one)).st_mode & 0o077 == 0 for one in names)
    assert seen == {".new", ".old"}


def test_everything_is_durable_before_the_first_target_changes(tree):
    trace = []

    def note(_number, name, arguments):
        trace.append((name, arguments[:2]))

    with calls(note):
        tree.transaction().commit()
    names = [name for name, _arguments in trace]
    swaps = [index for index, (name, arguments) in enumerate(trace) if name == "rename" and ".conf" in str(arguments)]
    phases = [arguments[1] for name, arguments in trace if name == "rename" and "journal" in str(arguments)]
    assert phases == ["journal.staging", "journal.swapping", "journal.committed"]
    staging, swapping, committed = (
        trace.index(("rename", one))
        for one in (
            ("journal.new", "journal.staging"),
            ("journal.staging", "journal.swapping"),
            ("journal.swapping", "journal.committed"),
        )
    )
    # Without pending.json, which is written when all is committed.
    opened = [(index, arguments[0]) for index, (name, arguments) in enumerate(trace) if name == "open"]
    created = [index for index, name in opened if ".momentum" in name and not safe_files.LEFTOVER.match(name)]
    assert staging < min(created) and names[staging + 1] == "fsync"
    assert max(created) < swapping < min(swaps) and names[swapping + 1] == "fsync"
    assert all("fsync" in names[one : one + 8] for one in created)
    # Directories are synchronised between the last swap and the mark that says so.
    assert max(swaps) < committed and "fsync" in names[max(swaps) : committed] and names[committed + 1] == "fsync"


def swap_target(tree, victim):
    os.unlink(os.path.join(tree.conf, "a.conf"))
    os.symlink(victim, os.path.join(tree.conf, "a.conf"))


def link_target(tree, victim):
    os.unlink(os.path.join(tree.conf, "a.conf"))
    os.link(victim, os.path.join(tree.conf, "a.conf"))


def swap_directory(tree, victim):
    os.rename(tree.conf, tree.conf + ".moved")
    os.symlink(os.path.dirname(victim), tree.conf)


def swap_staged(tree, victim):
    for name in os.listdir(tree.conf):
        if name.startswith("."):
            os.unlink(os.path.join(tree.conf, name))
            os.symlink(victim, os.path.join(tree.conf, name))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: the attacked directory belongs to another user")
@pytest.mark.parametrize("attack", [swap_target, link_target, swap_directory, swap_staged])
def test_the_owner_of_the_directory_cannot_lead_root_to_another_file(tree, capsys, attack):
    secret = os.path.join(tree.root, "secret")
    victim = os.path.join(secret, "a.conf")
    step, committed, refused = 0, [], []
    while True:
        step += 1
        shutil.rmtree(tree.conf + ".moved", ignore_errors=True)
        if os.path.islink(tree.conf):
            os.unlink(tree.conf)
        shutil.rmtree(secret, ignore_errors=True)
        tree.reset()
        for name in os.listdir(tree.conf):
            os.chown(os.path.join(tree.conf, name), 65534, 65534)
        os.chown(tree.conf, 65534, 65534)
        os.mkdir(secret, 0o700)
        with open(victim, "wb") as stream:
            stream.write(b"secret\n")
        os.chmod(victim, 0o600)
        before = os.stat(victim)

        def strike(number, _name, _arguments, step=step):
            if number == step:
                attack(tree, victim)
                for name in os.listdir(tree.conf) if not os.path.islink(tree.conf) else ():
                    if os.path.islink(os.path.join(tree.conf, name)):
                        os.chown(os.path.join(tree.conf, name), 65534, 65534, follow_symlinks=False)
                if os.path.islink(tree.conf):
                    os.chown(tree.conf, 65534, 65534, follow_symlinks=False)

        with calls(strike) as spies:
            try:
                tree.transaction().commit()
                committed.append(step)
                assert attack is not swap_staged or not os.path.islink(os.path.join(tree.conf, "a.conf")), step
            except TransactionError:
                refused.append(step)
        after = os.stat(victim)
        with open(victim, "rb") as stream:
            assert stream.read() == b"secret\n"
        assert (after.st_ino, after.st_mode, after.st_uid) == (before.st_ino, before.st_mode, before.st_uid), step
        assert os.listdir(secret) == ["a.conf"]
        kept = os.path.join(tree.state, "backups")
        for directory, _directories, names in os.walk(kept):
            for name in names:
                with open(os.path.join(directory, name), "rb") as stream:
                    assert b"secret" not in stream.read()
        if attack is swap_directory and os.path.islink(tree.conf):
            # What could not be put back through a foreign link is put back once that is gone.
            os.unlink(tree.conf)
            os.rename(tree.conf + ".moved", tree.conf)
            recover(tree.state)
            assert tree.is_clean(), step
        # Whatever was achieved, nothing else on the node is kept from being changed.
        elsewhere = FileChange(os.path.join(secret, "b.conf"), b"new", os.getuid(), os.getgid(), 0o600, "")
        assert Transaction([elsewhere], tree.state).commit().id, step
        if spies.number < step:
            break
    assert committed and refused
    report(capsys, "attacked with %s (%d refused)" % (attack.__name__, len(refused)), step - 1)
