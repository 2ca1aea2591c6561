# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A console that was moved is found where it was; the health gate believes the new place alone."""

import pytest

from plugins.module_utils import node_options
from plugins.module_utils.daemon import version
from plugins.module_utils.daemon.console import Console
from plugins.module_utils.daemon.controller import Daemon, Gate
from plugins.module_utils.daemon.process import Process
from plugins.module_utils.host.program import Ran
from plugins.module_utils.host.service_manager import Manager
from plugins.module_utils.state import pending
from plugins.module_utils.state.pending import Activated


class Small:
    """A node whose console answers at one place."""

    def __init__(self, root, text, answers):
        self.answers, self.tried = answers, []
        prefix = root / "momentum"
        main = prefix / "etc" / "conf" / "default" / "ecelerity.conf"
        main.parent.mkdir(parents=True)
        (prefix / "sbin").mkdir()
        (prefix / "sbin" / "ecelerity").write_text("")
        main.write_text('PidFile = "%s/pid"\n%s' % (root, text))
        names = dict.fromkeys(("main", "search_path", "nodename", "subcluster"))
        self.node = node_options.from_params(
            dict(names, prefix=str(prefix), state_dir=str(root / "state"), validate="never", nodename="n")
        )

    def run(self, command, _timeout):
        if not command[0].endswith("ec_console"):
            return Ran(1, "")
        self.tried.append(command[1])
        if command[1] != self.answers:
            return Ran(1, "ec_console: %s: [Errno 2] No such file or directory" % command[1])
        return Ran(0, "Ecelerity Version: 5.3.0.1" if command[2:] == ("version",) else "OK")

    def daemon(self, control=""):
        manager = Manager(self.node.prefix, "ecelerity.service", self.run, "/nonexistent")
        console = Console(self.node.prefix, control, self.run)
        return Daemon(self.node, manager, console, Gate([], control, True), lambda: node_options.current(self.node))


MOVED = 'Control_Listener {\n  Listen "/new" {}\n}\n'


def test_a_reload_is_given_at_the_place_of_the_last_activation(tmp_path):
    small = Small(tmp_path, MOVED, "/old")
    pending.done(small.node.state_dir, None, Activated([1, 1], {}, "", "", ("/old",)))
    assert pending.activated(small.node.state_dir).consoles == ("/old",)
    daemon = small.daemon()
    assert daemon.act("reload") == ""
    assert [command[1] for command in daemon.commands] == ["/old", "/old"]


def test_without_a_record_the_usual_place_is_tried_last(tmp_path):
    small = Small(tmp_path, MOVED, "/tmp/2025")
    assert small.daemon().act("reload") == ""
    assert small.tried[:2] == ["/new", "/tmp/2025"]


def test_a_reload_that_nobody_answers_is_reported_with_the_requested_place(tmp_path):
    small = Small(tmp_path, MOVED, "/nowhere")
    assert "/new" in small.daemon().act("reload")


@pytest.mark.parametrize(("answers", "well"), [("/new", True), ("/old", False)])
def test_the_health_gate_believes_the_requested_place_alone(tmp_path, answers, well):
    small = Small(tmp_path, MOVED, answers)
    assert small.daemon()._probe().console()[0] is well
    assert small.tried == ["/new"]


def test_a_console_that_only_asks_for_passwords_is_said(tmp_path):
    text = 'Control_Listener {\n  Listen "127.0.0.1:2025" { Enable_Authentication = true }\n}\n'
    daemon = Small(tmp_path, text, "/old").daemon()
    words = daemon.console_missing()
    assert "127.0.0.1:2025 asks for a password" in words and "msys.momentum.control" in words
    assert daemon._probe().console() == (False, words)


@pytest.mark.parametrize("answers", ["/new", "/old", "/tmp/2025"])
def test_the_version_is_asked_wherever_the_console_may_be(tmp_path, answers):
    small = Small(tmp_path, MOVED, answers)
    pending.done(small.node.state_dir, None, Activated([1, 1], {}, "", "", ("/old",)))
    assert version.detect(small.node, run=small.run) == "5.3.0.1"


def rotated(small, text):
    """The file of ec_rotate, and a daemon that sees to it."""
    path = small.node.prefix + "/etc/ec_rotate.conf"
    if text is not None:
        with open(path, "w") as file:
            file.write(text)
    manager = Manager(small.node.prefix, "ecelerity.service", small.run, "/nonexistent")
    gate = Gate([], "", True, rotate_config=path)
    console = Console(small.node.prefix, "", small.run)
    return path, Daemon(small.node, manager, console, gate, lambda: node_options.current(small.node))


def read(path):
    with open(path) as file:
        return file.read()


def test_ec_rotate_is_told_as_soon_as_the_daemon_has_left_the_socket_that_it_was_told(tmp_path):
    small = Small(tmp_path, MOVED, "/old")
    pending.done(small.node.state_dir, None, Activated([1, 1], {}, "", "", ("/old",)))
    path, daemon = rotated(small, "# x\ncontrol_socket = /old\nretention = 3\n")
    assert daemon.act("reload") == ""
    assert read(path) == "# x\ncontrol_socket = /new\nretention = 3\n"
    assert daemon.commands[-1][1:] == ["/new", "reopen", "logs"]
    # What was set is taken back first where the files before are put back.
    told = list(daemon.told)
    assert len(told) == 1
    assert daemon.restore([]) == (told, "")
    assert read(path) == "# x\ncontrol_socket = /old\nretention = 3\n"


def test_a_missing_file_of_ec_rotate_is_made_of_the_sample(tmp_path):
    small = Small(tmp_path, MOVED, "/tmp/2025")
    pending.done(small.node.state_dir, None, Activated([1, 1], {}, "", "", ("/tmp/2025",)))
    path, daemon = rotated(small, None)
    (tmp_path / "momentum" / "etc" / "sample-configs").mkdir()
    (tmp_path / "momentum" / "etc" / "sample-configs" / "ec_rotate.conf").write_text("retention = 3\n")
    assert daemon.act("reload") == ""
    assert read(path) == "retention = 3\ncontrol_socket = /new\n"


@pytest.mark.parametrize(
    ("text", "configuration", "consoles"),
    [
        ("control_socket = /anothers\n", MOVED, ("/old",)),  # such as the manager's
        ("control_socket = /old\n", MOVED.replace("/new", "/old"), ("/old",)),
        ("control_socket = /old\n", MOVED + 'Control_Listener {\n  Listen "/old" {}\n}\n', ("/new", "/old")),
    ],
    ids=["another's", "not moved", "both as before"],
)
def test_ec_rotate_is_left_alone_where_its_console_stays(tmp_path, text, configuration, consoles):
    small = Small(tmp_path, configuration, "/old")
    pending.done(small.node.state_dir, None, Activated([1, 1], {}, "", "", consoles))
    path, daemon = rotated(small, text)
    assert daemon.act("reload") == ""
    assert (read(path), daemon.told) == (text, [])


def test_nothing_is_told_to_ec_rotate_when_the_reload_is_refused(tmp_path):
    small = Small(tmp_path, MOVED, "/nowhere")
    pending.done(small.node.state_dir, None, Activated([1, 1], {}, "", "", ("/old",)))
    path, daemon = rotated(small, "control_socket = /old\n")
    assert daemon.act("reload") != ""
    assert read(path) == "control_socket = /old\n"


def test_a_rotation_that_began_is_waited_for(tmp_path, monkeypatch):
    small, seen = Small(tmp_path, MOVED, "/old"), [False, True, False, True]
    pending.done(small.node.state_dir, None, Activated([1, 1], {}, "", "", ("/old",)))
    path, daemon = rotated(small, "control_socket = /old\n")
    monkeypatch.setattr("plugins.module_utils.daemon.process.executes", lambda program: seen.pop())
    monkeypatch.setattr("plugins.module_utils.daemon.health.INTERVAL", 0.0)
    assert daemon.act("reload") == ""
    assert seen == []


def test_where_the_kernel_hides_sockets_the_first_activation_believes_what_listens(tmp_path, monkeypatch):
    small = Small(tmp_path, MOVED, "/tmp/2025")
    path, daemon = rotated(small, "control_socket = /tmp/2025\n")
    monkeypatch.setattr(daemon, "process", lambda: Process(1, 0.0, ""))
    monkeypatch.setattr("plugins.module_utils.daemon.process.sockets_of", lambda pid: None)
    monkeypatch.setattr("plugins.module_utils.console_access.endpoints.listening", lambda owner: ["/tmp/2025"])
    assert daemon.act("reload") == ""
    assert read(path) == "control_socket = /new\n"


def test_a_new_socket_is_told_even_where_the_old_one_stays_and_comes_first(tmp_path):
    both = 'Control_Listener {\n  Listen "/old" {}\n  Listen "/new" {}\n}\n'
    small = Small(tmp_path, both, "/old")
    pending.done(small.node.state_dir, None, Activated([1, 1], {}, "", "", ("/old",)))
    path, daemon = rotated(small, "control_socket = /old\n")
    assert daemon.act("reload") == ""
    assert read(path) == "control_socket = /new\n"
