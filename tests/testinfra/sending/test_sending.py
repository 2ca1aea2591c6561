# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of mail to servers of others once a node has its policy: what arrived there, over what, and what was held back."""

import json
import sys
import time
from pathlib import Path
from typing import Any, Dict, Tuple

import node
import plays
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "peers"))

from outcomes import EXPECTED, PARTNERS  # noqa: E402

PEERS = "/etc/peers-of-the-test"
MAINLOG = "/var/log/ecelerity/mainlog.ec"
SECONDS = 60

Log = Dict[str, Tuple[str, str]]


@pytest.fixture(scope="module")
def log(host: Any) -> Log:
    """What the node says of a message to each server: delivered or deferred, and the words, once it has all."""
    host.check_output("python3 %s/outcomes.py" % PEERS)
    end = time.monotonic() + SECONDS
    while True:
        lines = [line.split("@", 8) for line in host.file(MAINLOG).content_string.splitlines()]
        found = {line[4].strip(">"): (line[2], line[-1]) for line in lines if len(line) == 9 and line[2] in "DTP"}
        if len(found) == len(EXPECTED) or time.monotonic() > end:
            return found
        time.sleep(1)


@pytest.fixture(scope="module")
def arrived(host: Any, log: Log) -> Dict[str, Any]:
    """What each server has, with the protocol that it came over."""
    lines = host.file(PEERS + "/received").content_string.splitlines()
    return {one["peer"]: one["tls"] for one in map(json.loads, lines)}


@pytest.mark.parametrize("domain", sorted(EXPECTED))
def test_what_arrives_and_how(domain: str, log: Log, arrived: Dict[str, Any]) -> None:
    expected = EXPECTED[domain]
    kind, words = log[domain]
    assert kind == expected.kind and expected.words in words, words
    assert (domain in arrived) is (kind == "D") and arrived.get(domain) == expected.tls


def test_partners_get_nothing_in_clear_and_nothing_unverified(arrived: Dict[str, Any]) -> None:
    assert [name for name in PARTNERS if name in arrived] == ["partner.test"]


def test_what_the_node_declares_is_what_its_configuration_has(host: Any) -> None:
    text = host.file(node.MAIN).content_string
    for line in ("Use_DANE = true", "Use_MTA_STS = true", 'TLS = "ifavailable"'):
        assert line in text
    assert "dane {" in text.lower() and text.count('TLS_Verify = "host"') == len(PARTNERS)


@pytest.mark.parametrize("check", [True, False])
def test_dane_is_refused_where_a_name_server_does_not_validate(check: bool, host: Any) -> None:
    before = node.pid(host), node.checksums(host)
    run = plays.play(check=check, momentum_settings=[{"option": "resolv_conf", "value": PEERS + "/blind.conf"}])
    assert run.refused_parts() == ["tls"]
    assert "127.0.0.2 does not validate DNSSEC" in run.output and "resolv_conf" in run.output
    assert (node.pid(host), node.checksums(host)) == before


def test_the_name_servers_are_in_the_result() -> None:
    run = plays.play(check=True)
    assert run.changed() == []
    assert run.part("tls")["resolvers"] == [{"address": "127.0.0.1", "validates": True, "because": ""}]
    assert "outbound_without_tls" not in run.output


def test_mail_in_clear_is_reported_unless_it_is_declared() -> None:
    clear = {"policy": "none"}
    assert "outbound_without_tls" in plays.play(check=True, momentum_outbound_tls=clear).output
    accepted = [{"name": "outbound_without_tls", "reason": "a closed net"}]
    run = plays.play(check=True, momentum_outbound_tls=clear, momentum_exposure_accepted=accepted)
    assert "open on purpose: outbound_without_tls (a closed net)" in run.output
