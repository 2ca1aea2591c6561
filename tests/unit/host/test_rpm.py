# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A package that is not installed is an answer of rpm; a database that it cannot read is none, whatever it says beside."""

import pytest

from plugins.module_utils.errors import PlanError
from plugins.module_utils.host import rpm
from plugins.module_utils.host.program import Ran

NAME = "msys-role-mta-5.3.0"
MISSING = "package %s is not installed" % NAME
DAMAGED = (
    "error: cannot open Packages index using db5 - (-30973)\nerror: cannot open Packages database in /var/lib/rpm\n"
)


@pytest.mark.parametrize(
    ("status", "output", "installed"),
    [
        (0, NAME + "-1.x86_64", True),
        (0, "warning: waiting for shared lock on /var/lib/rpm/.rpm.lock\n" + NAME, True),
        (1, MISSING, False),
        (2, MISSING + "\npackage other is not installed", False),
    ],
)
def test_what_is_an_answer(status, output, installed):
    assert rpm.failure(status, output) == ""
    assert rpm.are_installed([NAME], lambda command, timeout: Ran(status, output)) is installed


def test_files_of_no_package_and_files_that_are_not_there_are_answers():
    assert rpm.failure(1, "file /opt/x is not owned by any package") == ""
    assert rpm.failure(2, "5.3.0\nerror: file /opt/msys/ecelerity/sbin/eccmgr: No such file or directory") == ""


@pytest.mark.parametrize(
    ("status", "output", "words"),
    [
        (1, DAMAGED + MISSING, "cannot open Packages database in /var/lib/rpm"),
        (1, "error: sqlite failure: SELECT hnum FROM Packages: database is locked\n" + MISSING, "database is locked"),
        (0, DAMAGED, "cannot open Packages index"),
        (1, "", "rpm ended with status 1 and said nothing"),
        (-9, MISSING, MISSING),
        (None, "rpm did not finish within 60 seconds", "did not finish"),
    ],
)
def test_what_is_none(status, output, words):
    assert words in rpm.failure(status, output)
    with pytest.raises(PlanError) as error:
        rpm.are_installed([NAME], lambda command, timeout: Ran(status, output))
    assert words in str(error.value) and NAME in str(error.value)


def test_a_node_without_rpm_differs_from_one_whose_rpm_does_not_answer():
    assert rpm.is_absent(Ran(None, "rpm: No such file or directory"))
    assert not rpm.is_absent(Ran(None, "rpm did not finish within 60 seconds"))
    assert not rpm.are_installed([NAME], lambda command, timeout: Ran(None, "rpm: No such file or directory"))


def test_nobody_is_asked_about_no_package():
    assert rpm.are_installed([], lambda command, timeout: Ran(1, "")) is True
