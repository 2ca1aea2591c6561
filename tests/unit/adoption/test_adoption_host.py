# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is reported of a hand-made installation: its ports, packages, unit and owners."""

import os

import pytest

from plugins.module_utils import node_options as nodes
from plugins.module_utils.adoption import installation as adoption_host
from plugins.module_utils.adoption.variables import is_text, smtp_ports, variables
from plugins.module_utils.config.option_modes import as_octal
from plugins.module_utils.config.plan import DesiredSetting
from plugins.module_utils.daemon.kinds import ECCMGR
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.errors import PlanError
from plugins.module_utils.host.program import Ran
from plugins.module_utils.security.safety_checks import Host
from plugins.module_utils.security.stanza import Stanza

PROGRAM = "/opt/msys/ecelerity/sbin/ecelerity"
OWNED = Ran(0, "msys-ecelerity-core 5.3.0.12345")
HOST = Host(uid=lambda name: 1, gid=lambda name: 1, is_directory=lambda path: True)
MISSING = Ran(None, "rpm: No such file or directory")


def effective(text):
    files = {"/c/main.conf": text.encode("utf-8", "surrogateescape")}
    return Effective(load("/c/main.conf", [], nodename="mta1", reader=OverlayReader(files)))


def node(prefix="/opt/msys/ecelerity"):
    params = dict.fromkeys(("main", "search_path", "nodename", "subcluster"))
    return nodes.from_params(dict(params, prefix=prefix, state_dir="/nowhere", validate="auto"))


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("", []),
        ("ESMTP_Listener { }", [25]),
        ("ESMTP_Listener { Enable = false }", []),
        ('ESMTP_Listener { Listen ":587" { } Listen ":25" { } Listen "[::1]:25" { } }', [25, 587]),
        ('ESMTP_Listener { Listen "10.0.0.1" { } Listen ":submission" { } }', [25, 587]),
        ('ESMTP_Listener { Listen ":25" { Enable = off } Listen ":2525" { } }', [2525]),
        ('ESMTP_Listener { Enable = false Listen ":25" { } Listen ":26" { Enable = true } }', [26]),
        ('ESMTP_Listener { Listen "/run/smtp" { } Listen ":nonsense" { } }', []),
        ('Control_Listener { Listen ":2025" { } } HTTP_Listener { Listen ":80" { } }', []),
    ],
)
def test_ports_are_those_at_which_mail_is_taken_in(text, ports):
    assert smtp_ports(effective(text)) == ports


def test_bytes_that_are_no_utf_8_and_what_a_result_shows_as_an_escape_are_no_text():
    text = 'Good = "caf\u00e9\n\tx"\nBad = "caf\udce9"\nBad_List = ( "x" "\udce9" )\nBad_Sign = "\x1b"\nD "\u202e" { In_Scope = 1 }\n'
    settings = effective(text).settings()
    assert [setting.name for setting in settings if not is_text(setting)] == ["Bad", "Bad_List", "Bad_Sign", "In_Scope"]


def test_a_stanza_that_a_result_cannot_show_as_it_is_is_left_out():
    described = variables([], Stanza(user="ecuser", chroot="/srv\x1b"), HOST)
    assert "momentum_security_chroot" not in described and described["momentum_security_user"] == "ecuser"


def rpm(owner, roles):
    """RPM of straw: what it says of a file, and of packages by name."""
    return lambda command, timeout: owner if command[1] == "-qf" else Ran(1 if roles.status else 0, roles.output)


@pytest.mark.parametrize(
    ("owner", "roles", "packages"),
    [
        (OWNED, Ran(0, "msys-role-mta 5.3.0.12345"), (["msys-role-mta"], "5.3.0.12345")),
        (OWNED, Ran(0, "msys-role-mta 5.2.0.1"), (["msys-ecelerity-core"], "5.3.0.12345")),
        (OWNED, Ran(1, "package msys-role-mta is not installed"), (["msys-ecelerity-core"], "5.3.0.12345")),
        (Ran(1, "file /opt/x is not owned by any package"), Ran(0, ""), ([], "")),
        (MISSING, MISSING, ([], "")),
    ],
    ids=["role", "role of another version", "no role", "not owned", "no rpm"],
)
def test_the_packages_named_are_such_that_rpm_finds_them_in_that_version(owner, roles, packages):
    assert adoption_host.packages_of(PROGRAM, run=rpm(owner, roles)) == packages


def test_a_database_that_cannot_be_asked_is_no_installation_without_packages():
    damaged = "error: cannot open Packages database in /var/lib/rpm\n"
    for owner, roles in (
        (Ran(1, damaged + "file /opt/x is not owned by any package"), Ran(0, "")),
        (OWNED, Ran(1, damaged + "package msys-role-mta is not installed")),
    ):
        with pytest.raises(PlanError, match="cannot open Packages database"):
            adoption_host.packages_of(PROGRAM, run=rpm(owner, roles))


def test_the_packages_of_a_manager_are_those_that_are_there():
    words = (
        "msys-role-manager 5.3.0.12345\npackage msys-role-db is not installed\nmsys-ecelerity-mobility-db 5.3.0.12345"
    )
    found = adoption_host.packages_of(PROGRAM, ECCMGR, rpm(OWNED, Ran(1, words)))
    assert found == (["msys-role-manager", "msys-ecelerity-mobility-db"], "5.3.0.12345")


def systemd(**units):
    """systemd of straw: for each unit, with _ for . and -, its properties."""

    def run(command, timeout):
        known = units.get(command[-1].replace(".", "_").replace("-", "_"), {"LoadState": "not-found"})
        return Ran(0, "\n".join("%s=%s" % pair for pair in known.items()))

    return run


def proc_of(tmp_path, groups):
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "cgroup").write_text(groups)
    return str(tmp_path)


LOADED = {"LoadState": "loaded", "UnitFileState": "enabled"}
MTA = {"LoadState": "loaded", "ExecStart": "{ path=/opt/msys/ecelerity/bin/ec_ctl ; argv[]=ec_ctl start ; }"}
SSH = {"LoadState": "loaded", "ExecStart": "{ path=/usr/sbin/sshd ; argv[]=/usr/sbin/sshd -D ; }"}


@pytest.mark.parametrize(
    ("groups", "units", "name"),
    [
        ("0::/system.slice/mta.service\n", {"ecelerity_service": LOADED, "mta_service": MTA}, "ecelerity.service"),
        ("0::/system.slice/mta.service\n", {"mta_service": MTA}, "mta.service"),
        ("12:pids:/system.slice/mta.service\n1:name=systemd:/x\n", {"mta_service": MTA}, "mta.service"),
        ("0::/system.slice/sshd.service\n", {"sshd_service": SSH}, "ecelerity.service"),
        ("0::/user.slice/session-3.scope\n", {}, "ecelerity.service"),
    ],
    ids=["expected", "own", "own of cgroup v1", "somebody else's", "none"],
)
def test_the_unit_is_the_expected_one_or_the_one_that_runs_the_installation(tmp_path, groups, units, name):
    proc = proc_of(tmp_path, groups)
    assert adoption_host.unit_of(node(), "ecelerity.service", 7, systemd(**units), proc) == name


def test_a_daemon_that_does_not_run_has_the_expected_unit(tmp_path):
    assert adoption_host.unit_of(node(), "ecelerity.service", None, systemd(), str(tmp_path)) == "ecelerity.service"


@pytest.mark.parametrize(
    ("state", "enabled"), [("enabled", True), ("generated", True), ("disabled", False), ("masked", False)]
)
def test_whether_a_node_starts_the_unit_is_told(state, enabled):
    run = systemd(ecelerity_service={"LoadState": "loaded", "UnitFileState": state})
    assert adoption_host.is_enabled("ecelerity.service", run) is enabled


def test_a_unit_that_systemd_does_not_know_is_neither_on_nor_off():
    assert adoption_host.is_enabled("ecelerity.service", systemd()) is None


def test_owners_without_an_account_are_numbers(tmp_path):
    path = tmp_path / "file"
    path.write_text("")
    path.chmod(0o640)
    if os.getuid() == 0:
        os.chown(str(path), 54321, 54322)
        assert adoption_host.attributes(str(path)) == ("54321", "54322", "0640")
    found = adoption_host.attributes(str(path))
    assert found is not None and found.mode == "0640"
    assert adoption_host.attributes(str(tmp_path / "gone")) is None


def installation(**more):
    known = adoption_host.Installation(
        "ecelerity",
        ["msys-role-mta"],
        "5.3.0",
        "ecelerity.service",
        True,
        True,
        "/tmp/2025",
        "/tmp/2025",
        True,
        [25],
        None,
        None,
    )
    return known._replace(**more)


def test_what_is_as_by_default_is_not_said_and_what_the_gate_asks_for_is():
    assert adoption_host.variables(node(), installation(console="", ports=[]), "5.3.0") == {
        "momentum_health_control": "",
        "momentum_health_ports": [],
        "momentum_packages": ["msys-role-mta"],
        "momentum_service_name": "ecelerity",
        "momentum_version": "5.3.0",
    }


def test_what_differs_from_the_default_is_said():
    other = node("/opt/other")._replace(main="/etc/mta.conf")
    found = adoption_host.variables(other, installation(main=adoption_host.Attributes("a", "b", "0644")), "5.3.0")
    assert (found["momentum_prefix"], found["momentum_main"]) == ("/opt/other", "/etc/mta.conf")
    assert (found["momentum_config_owner"], found["momentum_config_group"]) == ("a", "b")


def test_a_version_that_rpm_would_not_find_is_left_open():
    found = adoption_host.variables(node(), installation(package_version="5.3.0a"), "5.3.0")
    assert "momentum_version" not in found


def test_modes_that_no_variable_takes_stay_options_which_a_run_leaves_alone():
    text = "Logs {\n  file_mode = 0640\n  dir_mode = 775\n}\nControl_Listener { File_Mode = 0666 }\n"
    found = effective(text)
    described = variables(found.settings(), Stanza(), HOST, "cluster_manager")
    assert described["momentum_manager_log_file_mode"] == "0640"
    assert described["momentum_manager_log_directory_mode"] == ""
    left = {one["option"]: one["value"] for one in described["momentum_settings"]}
    assert left == {"dir_mode": "775", "File_Mode": "0666"}
    scopes = [(("Logs", None),), (("Control_Listener", None),)]
    all_desired = [DesiredSetting(path, option, value) for path, (option, value) in zip(scopes, left.items())]
    assert as_octal(all_desired, found) == all_desired


def test_a_mode_of_the_configuration_that_no_run_would_give_is_not_said(tmp_path):
    owned = [adoption_host.Attributes("a", "b", mode) for mode in ("0646", "02750")]
    found = adoption_host.variables(node(), installation(main=owned[0], directory=owned[1]), "5.3.0")
    assert "momentum_config_mode" not in found and found["momentum_config_directory_mode"] == "02750"
    if os.geteuid() == 0:
        tmp_path.chmod(0o2750)
        seen = adoption_host.attributes(str(tmp_path))
        assert seen is not None and seen.mode == "02750"


def test_what_the_daemon_runs_with_is_kept_where_the_catalog_would_refuse_it():
    text = (
        b'Max_Retries = many\nGenerate_Bounces = yes\nESMTP_Listener {\n  Listen ":25" {\n    Max_Retries = 3\n  }\n}\n'
    )
    main = "/conf/default/ecelerity.conf"
    effective = Effective(load(main, search_path=[], nodename="n", reader=OverlayReader({main: text})))
    settings = variables(effective.settings(), Stanza(user="ecuser"), HOST)["momentum_settings"]
    allowed = {(" > ".join(one["scope"]), one["option"]): one.get("allow") for one in settings}
    assert allowed == {
        ("", "Max_Retries"): ["wrong_type"],
        ("", "Generate_Bounces"): None,
        ('ESMTP_Listener > Listen ":25"', "Max_Retries"): ["misplaced"],
    }
