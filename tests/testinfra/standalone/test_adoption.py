# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that somebody set up by hand is adopted without a change, and then tightened variable by variable.

The tests build upon each other, in this order. Afterwards the node is as the other tests of the scenario expect it.
"""

from pathlib import Path
from typing import Any, Iterator

import node
import plays
import pytest
import yaml

ADOPT = "msys.momentum.adopt"
STATE = "/var/lib/msys-momentum"
KEPT = "/root/kept.tar"
NET_BIND_SERVICE, NET_RAW = 1 << 10, 1 << 13
SECRET = "planted-adoption-4711"
# Other words, other places and other modes than the roles would choose.
BY_HAND = """\
# set up by hand
include "common.conf"
SECURITY { User = ecuser Group = 'ecuser' capabilities = "cap_net_raw+ep cap_net_bind_service+ep" }
Max_Retries = 0017 ; TLS_Protocols = "+ALL:-SSLv2"
Outbound_SMTP_AUTH_Pass = "%s"
EHLO_Hostname = "{{ 7*7 }}.example.com"
ESMTP_Listener {
  Listen "*:25" { Enable = yes }
  Listen "127.0.0.1:2525" { }
  Listen ":2526" { Enable = no }
}
Control_Listener { Listen "/tmp/2025" { File_Mode = "0666" } }
""".replace(" ; ", "\n")


class Adopted:
    """The node, and an inventory of its own with the variables that were written."""

    def __init__(self, host: Any, directory: Path) -> None:
        self.host = host
        self.directory = directory
        (directory / "hosts.yml").write_text("momentum_standalone:\n  hosts:\n    mta1:\n", encoding="utf-8")
        self.file = directory / "host_vars" / "mta1" / "momentum.yml"

    def adopt(self, **variables: Any) -> plays.Run:
        """Write the variables of the node."""
        return plays.play(book=ADOPT, momentum_adopt_to=str(self.directory / "host_vars"), **variables)

    def site(self, *options: str) -> plays.Run:
        """Run the playbook with them."""
        return plays.run(["ansible-playbook", plays.SITE, "--inventory=%s" % self.directory, *options])

    def change(self, before: str, after: str) -> None:
        """Change one line of the file, as an operator does."""
        text = self.file.read_text(encoding="utf-8")
        assert text.count(before) == 1, before
        self.file.write_text(text.replace(before, after), encoding="utf-8")

    def state(self) -> Any:
        """What must not change: the process, how often it started, the files with owners and modes."""
        return node.pid(self.host), node.starts(self.host), node.checksums(self.host)


@pytest.fixture(scope="module")
def adopted(host: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adopted]:
    kept = "%s/etc %s /etc/tmpfiles.d" % (node.PREFIX, STATE)
    host.check_output("tar -cpf %s %s" % (KEPT, kept))
    host.check_output("rm -r %s" % STATE)
    host.check_output("sh -c 'cat > %s <<\"END\"\n%sEND'" % (node.MAIN, BY_HAND % SECRET))
    host.check_output("chown -R ecuser:ecuser %s" % node.CONFIGURATION)
    host.check_output("chmod 0644 %s %s/common.conf" % (node.MAIN, node.CONFIGURATION))
    # Files of the last two seconds before a start count as changed after it: the kernel tells starts in whole seconds.
    host.check_output("sleep 4")
    host.check_output("systemctl restart ecelerity")
    yield Adopted(host, tmp_path_factory.mktemp("inventory"))
    host.check_output("rm -rf %s/etc %s" % (node.PREFIX, STATE))
    host.check_output("tar -xpf %s -C /" % KEPT)
    host.check_output("rm %s" % KEPT)
    host.check_output("systemctl restart ecelerity")
    assert plays.play().code == 0


def test_the_variables_are_written_for_their_owner_alone_and_nothing_on_the_node(adopted: Adopted) -> None:
    before = adopted.state()
    run = adopted.adopt()
    assert run.code == 0
    assert adopted.file.stat().st_mode & 0o777 == 0o600
    assert adopted.state() == before
    assert not adopted.host.file(STATE).exists


def test_they_say_what_the_node_is(adopted: Adopted) -> None:
    text = adopted.file.read_text(encoding="utf-8")
    found = yaml.safe_load(text.replace("!unsafe", "!!str"))
    assert found["momentum_packages"] == ["msys-role-mta"]
    assert found["momentum_version"].startswith("5.")
    assert found["momentum_service_name"] == "ecelerity"
    assert found["momentum_security_user"] == "ecuser"
    assert found["momentum_health_ports"] == [25, 2525]
    assert found["momentum_health_control"] == "/tmp/2025"
    assert (found["momentum_control"], found["momentum_permissions"]) == ("ignore", "audit")
    assert {"scope": [], "option": "TLS_Protocols", "value": "+ALL:-SSLv2"} in found["momentum_settings"]


def test_they_hold_no_secret_but_say_where_one_stays(adopted: Adopted) -> None:
    text = adopted.file.read_text(encoding="utf-8")
    assert SECRET not in text
    assert "Left out: Outbound_SMTP_AUTH_Pass (%s:6)" % node.MAIN in text


def test_a_second_adoption_writes_the_same(adopted: Adopted) -> None:
    before = adopted.file.read_bytes()
    run = adopted.adopt()
    assert (run.code, run.changed()) == (0, [])
    assert adopted.file.read_bytes() == before


def test_a_check_before_the_first_run_is_a_report_of_nothing(adopted: Adopted, monkeypatch: pytest.MonkeyPatch) -> None:
    before = adopted.state()
    for hosts in ("OK", "SKIPPED"):
        monkeypatch.setenv("ANSIBLE_DISPLAY_%s_HOSTS" % hosts, "false")
    run = adopted.site("--check", "--diff")
    assert (run.code, run.changed(), run.diffs()) == (0, [], [])
    assert adopted.state() == before
    assert "PLAY RECAP" in run.output
    assert "TASK [" not in run.output


def test_the_first_run_changes_nothing(adopted: Adopted) -> None:
    before = adopted.state()
    run = adopted.site("--diff")
    assert (run.code, run.changed(), run.diffs()) == (0, [], [])
    assert adopted.state() == before
    assert node.capabilities(adopted.host) == NET_BIND_SERVICE | NET_RAW


def test_a_capability_less_is_one_change_of_one_variable(adopted: Adopted) -> None:
    adopted.change("cap_net_raw+ep cap_net_bind_service+ep", "cap_net_bind_service+ep")
    foretold = adopted.site("--check", "--diff")
    done = adopted.site("--diff")
    assert done.code == foretold.code == 0
    assert done.changed_parts() == ["security", "service"]
    assert done.changed() == foretold.changed()
    assert done.diffs() == foretold.diffs()
    assert node.capabilities(adopted.host) == NET_BIND_SERVICE


def test_owners_and_modes_are_one_change_of_one_variable(adopted: Adopted) -> None:
    adopted.change('momentum_permissions: !unsafe "audit"', "momentum_permissions: enforce")
    run = adopted.site()
    assert run.code == 0
    assert "permissions" in run.changed_parts()
    assert node.look(adopted.host, node.MAIN) == "root:ecuser 640"
    assert adopted.site().changed() == []


def test_a_file_that_was_tightened_is_not_overwritten_without_being_asked(adopted: Adopted) -> None:
    before = adopted.file.read_bytes()
    refused = adopted.adopt()
    assert refused.code != 0
    assert "momentum_permissions" in str(plays.message(refused))
    assert adopted.file.read_bytes() == before
    assert adopted.adopt(momentum_adopt_overwrite=True).code == 0
    assert b'momentum_permissions: !unsafe "audit"' in adopted.file.read_bytes()
