# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which lines of a service let in who comes without TLS, and no longer do."""

import pytest

from plugins.module_utils.concerns import keyword_file

HTTPD = "Listen 80\nListen 127.0.0.1:81\nListen 443\n<VirtualHost _default_:443>\nSSLEngine on\n</VirtualHost>\n"
RULES = "local all all peer\nhost all all 192.0.2.0/24 md5\nhostssl all all all md5\nhost all all all reject\n"


@pytest.mark.parametrize(
    ("style", "tls", "text", "lines"),
    [
        ("apache", "required", HTTPD, [1]),
        ("apache", "offered", HTTPD, []),
        ("postgresql_access", "required", RULES, [2]),
        ("postgresql_access", "required", "hostssl all all all md5\n", []),
    ],
)
def test_lines_that_close(tmp_path, style, tls, text, lines):
    path = tmp_path / "file"
    path.write_text(text)
    entry = dict.fromkeys(("settings", "content", "owner", "group", "mode"))
    entry.update(path=str(path), style=style, tls=tls, check=[])
    assert keyword_file.closed(entry, keyword_file.edit_of(entry, pytest.fail)) == lines


def test_a_file_that_is_not_there_closes_nothing(tmp_path):
    entry = dict.fromkeys(("settings", "content", "owner", "group", "mode"))
    entry.update(path=str(tmp_path / "file"), style="postgresql_access", tls="required", check=[])
    refusals = []
    assert keyword_file.closed(entry, keyword_file.edit_of(entry, refusals.append)) == []
    assert len(refusals) == 1
