# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The daemon's user swaps entries of its own tree for links while root keeps owners and modes there with the module.

tests/integration/ownership walks thousands of times; here it is the module as Ansible runs it, on the node, as often as time allows.
"""

from pathlib import Path
from typing import Any

import files
import plays
import pytest

ATTACKER = Path(__file__).resolve().parents[2] / "integration" / "ownership" / "attacker.py"
TREE, CANARIES = "/opt/policy", "/root-canaries"
RUNS = 5
MAKE = """
set -e
rm -rf {tree} {canaries}; mkdir {canaries} {tree} {tree}/stock {tree}/sub
for name in canary hard file; do echo root > {canaries}/$name; chmod 0600 {canaries}/$name; done
echo theirs > {tree}/file; echo theirs > {tree}/sub/file
chown -R ecuser:ecuser {tree}
ln {canaries}/hard {tree}/stock/hard
""".format(tree=TREE, canaries=CANARIES)


@pytest.fixture
def attack(host: Any) -> Any:
    """The attacker at work in its tree; ended with the test."""
    host.check_output(MAKE)
    host.run("cat > /usr/local/bin/attacker.py <<'END'\n%s\nEND" % ATTACKER.read_text())
    user = host.user("ecuser").uid
    host.check_output(
        "systemd-run --unit attacker --collect --property StandardOutput=file:/run/attacker.log "
        "python3 /usr/local/bin/attacker.py %d %s %s" % (user, TREE, CANARIES)
    )
    host.check_output("timeout 60 sh -c 'until grep -q begun /run/attacker.log; do sleep 0.1; done'")
    yield
    host.check_output("systemctl stop attacker; rm -rf /usr/local/bin/attacker.py %s %s" % (TREE, CANARIES))


def canaries(host: Any) -> str:
    return str(host.check_output("stat --format '%%n %%U:%%G %%a' %s %s/*" % (CANARIES, CANARIES)))


def test_the_module_never_follows_what_is_swapped_under_it(
    host: Any, attack: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before = canaries(host)
    for turn in range(RUNS):
        entry = {
            "path": TREE,
            "owner": "ecuser",
            "group": "ecuser",
            "mode": ("0640", "0660")[turn % 2],
            "recurse": True,
        }
        plays.task(files.PERMISSIONS, entries=[entry], refused="report")
        assert canaries(host) == before
    host.check_output("systemctl is-active attacker")
    host.check_output("systemctl kill --signal TERM attacker")
    host.check_output("timeout 60 sh -c 'while systemctl is-active attacker; do sleep 0.1; done'")
    rounds = int(host.check_output("tail -n 1 /run/attacker.log"))
    with capsys.disabled():
        print("\n%d runs of the module during %d rounds of the attacker; no canary changed" % (RUNS, rounds))
    assert rounds > 1000
    assert canaries(host) == before
