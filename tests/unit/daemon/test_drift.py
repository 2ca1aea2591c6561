# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lies on disk is compared with what the running process has loaded."""

import pytest

from plugins.module_utils.config.disk_reader import DiskReader
from plugins.module_utils.daemon import drift
from plugins.module_utils.daemon.process import Process
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.state.pending import Activated

PROCESS = Process(10, 1000.0, "/opt/msys/ecelerity/sbin/ecelerity", 500)
RECORD = Activated([10, 500], {"/a": "1", "/b": "2"}, "static", "listeners")
BASE = 'Max_Retries = 5\nSecurity {\n  User = "ecuser"\n}\nESMTP_Listener {\n  Listen ":25" {}\n}\n'


def changed(now, recorded=RECORD, process=PROCESS, **times):
    return drift.changed_files(now, recorded, process, lambda path: times.get(path.strip("/"), 0.0))


def test_nothing_differs_where_the_contents_are_those_on_record():
    assert changed({"/a": "1", "/b": "2"}, a=9999.0, b=9999.0) == []


def test_for_the_process_on_record_contents_decide_and_no_clock():
    assert changed({"/a": "X", "/b": "2"}, a=0.0) == ["/a"]
    assert changed({"/a": "1", "/b": "2", "/c": "3"}) == ["/c"]
    assert changed({"/a": "1"}) == ["/b"]


@pytest.mark.parametrize("recorded", [None, RECORD._replace(process=[9, 400])])
def test_for_another_process_only_what_was_changed_after_its_start_counts(recorded):
    now = {"/a": "X", "/b": "Y"}
    assert changed(now, recorded, a=900.0, b=1100.0) == ["/b"]
    # The start of a process is known to the second only.
    assert changed(now, recorded, a=999.0, b=0.0) == ["/a"]


def test_a_touched_file_with_the_contents_on_record_is_no_drift():
    assert changed({"/a": "1", "/b": "2"}, RECORD._replace(process=[9, 400]), a=2000.0, b=2000.0) == []


def judged(files, of_node=(), recorded=RECORD, static="static"):
    return drift.judge(files, of_node, recorded, lambda: static).level


def test_the_level_that_changed_files_need():
    assert judged([]) == "none"
    assert judged(["/a"]) == "reload"
    assert judged(["/a"], of_node=["/a"]) == "restart"
    assert judged(["/a"], of_node=["/b"]) == "reload"
    assert judged(["/a"], static="other") == "restart"
    assert judged(["/a"], recorded=None, static="other") == "reload"


def effective(tmp_path, text):
    main = tmp_path / "ecelerity.conf"
    main.write_text(text)
    configuration = load(str(main), search_path=[str(tmp_path)], reader=DiskReader())
    assert configuration.problems == []
    return configuration, Effective(configuration)


@pytest.mark.parametrize(
    ("text", "static", "listeners"),
    [
        (BASE, True, True),
        ("# a comment\n" + BASE, True, True),
        (BASE.replace("= 5", "= 6"), True, True),
        (BASE.replace('"ecuser"', '"momentum"'), False, True),
        (BASE.replace('"ecuser"', "ecuser"), True, True),
        (BASE + "SpoolBase = /var/spool/other\n", False, True),
        (BASE.replace(":25", "192.0.2.1:25"), True, False),
    ],
)
def test_what_needs_more_than_one_reload_is_told_apart(tmp_path, text, static, listeners):
    _configuration, before = effective(tmp_path, BASE)
    _configuration, after = effective(tmp_path, text)
    assert (drift.static_digest(before) == drift.static_digest(after)) is static
    assert (drift.listener_digest(before) == drift.listener_digest(after)) is listeners


def test_a_snapshot_is_what_later_runs_compare_with(tmp_path):
    configuration, values = effective(tmp_path, BASE)
    record = drift.snapshot(configuration, values, PROCESS)
    assert list(record.process) == [10, 500]
    assert list(record.files) == [str(tmp_path / "ecelerity.conf")]
    assert drift.changed_files(drift.digests(configuration, values), record, PROCESS, lambda path: 9999.0) == []
    assert BASE not in repr(record)


def test_a_certificate_that_was_renewed_under_its_path_is_loaded_as_a_changed_file_is(tmp_path):
    crt = tmp_path / "mx.crt"
    crt.write_text("one")
    text = 'ESMTP_Listener {\n  TLS_Certificate = "%s"\n  Listen ":26" {\n    TLS_Certificate = none\n  }\n}\n' % crt
    configuration, values = effective(tmp_path, text)
    record = drift.snapshot(configuration, values, PROCESS)
    assert sorted(record.files) == [str(tmp_path / "ecelerity.conf"), str(crt)]

    def differing():
        return drift.changed_files(drift.digests(configuration, values), record, PROCESS, lambda path: 0.0)

    assert differing() == []
    crt.write_text("two")
    assert differing() == [str(crt)]
    assert judged([str(crt)]) == "reload"
    # A file that is gone, or no file at all, cannot be loaded: the daemon is left as it is.
    crt.unlink()
    assert differing() == []
    crt.mkdir()
    assert differing() == []
