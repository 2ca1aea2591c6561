# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drop-in that is computed from the configuration, and the daemon inside of it."""

import re
from typing import Any

import node
import plays
import pytest
from files import SERVICE

DROPIN = "/etc/systemd/system/ecelerity.service.d/50-msys-momentum.conf"
NET_BIND_SERVICE, NET_RAW = 1 << 10, 1 << 13


def exposure(host: Any) -> float:
    """What systemd-analyze security says: 10 is everything open."""
    words = host.run("systemd-analyze security --no-pager ecelerity.service").stdout
    return float(re.search(r"exposure level for ecelerity\.service: ([0-9.]+)", words).group(1))  # type: ignore[union-attr]


def test_the_daemon_runs_in_it_with_exactly_the_declared_capability(host: Any) -> None:
    assert host.check_output("systemctl show --property DropInPaths --value ecelerity.service") == DROPIN
    threads = node.threads(host)
    assert threads
    for thread in threads:
        assert int(thread["CapPrm"], 16) == int(thread["CapEff"], 16) == NET_BIND_SERVICE
        assert thread["NoNewPrivs"] == "1"
        assert int(thread["CapBnd"], 16) & NET_BIND_SERVICE
        assert not int(thread["CapBnd"], 16) & NET_RAW
    assert node.is_serving(host)


def test_it_lowers_the_exposure_that_systemd_computes(host: Any, capsys: pytest.CaptureFixture[str]) -> None:
    inside = exposure(host)
    away = plays.play(momentum_sandbox="absent")
    assert away.code == 0
    assert not host.file(DROPIN).exists
    outside = exposure(host)
    assert plays.play().code == 0
    with capsys.disabled():
        print("\nsystemd-analyze security: %.1f without, %.1f with the drop-in" % (outside, inside))
    assert inside < outside - 3


def test_more_capabilities_widen_it_in_the_same_run(host: Any) -> None:
    run = plays.play(momentum_security_capabilities="cap_net_bind_service,cap_net_raw+ep")
    assert run.code == 0, plays.message(run)
    assert node.capabilities(host) == NET_BIND_SERVICE | NET_RAW
    assert plays.play().code == 0
    assert node.capabilities(host) == NET_BIND_SERVICE


def test_one_that_the_daemon_cannot_live_in_is_taken_away_again(host: Any) -> None:
    before = host.file(DROPIN).content_string
    run = plays.play(momentum_sandbox_overrides={"RestrictAddressFamilies": "AF_UNIX"}, momentum_health_timeout=15)
    assert run.code != 0
    assert [entry.action for entry in run.failed()] == [plays.NODE]
    assert host.file(DROPIN).content_string == before
    assert node.is_serving(host)
    assert plays.play().changed() == []
