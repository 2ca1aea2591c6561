# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An error of the system names its file and, for an account without root's rights, what to do."""

import errno
import os

import pytest

from plugins.module_utils.host import rights


def error(number, path="/var/lib/msys-momentum/activated.json"):
    return OSError(number, os.strerror(number), path)


def test_a_missing_right_is_explained_to_an_ordinary_user(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    words = rights.words_of(error(errno.EACCES))
    assert words.startswith("/var/lib/msys-momentum/activated.json: Permission denied for user ")
    assert words.endswith("(uid 65534); run the task as root, with 'become: true'")


def test_root_is_not_told_to_become_root(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert rights.words_of(error(errno.EPERM, b"/x")) == "/x: Operation not permitted"
    assert rights.refusal("/nowhere/at/all") == ""


@pytest.mark.parametrize(
    ("given", "words"), [(OSError("odd"), "odd"), (error(errno.ENOENT, 7), "No such file or directory")]
)
def test_an_error_without_a_file_is_said_as_it_is(given, words):
    assert rights.words_of(given) == words
