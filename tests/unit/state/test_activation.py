# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to run because of a change: in which order, what is said of it, and how it is undone."""

import pytest

from plugins.module_utils.host.program import Ran
from plugins.module_utils.state import activation
from plugins.module_utils.state.activation import Activation, NotActivated, daemon
from plugins.module_utils.state.pending import Due

pytestmark = pytest.mark.node

ONE = Activation("one", ["/1"], argv=["one", "reload"], undo=["one", "back"])
TWO = Activation("two", ["/2"], argv=["two", "reload"])


class Node:
    """Programs that are remembered, of which some refuse."""

    def __init__(self, *refusing):
        self.ran = []
        self.refusing = refusing

    def run(self, command, timeout):
        self.ran.append(" ".join(command))
        return Ran(1, "Access denied") if self.ran[-1] in self.refusing else Ran(0, "")


def test_the_daemon_is_due_for_the_files_of_all_and_at_the_strongest_level():
    assert activation.due([]) == Due("none", [])
    assert activation.due([daemon("reload", ["/a", "/b"]), ONE, daemon("restart", ["/b"])]) == Due(
        "restart", ["/a", "/b"]
    )


def test_each_runs_once_and_the_daemon_last():
    again = ONE._replace(files=["/3"])
    assert activation.merged([daemon("reload", ["/a"]), ONE, TWO, again, daemon("none", ["/b"])]) == [
        ONE,
        TWO,
        daemon("reload", ["/a", "/b"]),
    ]
    assert activation.merged([daemon("none", [])]) == []


def test_only_what_is_due_is_shown():
    assert activation.shown([ONE, daemon("none", ["/a"]), daemon("reload", ["/b"])]) == [
        {"name": "one", "files": ["/1"], "level": "none", "argv": ["one", "reload"], "undo": ["one", "back"]},
        {"name": "daemon", "files": ["/b"], "level": "reload", "argv": [], "undo": []},
    ]


def test_the_commands_run_in_their_order():
    node, begun = Node(), []
    activation.run([ONE, TWO, daemon("restart", ["/a"])], begun, node.run)
    assert (node.ran, begun) == (["one reload", "two reload"], [ONE, TWO])


def test_a_command_that_fails_ends_the_matter_in_its_words_and_all_that_was_begun_is_undone():
    node, begun = Node("two reload"), []
    with pytest.raises(NotActivated, match="^two reload: Access denied$"):
        activation.run([ONE, TWO, ONE._replace(name="three")], begun, node.run)
    assert activation.undo(begun, node.run) == []
    assert node.ran == ["one reload", "two reload", "one back"]


def test_what_cannot_be_undone_is_said_and_the_rest_is_undone():
    node, other = Node("one back"), Activation("other", argv=["other"], undo=["other", "back"])
    assert activation.undo([other, ONE], node.run) == ["one back: Access denied"]
    assert node.ran == ["one back", "other back"]
