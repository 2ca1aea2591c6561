# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which configuration files are created or given other attributes."""

import pytest

from plugins.module_utils.config.files import Look, desired, merge, plan_files, unmarked
from plugins.module_utils.config.plan import FileEdit, Plan, PlanError
from plugins.module_utils.files.current import CurrentFile
from plugins.module_utils.files.planned import Directory, Requested

SAMPLE = "/opt/msys/ecelerity/etc/sample-configs/default/ecelerity.conf"
TARGET = "/opt/msys/ecelerity/etc/conf/default/ecelerity.conf"


def entry(**changes):
    values = {
        "path": TARGET,
        "source": SAMPLE,
        "owner": "ecuser",
        "group": "ecuser",
        "mode": "0640",
        "directory_mode": "0750",
    }
    return desired(dict(values, **changes))


def node(files, directories=("/", "/opt")):
    known = {"ecuser": 900, "root": 0}
    return Look(file=files.get, is_directory=lambda path: path in directories, uid=known.get, gid=known.get)


def test_a_missing_file_is_copied_with_all_directories_above_it():
    plan = plan_files(
        [entry()], node({SAMPLE: CurrentFile(b"sample", 0, 0, 0o644)}, ("/", "/opt", "/opt/msys/ecelerity/etc")), False
    )
    assert plan.directories == [
        Directory("/opt/msys/ecelerity/etc/conf", 900, 900, 0o750),
        Directory("/opt/msys/ecelerity/etc/conf/default", 900, 900, 0o750),
    ]
    assert plan.edits == [FileEdit(TARGET, None, b"sample")]
    assert plan.attributes == {TARGET: (900, 900, 0o640)}


def test_two_files_of_one_directory_create_it_once():
    plan = plan_files([entry(source=None), entry(source=None, path=TARGET + "2")], node({}), False)
    assert len(plan.directories) == len(set(plan.directories)) == 5


def test_a_file_that_is_there_keeps_its_content_and_the_sample_is_not_asked_for():
    plan = plan_files([entry()], node({TARGET: CurrentFile(b"mine", 900, 900, 0o640)}), False)
    assert plan == ([], [], {}, [], [], [Requested(TARGET, 900, 900, 0o640)])


def test_other_attributes_are_a_change_without_a_difference_in_content():
    plan = plan_files([entry()], node({TARGET: CurrentFile(b"mine", 0, 0, 0o600)}), False)
    assert plan.edits == [FileEdit(TARGET, b"mine", b"mine")]
    assert [(change.action, change.before, change.after) for change in plan.changes] == [
        ("attributes", "0:0 0600", "900:900 0640")
    ]


def test_a_missing_sample_is_an_error_but_not_in_check_mode():
    with pytest.raises(PlanError) as caught:
        plan_files([entry()], node({}), False)
    assert SAMPLE in str(caught.value)
    assert plan_files([entry()], node({}), True).edits == [FileEdit(TARGET, None, b"")]


def test_an_account_that_is_missing_is_an_error_but_not_in_check_mode():
    with pytest.raises(PlanError) as caught:
        plan_files([entry(owner="nobody-here", source=None)], node({}), False)
    assert "nobody-here" in str(caught.value)
    assert plan_files([entry(owner="nobody-here", source=None)], node({}), True).changes


@pytest.mark.parametrize("mode", ["0999", "rw", "-1", "100000"])
def test_a_mode_that_is_not_octal_is_refused(mode):
    with pytest.raises(PlanError) as caught:
        entry(mode=mode)
    assert mode in str(caught.value)


def test_settings_over_a_created_file_are_one_edit_from_nothing():
    files = plan_files([entry()], node({SAMPLE: CurrentFile(b"a", 0, 0, 0o644)}), False)
    merged = merge(files, Plan([FileEdit(TARGET, b"a", b"b")], [], []))
    assert merged.edits == [FileEdit(TARGET, None, b"b")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b""),
        (b"#aggr# one\n#aggr#   two\r\n#aggr#", b"one\n  two\r\n"),
        (b"a = 1 #aggr# b\n #aggr# c\n", b"a = 1 #aggr# b\n #aggr# c\n"),
        (b"#aggr# #aggr# once", b"#aggr# once"),
        (b"\xff\n#aggr#\xff", b"\xff\n\xff"),
    ],
)
def test_a_mark_is_taken_off_the_beginnings_of_lines_alone(before, after):
    assert unmarked(before, "#aggr#") == after
    assert unmarked(before, "") == before


def test_a_copied_sample_loses_its_marks_at_once():
    plan = plan_files([entry(unmark="#m#")], node({SAMPLE: CurrentFile(b"#m# sample", 0, 0, 0o644)}), False)
    assert plan.edits == [FileEdit(TARGET, None, b"sample")]


def test_a_file_that_is_kept_loses_its_marks_and_no_attribute_changes():
    plan = plan_files([entry(unmark="#m#", keep=True)], node({TARGET: CurrentFile(b"#m# mine", 0, 0, 0o600)}), False)
    assert plan.edits == [FileEdit(TARGET, b"#m# mine", b"mine")]
    assert plan.attributes == {} and [change.action for change in plan.changes] == ["unmark"]


def test_attributes_and_marks_are_one_edit():
    plan = plan_files([entry(unmark="#m#")], node({TARGET: CurrentFile(b"#m# mine", 0, 0, 0o600)}), False)
    assert plan.edits == [FileEdit(TARGET, b"#m# mine", b"mine")]
    assert plan.attributes == {TARGET: (900, 900, 0o640)}
    assert [change.action for change in plan.changes] == ["attributes", "unmark"]
