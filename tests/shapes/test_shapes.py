# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every playbook on every shape of fleet, in the order of a fleet's life. The tests build upon each other."""

import os
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator

import plays
import pytest
from fleet import Fleet
from node import CONSOLE, PREFIX, is_serving, pid

NEXT = "5.3.0"
OVER, RENEWED = "2020-01-01", "2098-12-31"  # last days of licences
SCHEMA = "/var/lib/msys-momentum/upgrade.sql"
USERS = "psql -XtAw -U ecuser -d ecelerity -c 'SELECT username FROM webconsole.users'"
SERVED = (
    "echo QUIT | openssl s_client -connect 127.0.0.1:25 -starttls smtp 2>/dev/null | openssl x509 -noout -fingerprint"
)


def pids(fleet: Fleet) -> Dict[str, int]:
    return {name: pid(fleet.host(name)) for name in fleet.nodes}


def managers(fleet: Fleet) -> Dict[str, str]:
    """The process of each manager."""
    shown = "systemctl show --property=MainPID --value eccmgr.service"
    return {name: fleet.host(name).check_output(shown) for name in fleet.managers}


def upgrade(license: Path, last_day: str, **variables: object) -> plays.Run:
    """An upgrade to the next version that brings another licence."""
    bundle = {"momentum_version": NEXT, "momentum_bundle": os.environ["MOMENTUM_STANDIN_NEXT"]}
    return play("upgrade", momentum_license=str(license), momentum_license_expires=last_day, **bundle, **variables)


def served(fleet: Fleet) -> Dict[str, str]:
    """The fingerprint of the certificate that each node presents on port 25."""
    return {name: fleet.host(name).check_output(SERVED) for name in fleet.nodes}


def play(book: str, **variables: object) -> plays.Run:
    return plays.play(book="msys.momentum." + book, **variables)


@contextmanager
def broken(host: Any) -> Iterator[None]:
    """A node whose daemon does not come up."""
    directory = "/run/systemd/system/ecelerity.service.d"
    host.check_output("mkdir -p %s", directory)
    host.check_output("printf '[Service]\\nExecStartPre=/bin/false\\n' > %s/broken.conf" % directory)
    host.check_output("systemctl daemon-reload")
    try:
        yield
    finally:
        host.check_output("rm -r %s", directory)
        host.check_output("systemctl daemon-reload")


def test_a_failure_lets_its_batch_finish_and_no_other_begin(fleet: Fleet) -> None:
    count = len(fleet.nodes)
    if count < 3:
        pytest.skip("no batch would be left")
    # One node, then a quarter of all; the second batch has the broken one.
    begun, healthy = fleet.nodes[: 1 + max(1, count // 4)], [fleet.nodes[0]] + fleet.nodes[2 : 1 + count // 4]
    with broken(fleet.host(fleet.nodes[1])):
        run = play("site")
    assert run.code != 0
    assert {entry.host for entry in run.reached()} == set(begun), run.output
    assert [name for name in healthy if not is_serving(fleet.host(name))] == []
    # After a batch in which every node has failed Ansible ends the run by itself.
    if len(begun) > 2:
        assert "failed: %s. Not begun: %s." % (fleet.nodes[1], ", ".join(fleet.nodes[len(begun) :])) in run.output


def test_site_brings_every_node_up(fleet: Fleet) -> None:
    run = play("site")
    assert run.code == 0, run.output
    assert [name for name in fleet.nodes if not is_serving(fleet.host(name))] == []


def test_a_second_run_changes_nothing(fleet: Fleet) -> None:
    before = pids(fleet)
    run = play("site")
    assert (run.code, run.changed()) == (0, []), run.output
    assert pids(fleet) == before


def test_a_rolling_restart_restarts_every_node(fleet: Fleet) -> None:
    before = pids(fleet)
    run = play("rolling_restart", momentum_restart="all")
    assert run.code == 0, run.output
    after = pids(fleet)
    assert [name for name in fleet.nodes if after[name] == before[name]] == []


def rotate(fleet: Fleet) -> None:
    """Have every node present another certificate, and each its own."""
    before = served(fleet)
    rotated = play("rotate_certificates", momentum_certificates_rekey=True)
    assert rotated.code == 0, rotated.output
    after = served(fleet)
    assert [name for name in fleet.nodes if after[name] == before[name]] == []
    assert len(set(after.values())) == len(fleet.nodes)


def test_certificates_are_made_and_rotated(fleet: Fleet) -> None:
    made = play("rotate_certificates")
    assert made.code == 0, made.output
    rotate(fleet)


def test_another_version_is_none_of_sites_business(fleet: Fleet) -> None:
    before = pids(fleet)
    run = play("site", momentum_version=NEXT, momentum_bundle=os.environ["MOMENTUM_STANDIN_NEXT"])
    assert run.code != 0 and "Run msys.momentum.upgrade" in str(plays.message(run))
    assert run.changed() == [] and pids(fleet) == before


def run_nginx(fleet: Fleet, host: Any, name: str) -> None:
    """Have msys-nginx run with a file of its operator, and make the repository of its successor known."""
    host.check_output("systemctl enable --now msys-nginx")
    host.check_output("sh -c %s", "echo '# by hand' > /opt/msys/3rdParty/nginx/conf.d/own.conf")
    fleet.copy(Path(os.environ["MOMENTUM_STANDIN_NEXT"]).with_name("openresty.tar.gz"), name, "/srv/openresty.tar.gz")
    host.check_output("tar -C /srv -xzf /srv/openresty.tar.gz")
    host.check_output("cp /srv/openresty/openresty.repo /etc/yum.repos.d/openresty.repo")


def test_the_web_server_of_before_5_1_runs_and_its_successor_can_be_had(fleet: Fleet) -> None:
    if not fleet.shape.get("nginx"):
        pytest.skip("this version has none")
    for name in fleet.nodes:
        run_nginx(fleet, fleet.host(name), name)
        assert fleet.host(name).service("msys-nginx").is_running


@pytest.mark.parametrize(
    ("given", "last_day", "words"),
    [
        pytest.param(OVER, RENEWED, "ec_lic does not confirm this licence", id="brought"),
        pytest.param(RENEWED, OVER, "expired on " + OVER, id="known", marks=pytest.mark.long),
    ],
)
def test_an_upgrade_with_a_licence_that_is_over_stops_nothing(
    fleet: Fleet, given: str, last_day: str, words: str
) -> None:
    before = pids(fleet), managers(fleet)
    run = upgrade(fleet.license(given), last_day)
    assert run.code != 0 and words in str(plays.message(run)), run.output
    assert run.changed() == [] and (pids(fleet), managers(fleet)) == before


@pytest.mark.long
def test_an_upgrade_that_dnf_is_kept_from_in_part_stops_nothing(fleet: Fleet) -> None:
    """Else the rest would be of another version, for good."""
    before, host = pids(fleet), fleet.host(fleet.nodes[0])
    host.check_output("sh -c %s", "echo 'excludepkgs=msys-gimli*' >> /etc/dnf/dnf.conf")
    try:
        run = upgrade(fleet.license(RENEWED), RENEWED)
    finally:
        host.check_output("sed -i /^excludepkgs/d /etc/dnf/dnf.conf")
    assert run.code != 0 and "dnf is kept from msys-gimli-" + NEXT in run.output, run.output
    assert pids(fleet) == before


def test_an_upgrade_leaves_every_node_in_the_new_version(fleet: Fleet) -> None:
    hosts = {name: fleet.host(name) for name in fleet.nodes}
    nginx = fleet.shape.get("nginx", False)
    license = fleet.license(RENEWED)
    run = upgrade(license, RENEWED)
    assert run.code == 0, run.output
    for host in hosts.values():
        assert NEXT in host.check_output(CONSOLE + "version")
        assert host.file(PREFIX + "/etc/license").content == license.read_bytes()
    for host in hosts.values() if nginx else ():
        assert host.service("openresty").is_running and host.service("openresty").is_enabled
        assert host.run("rpm --query msys-nginx").rc == 1 and not host.file("/opt/msys/3rdParty/nginx").exists
        for directory in ("/usr/local/openresty/nginx", "/var/lib/msys-momentum/upgrade-nginx"):
            assert host.file(directory + "/conf.d/own.conf").content_string == "# by hand\n"
        assert host.file("/usr/local/openresty/nginx/conf/nginx.conf.~1~").exists


def test_a_manager_has_dumped_its_database_and_has_it_with_the_new_schema_package(fleet: Fleet) -> None:
    """That is all: the manuals have no step that changes tables."""
    if not fleet.variables.get("momentum_database"):
        pytest.skip("no database")
    for host in map(fleet.host, fleet.managers):
        assert NEXT in host.check_output(CONSOLE + "version")
        assert host.check_output("rpm --query --queryformat '%{VERSION}' msys-ecelerity-schema") == NEXT
        assert host.check_output("stat --format '%%U:%%G %%a' %s", SCHEMA) == "root:root 600"
        assert host.run("grep -q 'CREATE TABLE webconsole.users' %s", SCHEMA).rc == 0
        assert host.check_output(USERS) == "admin"


@pytest.mark.long
def test_certificates_are_rotated_in_the_new_version(fleet: Fleet) -> None:
    rotate(fleet)


@pytest.mark.long
def test_a_second_upgrade_changes_nothing(fleet: Fleet) -> None:
    before = pids(fleet)
    run = upgrade(fleet.license(RENEWED), RENEWED)
    assert (run.code, run.changed()) == (0, []), run.output
    assert pids(fleet) == before


def test_what_is_adopted_is_as_it_is(fleet: Fleet) -> None:
    before = pids(fleet)
    adopted = play("adopt", momentum_adopt_to=str(fleet.directory / "inventory" / "host_vars"))
    assert adopted.code == 0, adopted.output
    run = play("site", momentum_bundle=os.environ["MOMENTUM_STANDIN_NEXT"])
    assert (run.code, run.changed()) == (0, []), run.output
    assert pids(fleet) == before
