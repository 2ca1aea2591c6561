# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order an upgrade stops and starts services: those of the upgrade manual, sections 2.3.1 to 2.4."""

import os
import shutil

import pytest
from stub_collection import Fleet

from tests.integration.cores import NEWEST_FIRST

# A service runs if there is a file of its name. `stop` and `start` go into the calls of the host's modules.
SYSTEMCTL = """#!/bin/sh
cd "%(directory)s/services" || exit 1
verb=$1; shift
for word; do case $word in -*) ;; *) name=$word ;; esac; done
case $verb in
  is-active) for name; do if [ -e "$name" ]; then echo active; else echo inactive; fi; done; exit 3 ;;
  show) if [ -e "$name" ]; then echo ActiveState=active; else echo ActiveState=inactive; fi; echo LoadState=loaded; echo "Id=$name.service" ;;
  stop) rm "$name"; echo "stop $name" >> "%(directory)s/%(host)s/calls" ;;
  start) : > "$name"; echo "start $name" >> "%(directory)s/%(host)s/calls" ;;
esac
"""


@pytest.fixture(params=NEWEST_FIRST)
def core(request):
    return request.param


@pytest.fixture
def lay_out(tmp_path, monkeypatch, core):
    """Make a fleet of one host on which all services run but for those that are named."""
    if os.geteuid() != 0:
        pytest.skip("the record of what runs is root's")

    def make(host, group, *idle, real=("upgrade", "rollout", "cluster_common")):
        services = tmp_path / "services"
        services.mkdir()
        for name in {"ecconfigd", "msys-nginx", "msys-riak"} - set(idle):
            (services / name).touch()
        (tmp_path / "bin").mkdir()
        program = tmp_path / "bin" / "systemctl"
        program.write_text(SYSTEMCTL % {"directory": tmp_path, "host": host})
        program.chmod(0o755)
        # A real one must not be reached, whatever happens.
        monkeypatch.setenv("PATH", "%s:%s" % (program.parent, os.environ["PATH"]))
        assert shutil.which("systemctl") == str(program)
        return Fleet(tmp_path, core, {group: host}, real=real)

    return make


def steps(fleet, host):
    """What happened, without questions."""
    return [call for call in fleet.calls(host) if call.split()[0] in ("stop", "start") or call == "service"]


def test_a_node_stops_and_starts_what_the_manual_does(lay_out):
    fleet = lay_out("a", "momentum_standalone")
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    assert outcome.status == 0, outcome.output
    assert steps(fleet, "a") == ["stop ecconfigd", "stop msys-nginx", "service", "stop msys-riak", "start ecconfigd"]


def test_a_manager_stops_and_starts_what_the_manual_does(lay_out):
    fleet = lay_out("m", "momentum_cluster_managers", "msys-nginx")
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    assert outcome.status == 0, outcome.output
    assert steps(fleet, "m") == ["service", "stop ecconfigd", "stop msys-riak", "start ecconfigd"]


def test_what_does_not_run_is_not_started(lay_out):
    fleet = lay_out("a", "momentum_standalone", "ecconfigd", "msys-nginx", "msys-riak")
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    assert outcome.status == 0, outcome.output
    assert steps(fleet, "a") == ["service"]
    assert not (fleet.directory / "a" / "upgrade-services").exists()


def test_an_upgrade_that_fails_before_a_package_changes_starts_all_that_it_had_stopped(lay_out):
    fleet = lay_out("a", "momentum_standalone")
    assert fleet.run("upgrade", momentum_version="5.3.1", broken="a").status != 0
    stopped = ["stop ecconfigd", "stop msys-nginx", "service", "stop msys-riak"]
    assert steps(fleet, "a") == stopped + ["service", "start ecconfigd", "start msys-nginx", "start msys-riak"]
    assert not (fleet.directory / "a" / "upgrade-services").exists()


def test_the_run_after_one_that_failed_with_new_packages_starts_what_that_had_stopped(lay_out, tmp_path):
    fleet = lay_out("a", "momentum_standalone")
    # Each question gets another answer, as if a package had changed.
    rpm = tmp_path / "bin" / "rpm"
    rpm.write_text("#!/bin/sh\necho >> %(file)s; wc -l < %(file)s\n" % {"file": tmp_path / "asked"})
    rpm.chmod(0o755)
    assert fleet.run("upgrade", momentum_version="5.3.1", broken="a").status != 0
    assert "start ecconfigd" not in steps(fleet, "a") and not (fleet.directory / "services" / "ecconfigd").exists()
    assert fleet.run("upgrade", momentum_version="5.3.1").status == 0
    assert steps(fleet, "a")[-1] == "start ecconfigd"


def test_a_bundle_that_is_not_there_stops_nothing(lay_out):
    fleet = lay_out("a", "momentum_standalone", real=("upgrade", "rollout", "cluster_common", "install"))
    more = {"momentum_bundle": "none.tar.gz", "momentum_bundle_checksum": "0" * 64}
    outcome = fleet.run("upgrade", momentum_version="5.3.1", **more)
    assert outcome.status != 0 and "no file" in outcome.output
    assert steps(fleet, "a") == []


def test_a_dump_that_fails_leaves_the_manager_as_it_was(lay_out):
    fleet = lay_out("m", "momentum_cluster_managers", "msys-nginx", "msys-riak")
    dump = {"momentum_database": True, "momentum_upgrade_dump": "/nonexistent/dump.sql"}
    outcome = fleet.run("upgrade", momentum_version="5.3.1", **dump)
    assert outcome.status != 0 and "cannot be dumped to /nonexistent/dump.sql" in outcome.output
    assert steps(fleet, "m") == ["service", "stop ecconfigd", "start ecconfigd", "service"]
    assert outcome.begun == []


def test_a_manager_has_its_database_and_the_files_of_nodes_before_eccmgr_starts(lay_out):
    fleet = lay_out("m", "momentum_cluster_managers", real=["cluster_manager", "cluster_common"])
    database = {"momentum_database": True, "momentum_database_packages": [], "momentum_database_init": []}
    database.update(momentum_database_password="planted-database-password-1")
    state = {"files": [], "installed": True}
    outcome = fleet.run("site", momentum_state=state, **database)
    assert outcome.status == 0, outcome.output
    assert fleet.calls("m") == ["certificate", "keyword_file", "start postgresql", "database_schema", "node"]
    given = dict(fleet.arguments("m"))["node"]
    assert {"keyword_file", "config", "security", "control", "permissions", "service"} <= set(given)
    # The files of nodes have records of their own.
    assert (fleet.directory / "m" / "ecelerity" / "calls").read_text() == "config\n"
