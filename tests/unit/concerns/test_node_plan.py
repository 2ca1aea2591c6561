# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several plans made one. What the module as a whole does is in tests/contract, with the cases of all parts."""

import pytest

from plugins.module_utils import node_options
from plugins.module_utils.concerns import node
from plugins.module_utils.config import disk_reader
from plugins.module_utils.errors import PlanError
from plugins.module_utils.files import intended
from plugins.module_utils.files.planned import PlannedFile
from plugins.module_utils.planned import Judge, Planned


def test_a_file_of_two_parts_is_changed_once_from_the_first_to_the_last():
    files = [
        PlannedFile("/a", b"old", b"between", None, 5, None),
        PlannedFile("/b", None, b"new", 1, 1, 0o600),
        PlannedFile("/a", b"between", b"new", None, None, 0o640),
    ]
    assert node.merged_files(files) == [PlannedFile("/a", b"old", b"new", None, 5, 0o640), files[1]]


def test_a_file_that_a_later_part_changes_back_is_not_written():
    files = [PlannedFile("/a", b"old", b"new"), PlannedFile("/a", b"new", b"old")]
    assert node.merged_files(files) == []
    assert node.merged_files(files[:1] + [files[1]._replace(mode=0o600)]) == [
        PlannedFile("/a", b"old", b"old", mode=0o600)
    ]


def test_differences_of_one_file_become_one_where_their_text_is_shown():
    shown = [
        {"before_header": "/a", "after_header": "/a", "before": "1", "after": "2"},
        {"before_header": "/k", "after_header": "/k", "prepared": "a key"},
        {"before_header": "/a", "after_header": "/a", "before": "2", "after": "3"},
        {"before_header": "/k", "after_header": "/k", "prepared": "another"},
    ]
    assert node.merged_differences(shown, [], frozenset()) == [dict(shown[0], after="3"), shown[1], shown[3]]


def test_parts_are_undone_from_the_last_to_the_first_and_each_says_what_became_of_it():
    done = []

    def part(name, words):
        return Planned({"changed": True, "diff": []}, undo=lambda: done.append(name) or words)

    parts = {"a": part("a", "a is back"), "b": part("b", ""), "c": part("c", "c is back")}
    assert node.undone(parts) == "c is back; a is back" and done == ["c", "b", "a"]


class Words(Judge):
    """A judge that remembers what it was asked of."""

    def __init__(self, refuses=False):
        self.asked = []
        self.refuses = refuses

    def judges(self, files):
        return {"check_staged": self.staged}

    def staged(self, mapping):
        self.asked.append(dict(mapping))
        if self.refuses:
            raise PlanError("no")

    def explained(self, files, error):
        return PlanError("%s, for %s" % (error, ", ".join(file.path for file in files)))


def test_each_judge_sees_its_own_files_and_explains_its_own_refusal():
    files = [PlannedFile("/a", None, b""), PlannedFile("/b", None, b"")]
    first, second = Words(), Words(refuses=True)
    judges = node.Judges([(first, frozenset(["/a"])), (second, frozenset(["/b"]))])
    with pytest.raises(PlanError) as caught:
        judges.judges(files)["check_staged"]({"/a": "/staged/a", "/b": "/staged/b"})
    assert (first.asked, second.asked) == ([{"/a": "/staged/a"}], [{"/b": "/staged/b"}])
    assert str(judges.explained(files, caught.value)) == "no, for /b"


def test_the_summary_names_what_changes_and_what_the_daemon_then_has_to_do():
    changes = [{"subject": "Max_Retries", "scope": ""}, {"subject": "", "scope": 'Binding "b"'}]
    many = [{"subject": "Option_%d" % number, "scope": ""} for number in range(node.SHOWN + 2)]
    parts = {
        "config": {"changes": changes, "activation": "reload"},
        "tls": {"changes": many, "activation": "none"},
        "dhparams": {"activation": "none"},
        "permissions": {"differences": [{"path": "/a"}, {"path": "/b"}]},
        "service": {"action": "restart", "reasons": ["a change is pending", "the daemon is older"]},
        "control": {},
    }
    planned = {name: Planned({}, paths=["/etc/dh.pem"]) for name in parts}
    told = node.summary(planned, parts, [name for name in parts if name != "control"])
    assert told[0] == 'config: Max_Retries, Binding "b" (reload)'
    assert told[1].startswith("tls: Option_0, ") and told[1].endswith(" and 2 more")
    assert told[2:] == [
        "dhparams: /etc/dh.pem",
        "permissions: /a, /b",
        "service: restart (a change is pending; the daemon is older)",
    ]


def test_the_summary_names_the_path_where_no_option_and_no_scope_changes():
    directory = {"file": "/run/ecelerity", "scope": "", "subject": "", "action": "set"}
    one = Planned({"changed": True, "activation": "none", "changes": [directory], "diff": []})
    assert node.summary({"control": one}, {"control": one.result}, ["control"]) == ["control: /run/ecelerity"]


@pytest.mark.parametrize("refused, word", [(["tls"], "it"), (["tls", "control"], "them")])
def test_a_refusal_speaks_of_as_many_parts_as_are_refused(refused, word):
    words = str(node.Refused(dict.fromkeys(refused, "no"), ["config"]))
    assert words.endswith(". Without %s the rest would pass: only: [config] (roles: --tags config)" % word)


def test_no_tags_are_promised_where_the_part_is_refused_that_comes_with_every_tag():
    words = str(node.Refused({"service": "no"}, ["config"]))
    assert words.endswith("Without it the rest would pass: only: [config]")


class Unreadable(Exception):
    """A file was opened that a part has read already."""


def test_what_a_part_has_read_is_not_read_again_to_see_what_is_open(tmp_path, monkeypatch):
    main, other = tmp_path / "ecelerity.conf", tmp_path / "other.conf"
    main.write_text('include "other.conf"\nOpen_Relay = false\n')
    other.write_text("Max_Retries = 1\n")
    asked = node_options.Node(str(tmp_path), str(main), [str(tmp_path)], "n", None, str(tmp_path / "state"), "never")
    loaded = {intended.state(): node_options.current(asked)}
    assert node.configuration_to_be(asked, loaded) is loaded[intended.state()]

    def refuse(self, path):
        raise Unreadable(path)

    monkeypatch.setattr(disk_reader.DiskReader, "read", refuse)
    intended.add([PlannedFile(str(main), main.read_bytes(), b'include "other.conf"\nOpen_Relay = true\n')], [])
    try:
        now = node.configuration_to_be(asked, loaded)
    finally:
        intended.withdraw()
    assert now.problems == [] and str(now.effective.get((), "open_relay").value) == "true"
    assert str(now.effective.get((), "max_retries").value) == "1"
