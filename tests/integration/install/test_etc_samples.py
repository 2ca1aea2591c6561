# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role install copies samples that belong in etc, such as liveupdate.conf (4.3.1 of the installation manual), where they are missing.

The role ends where it enables the service, which this machine does not have."""

import grp
import os
import pwd

import pytest
from test_controller_files import play

SAMPLE = "AdaptiveLiveUpdates=enabled\n"


@pytest.fixture
def node(tmp_path):
    """An installed node below tmp_path."""
    for name in ("momentum/sbin", "momentum/etc/conf/default", "momentum/etc/sample-configs"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "momentum" / "sbin" / "ecelerity").write_text("")
    (tmp_path / "momentum" / "etc" / "conf" / "default" / "ecelerity.conf").write_text("Max_Retries = 20\n")
    (tmp_path / "momentum" / "etc" / "sample-configs" / "liveupdate.conf").write_text(SAMPLE)
    return tmp_path


def variables(node, **more):
    return dict(
        momentum_prefix=str(node / "momentum"),
        momentum_state_dir=str(node / "state"),
        momentum_service_name="momentum-no-such-service",
        momentum_packages=[],
        momentum_config_owner=pwd.getpwuid(os.geteuid()).pw_name,
        momentum_config_group=grp.getgrgid(os.getegid()).gr_name,
        **more,
    )


def test_it_is_copied_where_it_is_missing_with_owner_and_mode_in_full(node):
    previous = os.umask(0o077)
    try:
        play(node, "main", variables(node, momentum_samples_etc=["liveupdate.conf"]))
    finally:
        os.umask(previous)
    copied = node / "momentum" / "etc" / "liveupdate.conf"
    assert copied.read_text() == SAMPLE and copied.stat().st_mode & 0o7777 == 0o640


def test_one_that_is_there_is_left_alone(node):
    there = node / "momentum" / "etc" / "liveupdate.conf"
    there.write_text("BounceLiveUpdates=disabled\n")
    there.chmod(0o600)
    done = play(node, "main", variables(node, momentum_samples_etc=["liveupdate.conf"]))
    assert there.read_text() == "BounceLiveUpdates=disabled\n" and there.stat().st_mode & 0o7777 == 0o600
    assert "changed=0" in done.stdout


@pytest.mark.parametrize(
    ("more", "arguments"), [({}, ()), ({"momentum_samples_etc": ["liveupdate.conf"]}, ("--check",))]
)
def test_nothing_is_copied_without_the_variable_or_in_check_mode(node, more, arguments):
    play(node, "main", variables(node, **more), *arguments)
    assert sorted(os.listdir(str(node / "momentum" / "etc"))) == ["conf", "sample-configs"]
