# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What systemd and the node's files are asked, and how their answers are read."""

import os

import pytest

from plugins.module_utils.errors import CheckFailed
from plugins.module_utils.host.program import Ran
from plugins.module_utils.sandbox import eyes, systemd


def answering(words, status=0):
    return lambda command, timeout: Ran(status, words)


@pytest.mark.parametrize(
    ("words", "number"),
    [("systemd 252 (252.39-1~deb12u2)\n+PAM", 252), ("systemd 219\n+PAM", 219), ("no such program", None)],
)
def test_the_version_is_the_running_one(tmp_path, words, number):
    assert systemd.version(answering(words), str(tmp_path)) == number


def test_a_node_without_systemd_has_no_version(tmp_path):
    assert systemd.version(answering("systemd 252"), str(tmp_path / "none")) is None


def test_a_unit_that_changed_since_it_was_read_is_stale():
    seen = systemd.state("a.service", answering("LoadState=loaded\nNeedDaemonReload=yes\nFragmentPath=/u/a.service\n"))
    assert seen == (True, True, "/u/a.service")
    assert systemd.state("a.service", answering("", 1)) == (False, False, "")


def test_the_exposure_is_read_off_the_last_line():
    words = "✗ UMask=  0.1\n\n→ Overall exposure level for ecelerity.service: 9.8 UNSAFE 😨\n"
    assert systemd.exposure("ecelerity.service", answering(words)) == 9.8
    assert systemd.exposure("ecelerity.service", answering("Unknown operation security.", 1)) is None


def judged(tmp_path, words):
    """Judge a staged drop-in by a systemd-analyze that says `words` of the copy it is given."""
    unit, staged = tmp_path / "a.service", tmp_path / ".staged"
    unit.write_text("[Service]\nExecStart=/bin/true\n")
    staged.write_text("[Service]\nUMask=0007\n")
    seen = []

    def run(command, timeout):
        copy = os.path.join(command[-1] + ".d", "50.conf")
        with open(copy) as stream:
            seen.append(stream.read())
        return Ran(0, words.replace("COPY", copy))

    path = "/etc/systemd/system/a.service.d/50.conf"
    systemd.verifier("a.service", str(unit), path, run)({path: str(staged)})
    return seen


def test_complaints_about_other_units_do_not_count(tmp_path):
    assert judged(tmp_path, "/lib/systemd/system/b.service:3: Unknown key\n") == ["[Service]\nUMask=0007\n"]


def test_a_complaint_about_the_drop_in_stops_the_change_and_names_its_path(tmp_path):
    with pytest.raises(CheckFailed) as caught:
        judged(tmp_path, "COPY:2: Unknown key name 'Umask'\nother\n")
    assert caught.value.output == "/etc/systemd/system/a.service.d/50.conf:2: Unknown key name 'Umask'"


def test_check_mode_judges_the_drop_in_that_a_run_would_write(tmp_path):
    (tmp_path / "a.service").write_text("[Service]\n")
    (tmp_path / "bin").mkdir()
    seen = tmp_path / "seen"

    def run(command, timeout):
        copy = os.path.join(command[-1] + ".d", "50.conf")
        seen.write_text(copy)
        return Ran(0, copy + ":2: Unknown key\n")

    path = "/etc/systemd/system/a.service.d/50.conf"
    with pytest.raises(CheckFailed) as caught:
        systemd.verify("a.service", str(tmp_path / "a.service"), path, b"[Service]\nX=1\n", run)
    assert caught.value.output == path + ":2: Unknown key"
    assert not os.path.exists(seen.read_text())


def test_a_removed_drop_in_is_not_judged(tmp_path):
    def run(command, timeout):
        raise AssertionError("nothing is there to be judged")

    (tmp_path / "a.service").write_text("")
    systemd.verifier("a.service", str(tmp_path / "a.service"), "/d", run)({"/d": None})
    systemd.verifier("a.service", str(tmp_path / "none"), "/d", run)({"/d": "/staged"})


def test_programs_that_gain_rights_are_found(tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, mode in (("plain", 0o755), ("setuid", 0o4755), ("setgid", 0o2755), ("data", 0o4644)):
        (programs / name).write_text("")
        (programs / name).chmod(mode)
    found = eyes.gaining(eyes.programs_of(str(tmp_path)) + [str(tmp_path / "missing"), "a\0b"])
    assert [os.path.basename(path) for path in found] == ["setgid", "setuid"]


def test_homes_and_root_are_known_by_name_and_number():
    seen = eyes.look("/opt/msys/ecelerity")
    assert seen.is_root("root") and seen.is_root("0") and not seen.is_root("nobody")
    assert seen.home("root") == seen.home("0") == "/root"
    assert seen.home("no-such-account") == ""
