# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order an upgrade stops and starts services: those of the upgrade manual, sections 2.3.1 to 2.4."""

import hashlib
import os
import shutil

import pytest
from stub_collection import Fleet

from tests.integration.cores import NEWEST_FIRST
from tests.tiers import some

# A service runs if there is a file of its name. `stop` and `start` go into the calls of the host's modules.
SYSTEMCTL = """#!/bin/sh
cd "%(directory)s/services" || exit 1
verb=$1; shift
for word; do case $word in -*) ;; *) name=$word ;; esac; done
case $verb in
  is-active) code=0; for name; do if [ -e "$name" ]; then echo active; else echo inactive; code=3; fi; done; exit $code ;;
  is-enabled) if [ "$name" = openresty ]; then echo disabled; exit 1; fi ;;
  enable) echo "enable $name" >> "%(directory)s/%(host)s/calls" ;;
  show) if [ -e "$name" ]; then echo ActiveState=active; else echo ActiveState=inactive; fi; echo LoadState=loaded; echo "Id=$name.service" ;;
  stop) rm "$name"; echo "stop $name" >> "%(directory)s/%(host)s/calls" ;;
  start|restart) : > "$name"; echo "start $name" >> "%(directory)s/%(host)s/calls" ;;
esac
"""


# What nodes and managers have in common is shown with a node every time.
PLACES = [("a", "momentum_standalone"), pytest.param("m", "momentum_cluster_managers", marks=pytest.mark.long)]


@pytest.fixture(params=NEWEST_FIRST)
def core(request):
    return request.param


@pytest.fixture
def lay_out(tmp_path, monkeypatch, core):
    """Make a fleet of one host, and of those of other groups in `beside`, on which all services run but for those that are named."""
    if os.geteuid() != 0:
        pytest.skip("the record of what runs is root's")

    def make(host, group, *idle, real=("upgrade", "rollout", "cluster_common"), beside=None):
        services = tmp_path / "services"
        services.mkdir()
        for name in {"ecconfigd", "msys-nginx", "msys-riak"} - set(idle):
            (services / name).touch()
        (tmp_path / "bin").mkdir(exist_ok=True)
        program = tmp_path / "bin" / "systemctl"
        program.write_text(SYSTEMCTL % {"directory": tmp_path, "host": host})
        program.chmod(0o755)
        # A real one must not be reached, whatever happens.
        monkeypatch.setenv("PATH", "%s:%s" % (program.parent, os.environ["PATH"]))
        assert shutil.which("systemctl") == str(program)
        return Fleet(tmp_path, core, dict(beside or {}, **{group: host}), real=real)

    return make


def steps(fleet, host):
    """What happened, without questions."""
    words = ("stop", "start", "enable", "dump", "check", "msyspg")
    return [call for call in fleet.calls(host) if call.split()[0] in words or call == "service"]


# Packages are installed until the stub of the role `install` has run; the daemon's has the version of the file `installed`.
# With a file `damaged` it says what it does of a database that it cannot open.
RPM = """#!/bin/sh
cd "%(directory)s" || exit 1
if [ -e damaged ]; then echo "error: cannot open Packages database in /var/lib/rpm" >&2; echo "package ${*#-} is not installed"; exit 1; fi
case "$*" in *--file*) if [ -s begun ]; then echo 5.3.1; else cat installed; fi; exit ;; esac
for name; do
  case $name in --*|%%*) continue ;; esac
  case $* in *--package*) if [ -e "$name" ]; then echo openresty; else echo "error: open of $name failed" >&2; exit 1; fi; continue ;; esac
  if [ -e "packages/$name" ] && [ ! -s begun ]; then echo "$name"; else echo "package $name is not installed"; code=1; fi
done
exit ${code:-0}
"""
CALLS = "%(directory)s/%(host)s/calls"
PROGRAMS = {
    # A package is offered by the words for it that are a line of the file `offered`.
    "dnf": '#!/bin/sh\nfor word; do :; done\ngrep -qxF -e "$word" %(directory)s/offered && echo openresty\nexit 0\n',
    "openresty": "#!/bin/sh\n[ -e %(directory)s/good ] || { echo line 1 >&2; exit 1; }\necho check $1 >> "
    + CALLS
    + "\n",
    "pg_dumpall": "#!/bin/sh\nprintf 'ROLE msyspg;\\nROLE web;\\n' > \"$5\" || exit 1\necho dump $1 $2 $3 >> "
    + CALLS
    + "\n",
    "msyspg": "#!/bin/sh\necho msyspg $1 >> " + CALLS + "\n",
}
NGINX = """user nobody;
pid /var/run/nginx.pid;
http {
    include mime.types;
    include /opt/msys/3rdParty/nginx/conf.d/*.conf;
}
"""


@pytest.fixture
def installed(tmp_path):
    """Make packages of a version installed on the host of a fleet, with msys-nginx and an empty OpenResty; the variables that lead to them."""

    def make(host, version, *packages):
        rpm = tmp_path / "bin" / "rpm"
        rpm.write_text(RPM % {"directory": tmp_path})
        rpm.chmod(0o755)
        for name, text in PROGRAMS.items():
            (tmp_path / "bin" / name).write_text(text % {"directory": tmp_path, "host": host})
            (tmp_path / "bin" / name).chmod(0o755)
        (tmp_path / "installed").write_text(version + "\n")
        for name in packages:
            (tmp_path / "packages").mkdir(exist_ok=True)
            (tmp_path / "packages" / name).touch()
        for path, text in {"conf/nginx.conf": NGINX, "conf.d/web.conf": "# by hand\n"}.items():
            (tmp_path / "nginx" / path).parent.mkdir(parents=True)
            (tmp_path / "nginx" / path).write_text(text)
        (tmp_path / "openresty" / "conf").mkdir(parents=True)
        (tmp_path / "openresty" / "conf" / "nginx.conf").write_text("# delivered\n")
        places = ["nginx_before", "msyspg_dumpall", "msyspg_script"]
        return {
            "momentum_version": "5.3.1",
            "momentum_own_variables": ["momentum_upgrade_" + place for place in places],
            "momentum_upgrade_nginx_before": str(tmp_path / "nginx"),
            "momentum_upgrade_nginx_root": str(tmp_path / "openresty"),
            "momentum_upgrade_nginx_packages": [],
            "momentum_upgrade_msyspg_dump": str(tmp_path / "msyspg.sql"),
            "momentum_upgrade_msyspg_dumpall": str(tmp_path / "bin" / "pg_dumpall"),
            "momentum_upgrade_msyspg_script": str(tmp_path / "bin" / "msyspg"),
        }

    return make


def test_a_node_stops_and_starts_what_the_manual_does(lay_out):
    fleet = lay_out("a", "momentum_standalone")
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    assert outcome.status == 0, outcome.output
    assert steps(fleet, "a") == ["stop ecconfigd", "stop msys-nginx", "service", "stop msys-riak", "start ecconfigd"]


def errors(output):
    """The first line of each error of Ansible's, without its colours."""
    return [line for line in output.splitlines() if "[ERROR]" in line or line.startswith("fatal:")]


@pytest.mark.long
def test_the_first_line_of_a_failure_is_its_reason_and_not_a_condition_of_the_role(lay_out):
    fleet = lay_out("a", "momentum_standalone", real=("rollout", "cluster_common"))
    (fleet.directory / "a").mkdir()
    (fleet.directory / "a" / "refuses").touch()
    outcome = fleet.run("rolling_restart")
    assert outcome.status != 0 and "failed_when' expression" not in outcome.output, outcome.output
    assert "port 25 does not answer" in errors(outcome.output)[0]
    assert "Manage the daemon: port 25 does not answer. " in errors(outcome.output)[-1]


def test_a_rolling_restart_reports_in_one_line_what_it_did_and_why(lay_out):
    fleet = lay_out("a", "momentum_standalone", real=("rollout", "cluster_common"))
    outcome = fleet.run("rolling_restart", momentum_restart="all")
    assert outcome.status == 0 and '"msg": "restart of ecelerity: momentum_restart is all"' in outcome.output, (
        outcome.output
    )
    again = fleet.run("rolling_restart")
    assert again.status == 0 and "restart of ecelerity" not in again.output, again.output


@pytest.mark.long
def test_a_service_that_does_not_start_is_named_with_the_reason(lay_out):
    fleet = lay_out("a", "momentum_standalone")
    program = fleet.directory / "bin" / "systemctl"
    program.write_text(
        program.read_text().replace("  start|restart)", "  start) echo no such socket >&2; exit 1 ;;\n  restart)")
    )
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    assert outcome.status != 0 and "failed_when' expression" not in outcome.output, outcome.output
    words = "ecconfigd does not start: Unable to start service ecconfigd: no such socket"
    assert words in errors(outcome.output)[0] and words in errors(outcome.output)[-1], errors(outcome.output)


@pytest.mark.long
def test_a_service_that_does_not_stop_is_named_with_the_reason(lay_out):
    fleet = lay_out("a", "momentum_standalone")
    program = fleet.directory / "bin" / "systemctl"
    program.write_text(program.read_text().replace("  stop)", "  stop) echo no such socket >&2; exit 1 ;;\n  end)"))
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    assert outcome.status != 0 and "One or more items failed." not in errors(outcome.output)[-1], outcome.output
    assert "Stop them: Unable to stop service ecconfigd: no such socket" in errors(outcome.output)[-1]


def test_a_manager_stops_and_starts_what_the_manual_does(lay_out):
    fleet = lay_out("m", "momentum_cluster_managers", "msys-nginx")
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    assert outcome.status == 0, outcome.output
    assert steps(fleet, "m") == ["service", "stop ecconfigd", "stop msys-riak", "start ecconfigd"]


@pytest.mark.long
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
    rpm.write_text("#!/bin/sh\necho >> %(file)s; echo 5.2.$(wc -l < %(file)s)\n" % {"file": tmp_path / "asked"})
    rpm.chmod(0o755)
    assert fleet.run("upgrade", momentum_version="5.3.1", broken="a").status != 0
    assert "start ecconfigd" not in steps(fleet, "a") and not (fleet.directory / "services" / "ecconfigd").exists()
    assert fleet.run("upgrade", momentum_version="5.3.1").status == 0
    assert steps(fleet, "a")[-1] == "start ecconfigd"


@pytest.mark.long
def test_a_bundle_that_is_not_there_stops_nothing(lay_out):
    fleet = lay_out("a", "momentum_standalone", real=("upgrade", "rollout", "cluster_common", "install"))
    more = {"momentum_bundle": "none.tar.gz", "momentum_bundle_checksum": "0" * 64}
    outcome = fleet.run("upgrade", momentum_version="5.3.1", **more)
    assert outcome.status != 0 and "no file" in outcome.output
    assert steps(fleet, "a") == []


@pytest.fixture
def bundled(tmp_path):
    """Variables with a bundle that is there; private directories are made in `tmp_path / "private"`, in which a killed run has left one."""
    left = tmp_path / "private" / "momentum-0a1b2c3d"
    (left / "bundle").mkdir(parents=True)
    left.chmod(0o700)
    (tmp_path / "private" / "momentum-of-mine").mkdir(mode=0o700)
    (tmp_path / "bundle.tar.gz").write_bytes(b"bundle")
    return {
        "momentum_version": "5.3.1",
        "momentum_bundle": "bundle.tar.gz",
        "momentum_bundle_checksum": hashlib.sha256(b"bundle").hexdigest(),
        "momentum_private_parent": str(tmp_path / "private"),
        "momentum_own_variables": ["momentum_private_parent"],
    }


WITH_INSTALL = ("upgrade", "rollout", "cluster_common", "install")


def test_packages_are_downloaded_while_the_daemon_runs(lay_out, bundled, tmp_path):
    fleet = lay_out("a", "momentum_standalone", real=WITH_INSTALL)
    outcome = fleet.run("upgrade", **bundled)
    assert outcome.status == 0, outcome.output
    calls = [call for call in fleet.calls("a") if call.split()[0] in ("bundle", "packages", "service", "stop")]
    first = calls.index("bundle")
    assert calls[first : first + 3] == ["bundle", "packages (downloads)", "stop ecconfigd"], calls
    assert calls.count("bundle") == 1 and calls.index("service") < calls.index("packages")
    # Neither its own directory nor that of a killed run stays.
    assert [path.name for path in (tmp_path / "private").iterdir()] == ["momentum-of-mine"]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"momentum_gpg_key": "no-such-key"}, "momentum_gpg_key: no file"),
        ({"momentum_repository": "momentum", "momentum_bundle": "", "momentum_gpg_key": "no-such-key"}, "no file"),
        pytest.param({"momentum_license": "no-such-license"}, "momentum_license: no file", marks=pytest.mark.long),
        pytest.param({"momentum_repository": "momentum"}, "Set either momentum_bundle", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize(("host", "group"), PLACES)
def test_what_the_controller_knows_is_known_before_anything_stops(lay_out, bundled, variables, words, host, group):
    if host == "m" and "momentum_license" in variables:
        pytest.skip("a manager needs no licence")
    fleet = lay_out(host, group, real=WITH_INSTALL)
    outcome = fleet.run("upgrade", **dict(bundled, **variables))
    assert outcome.status != 0 and words in " ".join(outcome.output.split()), outcome.output
    assert steps(fleet, host) == []


@pytest.mark.parametrize("arguments", some([{}, {"momentum_bundle": "", "momentum_repository": "momentum"}], [{}]))
@pytest.mark.parametrize(("host", "group"), PLACES)
def test_what_dnf_refuses_is_known_before_anything_stops(lay_out, bundled, tmp_path, host, group, arguments):
    fleet = lay_out(host, group, real=WITH_INSTALL)
    (fleet.directory / host).mkdir()
    (fleet.directory / host / "unresolved").touch()
    outcome = fleet.run("upgrade", **dict(bundled, **arguments))
    said = " ".join(outcome.output.split())
    assert outcome.status != 0 and "planted conflict. Nothing is stopped on %s" % host in said, outcome.output
    assert steps(fleet, host) == [] and "packages" not in fleet.calls(host)
    assert {path.name for path in (tmp_path / "private").iterdir()} <= {"momentum-of-mine", "momentum-0a1b2c3d"}


@pytest.mark.long
def test_a_dump_that_fails_leaves_the_manager_as_it_was(lay_out):
    fleet = lay_out("m", "momentum_cluster_managers", "msys-nginx", "msys-riak")
    dump = {"momentum_database": True, "momentum_upgrade_dump": "/nonexistent/dump.sql"}
    outcome = fleet.run("upgrade", momentum_version="5.3.1", **dump)
    assert outcome.status != 0 and "cannot be dumped to /nonexistent/dump.sql" in outcome.output
    assert steps(fleet, "m") == ["service", "stop ecconfigd", "service", "start ecconfigd"]
    assert outcome.begun == [] and "Nothing is upgraded. What was stopped on m runs again." in " ".join(
        outcome.output.split()
    )


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.parametrize("version", some(["4.2.37", "3.6.20"], ["3.6.20"]))
def test_an_upgrade_starts_from_the_versions_of_the_manual(lay_out, installed, version):
    fleet = lay_out("a", "momentum_standalone")
    outcome = fleet.run("upgrade", **installed("a", version))
    assert outcome.status != 0 and "starts from 4.2.38 or later" in " ".join(outcome.output.split())
    assert steps(fleet, "a") == [] and outcome.begun == []


@pytest.mark.parametrize("arguments", some([[], ["--check"]], [["--check"]]))
def test_nothing_begins_before_somebody_has_decided_about_nginx(lay_out, installed, arguments):
    fleet = lay_out("a", "momentum_standalone")
    variables = installed("a", "5.0.1", "msys-nginx")
    outcome = fleet.run("upgrade", *arguments, **variables)
    assert outcome.status != 0 and "Set momentum_upgrade_nginx to replace" in " ".join(outcome.output.split())
    variables.update(momentum_upgrade_nginx="replace", momentum_upgrade_nginx_packages=["openresty"])
    outcome = fleet.run("upgrade", *arguments, **variables)
    assert outcome.status != 0 and "no repository of a has openresty" in " ".join(outcome.output.split())
    assert steps(fleet, "a") == [] and outcome.begun == []


@pytest.mark.long
def test_nginx_is_nobodys_matter_where_the_installed_version_is_of_5_1_or_later(lay_out, installed):
    fleet = lay_out("a", "momentum_standalone")
    outcome = fleet.run("upgrade", **installed("a", "5.1.0", "msys-nginx"))
    assert outcome.status == 0, outcome.output
    assert not (fleet.directory / "a" / "upgrade-nginx").exists()


def test_the_successor_of_nginx_comes_up_with_its_configuration(lay_out, installed, tmp_path):
    fleet = lay_out("a", "momentum_standalone", "ecconfigd", "msys-riak")
    variables = dict(installed("a", "5.0.1", "msys-nginx"), momentum_upgrade_nginx="replace")
    saved, new = fleet.directory / "a" / "upgrade-nginx", tmp_path / "openresty"
    # OpenResty refuses its configuration at first.
    outcome = fleet.run("upgrade", **variables)
    assert outcome.status != 0 and steps(fleet, "a") == ["stop msys-nginx", "service"], outcome.output
    assert (saved / "conf" / "nginx.conf").read_text() == NGINX and (saved.stat().st_mode & 0o777) == 0o700
    assert "openresty -t refuses the restored configuration: line 1" in " ".join(outcome.output.split())
    lines = (new / "conf" / "nginx.conf").read_text().splitlines()
    assert lines[1] == "#pid /var/run/nginx.pid;" and lines[4] == "    include %s/conf.d/*.conf;" % new
    assert (new / "conf" / "nginx.conf.~1~").read_text() == "# delivered\n"
    (new / "conf.d" / "web.conf").write_text("# corrected\n")
    # The next run finds the packages changed, and goes on.
    (tmp_path / "good").touch()
    (tmp_path / "installed").write_text("5.3.1\n")
    (tmp_path / "packages" / "msys-nginx").unlink()
    again = fleet.run("upgrade", **variables)
    assert again.status == 0, again.output
    assert steps(fleet, "a")[-3:] == ["check -t", "enable openresty", "start openresty"]
    assert (new / "conf.d" / "web.conf").read_text() == "# corrected\n"
    assert not (fleet.directory / "a" / "upgrade-services").exists()


@pytest.mark.parametrize(("host", "group"), PLACES)
def test_the_former_database_is_dumped_and_stopped_before_packages_change(lay_out, installed, tmp_path, host, group):
    fleet = lay_out(host, group, "ecconfigd", "msys-nginx", "msys-riak")
    outcome = fleet.run("upgrade", **installed(host, "5.1.0", "msys-pg"))
    assert outcome.status == 0, outcome.output
    assert steps(fleet, host)[:3] == ["service", "dump -c -U msyspg", "msyspg stop"]
    dump, whole = tmp_path / "msyspg.sql", tmp_path / "msyspg.sql.whole"
    assert dump.read_text() == "ROLE web;\n" and "msyspg" in whole.read_text()
    assert [path.stat().st_mode & 0o777 for path in (dump, whole)] == [0o600, 0o600]


@pytest.mark.parametrize(("host", "group"), PLACES)
def test_a_former_database_that_cannot_be_dumped_keeps_the_installed_version(lay_out, installed, tmp_path, host, group):
    fleet = lay_out(host, group, "ecconfigd", "msys-nginx", "msys-riak")
    variables = dict(installed(host, "5.1.0", "msys-pg"), momentum_upgrade_msyspg_dump=str(tmp_path / "no" / "dump"))
    outcome = fleet.run("upgrade", **variables)
    assert outcome.status != 0 and "set momentum_upgrade_msyspg_dump to an empty text" in " ".join(
        outcome.output.split()
    )
    assert steps(fleet, host) == ["service", "service"] and outcome.begun == []


def test_all_nodes_stop_before_any_package_changes_where_that_is_asked_for(tmp_path, core):
    """The manual's way (2.3.3): one batch of all nodes."""
    real = ["upgrade", "rollout", "cluster_common"]
    fleet = Fleet(tmp_path, core, {"momentum_standalone": "abc"}, real=real)
    log = {"momentum_serial": "100%", "momentum_version": "5.3.1", "momentum_health_timeout": 1}
    outcome = fleet.run("upgrade", **log)
    assert outcome.status == 0, outcome.output
    stopped = outcome.output.rindex("TASK [msys.momentum.upgrade : Stop the services that the manual stops last]")
    installed = "TASK [msys.momentum.install : Note that the node is begun]"
    assert stopped < outcome.output.index(installed) and outcome.output.count(installed) == 1


@pytest.mark.long
def test_a_restart_needs_an_answer_about_the_daemon_before_the_node_is_drained(lay_out):
    fleet = lay_out("a", "momentum_cluster_nodes", real=("rollout", "cluster_common"))
    (fleet.directory / "a").mkdir()
    (fleet.directory / "a" / "silent").write_text("the lock is held by another run")
    for more in ({}, {"momentum_restart": "all"}):
        outcome = fleet.run("rolling_restart", **more)
        assert outcome.status != 0 and "the lock is held by another run" in errors(outcome.output)[-1], outcome.output
    assert fleet.calls("a") == ["service (asks)"] * 2


def test_an_upgrade_needs_an_answer_about_the_daemon_before_anything_stops(lay_out):
    fleet = lay_out("a", "momentum_standalone")
    (fleet.directory / "a").mkdir()
    (fleet.directory / "a" / "silent").write_text("the lock is held by another run")
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    assert outcome.status != 0 and "the lock is held by another run" in errors(outcome.output)[-1], outcome.output
    assert steps(fleet, "a") == [] and outcome.begun == []


@pytest.mark.parametrize("playbook", some(["rolling_restart", "upgrade"], ["rolling_restart"]))
def test_a_node_whose_console_is_silent_is_not_taken_for_one_in_no_cluster(lay_out, playbook):
    real = ("upgrade", "rollout", "cluster_common")
    fleet = lay_out("a", "momentum_cluster_nodes", "ecconfigd", "msys-nginx", "msys-riak", real=real)
    (fleet.directory / "a").mkdir()
    (fleet.directory / "a" / "mute").write_text("127.0.0.1:2026")
    outcome = fleet.run(playbook, momentum_version="5.3.1")
    words = "The console of a does not answer, and the daemon runs, so nobody knows which addresses"
    assert outcome.status != 0 and words in errors(outcome.output)[-1], outcome.output
    assert "--limit a -e momentum_rollout_require_console=false" in errors(outcome.output)[-1]
    assert not (fleet.directory / "a" / "restarted").exists() or playbook == "upgrade"  # which only asks it to run


@pytest.mark.parametrize("stopped", some([True, False], [False]))
def test_a_silent_node_is_restarted_where_its_daemon_is_stopped_or_somebody_has_decided(lay_out, stopped):
    fleet = lay_out("a", "momentum_cluster_nodes", real=("rollout", "cluster_common"))
    (fleet.directory / "a").mkdir()
    (fleet.directory / "a" / "mute").write_text("")
    if stopped:
        (fleet.directory / "a" / "stopped").touch()
    more = {} if stopped else {"momentum_rollout_require_console": False}
    outcome = fleet.run("rolling_restart", **more)
    assert outcome.status == 0 and (fleet.directory / "a" / "restarted").exists(), outcome.output


def test_the_console_is_asked_where_the_health_gate_asks_it(lay_out):
    fleet = lay_out("a", "momentum_cluster_nodes", real=("rollout", "cluster_common"))
    (fleet.directory / "a").mkdir()
    (fleet.directory / "a" / "mute").write_text("127.0.0.1:2026")
    outcome = fleet.run("rolling_restart", momentum_health_control="127.0.0.1:2026")
    assert outcome.status == 0 and (fleet.directory / "a" / "restarted").exists(), outcome.output


@pytest.mark.parametrize("arguments", some([[], ["--check"]], [["--check"]]))
def test_an_earlier_version_than_the_installed_one_stops_neither_manager_nor_node(lay_out, installed, arguments):
    fleet = lay_out("m", "momentum_cluster_managers", beside={"momentum_cluster_nodes": "a"})
    outcome = fleet.run("upgrade", *arguments, **installed("m", "5.3.2"))
    words = "Momentum 5.3.2 is installed on a, and momentum_version is 5.3.1, which is earlier. Nothing is changed."
    assert outcome.status != 0 and words in " ".join(outcome.output.split()), outcome.output
    assert steps(fleet, "m") == steps(fleet, "a") == [] and outcome.begun == []


@pytest.mark.long
def test_the_run_after_one_that_failed_at_openresty_requires_the_decision_about_it(lay_out, installed, tmp_path):
    fleet = lay_out("a", "momentum_standalone", "ecconfigd", "msys-riak")
    variables = installed("a", "5.0.1", "msys-nginx")
    # OpenResty refuses its configuration.
    assert fleet.run("upgrade", **dict(variables, momentum_upgrade_nginx="replace")).status != 0
    (tmp_path / "installed").write_text("5.3.1\n")
    (tmp_path / "packages" / "msys-nginx").unlink()
    before = (tmp_path / "openresty" / "conf" / "nginx.conf").read_text()
    for _run in range(2):
        again = fleet.run("upgrade", **variables)
        words = "msys-nginx ran on a before the upgrade, and is gone; its configuration is saved in "
        assert again.status != 0 and words in " ".join(again.output.split()), again.output
    assert (tmp_path / "openresty" / "conf" / "nginx.conf").read_text() == before
    outcome = fleet.run("upgrade", **dict(variables, momentum_upgrade_nginx="remove"))
    assert outcome.status == 0, outcome.output
    assert not [step for step in steps(fleet, "a") if "openresty" in step or step.startswith("check")]
    assert not (fleet.directory / "a" / "upgrade-services").exists()


@pytest.mark.parametrize("group", some(["momentum_cluster_nodes", "momentum_standalone"], ["momentum_standalone"]))
def test_a_daemon_that_nobody_could_ask_about_after_a_failure_is_not_called_stopped(lay_out, group):
    fleet = lay_out("a", group, real=("rollout", "cluster_common"))
    (fleet.directory / "a").mkdir()
    (fleet.directory / "a" / "refuses").touch()
    (fleet.directory / "a" / "silent-later").write_text("the lock is held by another run.")
    outcome = fleet.run("rolling_restart")
    words, clustered = " ".join(outcome.output.split()), group == "momentum_cluster_nodes"
    assert outcome.status != 0 and "left stopped" not in words and "unhealthy as well" not in words, words
    assert "is not known: the question about it failed (the lock is held by another run). It is left as it is." in words
    assert "On a, ask systemctl status ecelerity and journalctl -u ecelerity" in words
    assert ("stop it with systemctl stop ecelerity" in words) is clustered
    assert [call for call in fleet.calls("a") if call.startswith("service")] == ["service (asks)", "service"] + [
        "service (asks)"
    ]


@pytest.mark.long
def test_an_unhealthy_daemon_that_does_not_stop_is_not_called_stopped(lay_out):
    fleet = lay_out("a", "momentum_cluster_nodes", real=("rollout", "cluster_common"))
    (fleet.directory / "a").mkdir()
    (fleet.directory / "a" / "refuses").touch()
    outcome = fleet.run("rolling_restart")
    words = " ".join(outcome.output.split())
    assert outcome.status != 0 and "left stopped" not in words, words
    assert (
        "The daemon is unhealthy, and does not stop: port 25 does not answer. On a, stop it with systemctl stop ecelerity"
        in words
    )
    # The reason of the run, too.
    assert "Manage the daemon: port 25 does not answer. The daemon" in errors(outcome.output)[-1]


@pytest.mark.parametrize(("host", "group"), PLACES)
def test_an_rpm_database_that_cannot_be_asked_is_no_missing_package(lay_out, installed, tmp_path, host, group):
    fleet = lay_out(host, group)
    variables = installed(host, "5.2.0")
    (tmp_path / "damaged").touch()
    for arguments in (["--check"], []):
        outcome = fleet.run("upgrade", *arguments, **variables)
        words = "The RPM database of %s cannot be asked what is installed: error: cannot open Packages database" % host
        assert outcome.status != 0 and words in " ".join(outcome.output.split()), outcome.output
    (tmp_path / "bin" / "rpm").unlink()
    outcome = fleet.run("upgrade", PATH="%s:/usr/bin:/bin" % (tmp_path / "bin"), **variables)
    assert outcome.status != 0 and "cannot be asked what is installed: " in " ".join(outcome.output.split())
    assert steps(fleet, host) == [] and outcome.begun == []


@pytest.mark.long
def test_an_rpm_database_that_is_damaged_later_starts_nothing_in_place_of_nginx(lay_out, installed, tmp_path):
    """Its exit status is that of a package that is gone."""
    fleet = lay_out("a", "momentum_standalone", "ecconfigd", "msys-riak")
    variables = dict(installed("a", "5.0.1", "msys-nginx"), momentum_upgrade_nginx="replace")
    (tmp_path / "good").touch()
    program = tmp_path / "bin" / "rpm"
    program.write_text(program.read_text().replace("if [ -e damaged ]", "if [ -s begun ]"))
    outcome = fleet.run("upgrade", **variables)
    assert outcome.status != 0 and "cannot be asked whether msys-nginx is gone" in " ".join(outcome.output.split())
    assert steps(fleet, "a") == ["stop msys-nginx", "service"] and (fleet.directory / "a" / "upgrade-services").exists()


@pytest.mark.long
def test_services_that_nobody_could_ask_about_are_not_taken_for_stopped(lay_out):
    fleet = lay_out("a", "momentum_standalone")
    program = fleet.directory / "bin" / "systemctl"
    program.write_text(program.read_text().replace("  is-active)", "  is-active) echo no bus >&2; exit 1 ;;\n  asked)"))
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    words = "systemctl is-active does not say which of ecconfigd, msys-nginx run on a: no bus"
    assert outcome.status != 0 and words in " ".join(outcome.output.split()), outcome.output
    assert steps(fleet, "a") == ["service"] and outcome.begun == []  # started, by its state


@pytest.mark.long
def test_nginx_stops_before_it_is_removed_whatever_else_is_to_stop(lay_out, installed, tmp_path):
    fleet = lay_out("a", "momentum_standalone")
    variables = dict(installed("a", "5.0.1", "msys-nginx"), momentum_upgrade_nginx="replace")
    (tmp_path / "good").touch()
    outcome = fleet.run("upgrade", momentum_upgrade_stop=["ecconfigd"], momentum_upgrade_stop_last=[], **variables)
    assert outcome.status == 0, outcome.output
    assert steps(fleet, "a")[:3] == ["stop ecconfigd", "stop msys-nginx", "service"]
    assert steps(fleet, "a")[3:] == ["start ecconfigd", "check -t", "enable openresty", "start openresty"]


@pytest.mark.long
def test_a_service_called_nginx_without_the_package_has_no_successor(lay_out, installed):
    fleet = lay_out("a", "momentum_standalone", "ecconfigd", "msys-riak")
    outcome = fleet.run("upgrade", momentum_upgrade_nginx="replace", **installed("a", "5.0.1"))
    assert outcome.status == 0, outcome.output
    assert steps(fleet, "a") == ["stop msys-nginx", "service"]


@pytest.mark.long
def test_a_manager_whose_services_do_not_stop_starts_again(lay_out):
    fleet = lay_out("m", "momentum_cluster_managers", "msys-riak", beside={"momentum_cluster_nodes": "a"})
    program = fleet.directory / "bin" / "systemctl"
    stop = '  stop) [ "$name" != msys-nginx ] || { echo no such socket >&2; exit 1; }; '
    program.write_text(program.read_text().replace("  stop) ", stop))
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    assert outcome.status != 0 and outcome.begun == [] and steps(fleet, "a") == []
    assert steps(fleet, "m") == ["service", "stop ecconfigd", "service", "start ecconfigd"], outcome.output
    words = "Stop them: Unable to stop service msys-nginx: no such socket. Nothing is upgraded. What was stopped on m runs again."
    assert words in errors(outcome.output)[-1]


@pytest.mark.long
def test_a_manager_that_does_not_come_up_again_is_named_with_the_command_that_starts_it(lay_out):
    fleet = lay_out("m", "momentum_cluster_managers", "msys-nginx", "msys-riak")
    program = fleet.directory / "bin" / "systemctl"
    program.write_text(
        program.read_text().replace("  start|restart)", "  start) echo no room >&2; exit 1 ;;\n  restart)")
    )
    dump = {"momentum_database": True, "momentum_upgrade_dump": "/nonexistent/dump.sql"}
    outcome = fleet.run("upgrade", momentum_version="5.3.1", **dump)
    words = (
        "Down on m, with the command that starts it: services (systemctl start ecconfigd): ecconfigd does not start: "
    )
    assert outcome.status != 0 and words in errors(outcome.output)[-1], errors(outcome.output)
    # What does not start keeps nothing else down.
    assert steps(fleet, "m") == ["service", "stop ecconfigd", "service"]


@pytest.mark.parametrize("core", NEWEST_FIRST, indirect=True)
def test_where_one_manager_cannot_be_stopped_the_others_start_again(lay_out, core):
    fleet = lay_out(
        "m", "momentum_cluster_managers", "ecconfigd", "msys-nginx", "msys-riak", beside={"momentum_standalone": "a"}
    )
    managers = fleet.inventory["all"]["children"]["momentum_cluster_managers"]["hosts"]
    managers["n"] = {"momentum_database": True, "momentum_upgrade_dump": "/nonexistent/dump.sql"}
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    assert outcome.status != 0 and outcome.begun == [] and outcome.failed() == {"m", "n"}, outcome.output
    assert steps(fleet, "m") == steps(fleet, "n") == ["service", "service"] and steps(fleet, "a") == []
    assert "Not all managers can be stopped (n). Nothing is upgraded. What was stopped on m runs again." in " ".join(
        outcome.output.split()
    )


@pytest.mark.long
def test_what_stays_stopped_beside_a_daemon_in_a_new_version_is_named(lay_out, tmp_path):
    fleet = lay_out("a", "momentum_standalone")
    rpm = tmp_path / "bin" / "rpm"
    rpm.write_text("#!/bin/sh\necho >> %(file)s; echo 5.2.$(wc -l < %(file)s)\n" % {"file": tmp_path / "asked"})
    outcome = fleet.run("upgrade", momentum_version="5.3.1", broken="a")
    words = "Down, with the command that starts it: ecconfigd (systemctl start ecconfigd), which starts once a run"
    assert outcome.status != 0 and words in errors(outcome.output)[-1], errors(outcome.output)


@pytest.mark.long
def test_a_record_of_services_that_cannot_be_read_is_no_missing_one(lay_out):
    fleet = lay_out("a", "momentum_standalone", "ecconfigd", "msys-nginx", "msys-riak")
    record = fleet.directory / "a" / "upgrade-services"
    record.mkdir(parents=True)
    outcome = fleet.run("upgrade", momentum_version="5.3.1")
    assert outcome.status != 0 and outcome.begun == [], outcome.output
    words = "%s cannot be read: source is a directory" % record
    assert (
        words.lower() in errors(outcome.output)[-1].lower() and "run the playbook again" in errors(outcome.output)[-1]
    )
    # The daemon, which did not stop, is only asked to run.
    assert steps(fleet, "a") == ["service"] and record.is_dir()


@pytest.mark.long
def test_a_record_that_becomes_unreadable_leaves_the_reason_of_the_failure(lay_out, tmp_path):
    fleet = lay_out("a", "momentum_standalone")
    rpm = tmp_path / "bin" / "rpm"
    damage = "[ ! -s %(directory)s/begun ] || { rm -f %(record)s; mkdir %(record)s; }\n"
    text = "#!/bin/sh\necho >> %(file)s; echo 5.2.$(wc -l < %(file)s)\n" + damage
    record = fleet.directory / "a" / "upgrade-services"
    rpm.write_text(text % {"file": tmp_path / "asked", "record": record, "directory": tmp_path})
    outcome = fleet.run("upgrade", momentum_version="5.3.1", broken="a")
    last = errors(outcome.output)[-1]
    assert outcome.status != 0 and "Break: broken" in last, outcome.output
    assert "Down, with the command that starts it: some of ecconfigd, msys-nginx, msys-riak (systemctl" in last
    assert "upgrade-services cannot be read" in last


@pytest.mark.long
def test_services_start_again_where_the_daemon_did_not_run_before(lay_out):
    fleet = lay_out("a", "momentum_standalone", "msys-nginx", "msys-riak")
    (fleet.directory / "a").mkdir()
    (fleet.directory / "a" / "stopped").touch()
    assert fleet.run("upgrade", momentum_version="5.3.1", broken="a").status != 0
    assert steps(fleet, "a") == ["stop ecconfigd", "service", "start ecconfigd"]


@pytest.mark.long
@pytest.mark.parametrize(
    "asked",
    some(["openresty-1.25.3", "openresty-1.25.3-1.el9", "openresty >= 1.25", "openresty*"], ["openresty >= 1.25"]),
)
def test_the_successor_of_nginx_is_named_as_dnf_takes_it(lay_out, installed, tmp_path, asked):
    fleet = lay_out("a", "momentum_standalone")
    variables = dict(installed("a", "5.0.1", "msys-nginx"), momentum_upgrade_nginx="replace")
    variables["momentum_upgrade_nginx_packages"] = [asked]
    (tmp_path / "offered").write_text("openresty-1.25.2\n")
    outcome = fleet.run("upgrade", "--check", **variables)
    assert outcome.status != 0 and "no repository of a has %s" % asked in " ".join(outcome.output.split())
    (tmp_path / "offered").write_text(asked + "\n")
    outcome = fleet.run("upgrade", "--check", **variables)
    assert outcome.status == 0, outcome.output


@pytest.mark.long
def test_the_successor_of_nginx_may_be_a_file_and_no_group(lay_out, installed, tmp_path):
    fleet = lay_out("a", "momentum_standalone")
    variables = dict(installed("a", "5.0.1", "msys-nginx"), momentum_upgrade_nginx="replace")
    file = str(tmp_path / "msys-openresty.rpm")
    variables["momentum_upgrade_nginx_packages"] = [file]
    outcome = fleet.run("upgrade", "--check", **variables)
    assert outcome.status != 0 and "error: open of %s failed" % file in " ".join(outcome.output.split())
    (tmp_path / "msys-openresty.rpm").touch()
    assert fleet.run("upgrade", "--check", **variables).status == 0
    outcome = fleet.run("upgrade", "--check", **dict(variables, momentum_upgrade_nginx_packages=["@web"]))
    assert outcome.status != 0 and "A group cannot be looked up before anything stops" in " ".join(
        outcome.output.split()
    )
