# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that read a file at their start alone are restarted where they run, and the file has changed since."""

import os
import time

import pytest

from plugins.module_utils.concerns import keyword_file
from plugins.module_utils.errors import PlanError

ETL = "msys-app-webhooks-etl"


def due(path, content, state="active", age=60, service=ETL):
    """The services that are due where one is in a state, and began to start some seconds ago."""
    entry = dict.fromkeys(("settings", "tls", "style", "owner", "group", "mode"))
    entry.update(path=str(path), content=content, check=[], service=service)
    began = str(int((time.monotonic() - age) * 1e6))
    shown = {"ActiveState": state, "InactiveExitTimestampMonotonic": began}
    pairs = [(entry, keyword_file.edit_of(entry, pytest.fail))]
    return keyword_file.restarts(pairs, lambda unit, properties: shown if state else {})


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "production.json"
    path.write_text("{}\n")
    os.utime(str(path), (time.time() - 3600, time.time() - 3600))
    return path


def test_a_changed_file_restarts_a_service_that_runs(file):
    (found,) = due(file, "{ }\n")
    assert (found.name, found.files) == (ETL, [str(file)])
    assert list(found.argv) == list(found.undo) == ["systemctl", "try-restart", ETL]


def test_a_file_that_is_as_requested_restarts_nothing(file):
    assert due(file, "{}\n") == []


def test_a_restart_that_an_earlier_run_has_lost_is_made_up_for(file):
    assert [one.name for one in due(file, "{}\n", age=7200)] == [ETL]


@pytest.mark.parametrize("state", ["inactive", "failed", ""])
def test_a_service_that_does_not_run_is_left_alone(file, state):
    """An empty state is a node without systemd, or without the unit."""
    assert due(file, "{ }\n", state) == []


@pytest.mark.parametrize("name", ["--force", "a b", "../x"])
def test_what_is_no_name_of_a_unit_is_refused(file, name):
    with pytest.raises(PlanError, match="no name of a unit"):
        due(file, "{ }\n", service=name)
