# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of ec_rotate: one key is set, everything else stays byte by byte; and who sets it when."""

import pytest

from plugins.module_utils.console_access import rotation
from plugins.module_utils.errors import PlanError
from plugins.module_utils.files.current import CurrentFile

SOCKET = "/run/ecelerity/control"
LINE = "control_socket = %s\n" % SOCKET


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", LINE),
        ("enabled=no\n", "enabled=no\n" + LINE),
        ("enabled=no", "enabled=no\n" + LINE),
        ("a = 1\r\n", "a = 1\r\n" + LINE.replace("\n", "\r\n")),
        ("control_socket=/a\n", "control_socket=%s\n" % SOCKET),
        ("\t control_socket  =  /a \t\r\nx\n", "\t control_socket  =  %s \t\r\nx\n" % SOCKET),
        ("control_socket=\n", "control_socket=%s\n" % SOCKET),
        ("control_socket=/a\ncontrol_socket=/b\n", "control_socket=%s\n" % SOCKET * 2),
        ("# control_socket=/a\n", "# control_socket=/a\n" + LINE),
        ("my_control_socket=/a\n", "my_control_socket=/a\n" + LINE),
        # A part of the list above, so it is no setting; what comes after the last line that goes on would be one, too.
        ("logfiles = /x \\\ncontrol_socket=/a\n", "logfiles = /x \\\ncontrol_socket=/a\n" + LINE),
        ("logfiles = /x \\\n", "logfiles = /x \\\n\n" + LINE),
        ("logfiles = /x \\", "logfiles = /x \\\n\n" + LINE),
        # Whether a comment goes on is not documented: the line may be the setting, and may be none.
        ("# x \\\ncontrol_socket=/a\n", "# x \\\ncontrol_socket=%s\n" % SOCKET + LINE),
        ("control_socket = \\\n/a\n", "control_socket = \\\n/a\n" + LINE),
    ],
)
def test_one_key_is_set_and_the_rest_stays(before, after):
    made = rotation.with_socket(before, SOCKET)
    assert made == after
    assert rotation.socket_of(made) == SOCKET
    assert rotation.with_socket(made, SOCKET) == made


def test_bytes_that_are_no_text_stay():
    found = CurrentFile(b"logfiles = /\xff\n", 0, 0, 0o644)
    planned = rotation.plan("/p", "/p/etc/ec_rotate.conf", SOCKET, lambda path: found)
    assert planned.edit.after == b"logfiles = /\xff\n" + LINE.encode()
    assert planned.named == "/tmp/2025"


@pytest.mark.parametrize("socket", ["/a b", "/a\nx=1", "/a#", "/a\\", "relative", '/a"'])
def test_a_path_that_is_read_otherwise_is_refused(socket):
    with pytest.raises(PlanError):
        rotation.with_socket("", socket)


def test_the_sample_is_the_basis_of_a_missing_file():
    sample = CurrentFile(b"retention = 7\n", 0, 0, 0o640)
    look = {"/p/etc/sample-configs/ec_rotate.conf": sample}.get
    planned = rotation.plan("/p", "/p/etc/ec_rotate.conf", SOCKET, look)
    assert planned == ("/tmp/2025", ("/p/etc/ec_rotate.conf", None, b"retention = 7\n" + LINE.encode()))
    # Without a file ec_rotate asks at the vendor's place, so nothing is missing.
    assert rotation.plan("/p", "/p/etc/ec_rotate.conf", "/tmp/2025", look).edit is None


@pytest.mark.parametrize(
    ("listening", "later"),
    [(None, False), ([], False), (["/tmp/2025"], True), (["/tmp/2025", SOCKET], False), (["/other"], False)],
)
def test_a_daemon_that_still_listens_there_has_to_move_first(listening, later):
    told = rotation.Rotation("/tmp/2025", None)
    assert rotation.stays_behind(told, SOCKET, listening) is later


def test_an_entry_of_cron_that_names_a_socket_is_found():
    text = (
        "# 1 0 * * * root ec_rotate -s /a\nMAILTO=x\n1 0 * * * root /opt/msys/ecelerity/bin/ec_rotate -r 3 -socket /b\n"
    )
    assert rotation.cron_sockets(text + "1 0 * * * root /opt/msys/ecelerity/bin/ec_rotate -r 3\n") == [(3, "/b")]


def test_the_socket_that_ec_rotate_asks_at_is_known(tmp_path):
    prefix = str(tmp_path)
    assert rotation.asked_by(prefix, {}.get) == ""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ec_rotate").write_text("")
    assert rotation.asked_by(prefix, {}.get) == "/tmp/2025"
    found = {prefix + "/etc/ec_rotate.conf": CurrentFile(LINE.encode(), 0, 0, 0o644)}
    assert rotation.asked_by(prefix, found.get) == SOCKET
