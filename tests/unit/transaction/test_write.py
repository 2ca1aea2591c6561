# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planned files on the way to the disk."""

import os
import resource
from pathlib import Path

import pytest

from plugins.module_utils.files.planned import Directory, PlannedFile
from plugins.module_utils.transaction.transaction import TransactionError
from plugins.module_utils.transaction.write import write

pytestmark = pytest.mark.node

OWN = (os.geteuid(), os.getegid(), 0o600)


def test_directories_are_created_once_each_as_it_is_first_named(tmp_path: Path) -> None:
    above, below = tmp_path / "a", tmp_path / "a" / "b"
    named = [(above, 0o700), (below, 0o750), (above, 0o755)]
    directories = [Directory(str(path), *OWN[:2], mode) for path, mode in named]
    write([PlannedFile(str(below / "f"), None, b"new", *OWN)], str(tmp_path / "state"), directories)
    assert (below / "f").read_bytes() == b"new"
    assert [path.stat().st_mode & 0o777 for path in (above, below)] == [0o700, 0o750]


def test_a_file_that_changed_after_it_was_read_stops_all(tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    for file in files:
        file.write_bytes(b"somebody's")
    planned = [PlannedFile(str(files[0]), b"somebody's", None), PlannedFile(str(files[1]), b"old", b"new")]
    with pytest.raises(TransactionError, match="two"):
        write(planned, str(tmp_path / "state"))
    assert [file.read_bytes() for file in files] == [b"somebody's"] * 2


def test_nothing_to_write_is_no_transaction(tmp_path: Path) -> None:
    assert write([], str(tmp_path / "state")) == ""


def test_more_files_than_the_soft_limit_of_descriptors_allows(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (80, hard))
    try:
        write(
            [PlannedFile(str(tmp_path / str(index)), None, b"", *OWN) for index in range(100)], str(tmp_path / "state")
        )
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert all((tmp_path / str(index)).exists() for index in range(100))
