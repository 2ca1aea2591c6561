# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hand-made installation, described by config_info as variables, is not changed by a run with these variables."""

from pathlib import Path

import pytest
import yaml
from module_nodes import ROOT, Node

from plugins.module_utils.adoption.variables import OF_MANAGER, UNMANAGED
from plugins.module_utils.security.stanza import Stanza
from plugins.plugin_utils.adoption import accepted
from plugins.plugin_utils.adoption.sections import SECTIONS

MAIN = "momentum/etc/conf/default/ecelerity.conf"
SAMPLES = ROOT / "tests" / "standin" / "ecelerity" / "etc" / "sample-configs" / "default"
HAND_MADE = {
    "every construct of the language": {
        MAIN: (ROOT / "tests" / "samples" / "every-construct.conf").read_text(),
        "momentum/etc/conf/default/local.conf": "# nothing\n",
        "momentum/etc/conf/default/common.conf": "Relay_Hosts = ( 127.0.0.0/8 )\n",
    },
    "an installation as delivered": {
        "momentum/etc/conf/default/" + path.name: path.read_text() for path in sorted(SAMPLES.glob("*.conf"))
    },
    "a cluster whose stanza takes precedence": {
        MAIN: 'Security {\n  User = "daemon"\n}\nMax_Retries = 7\ninclude "ecelerity-cluster.conf"\nMax_Retries = 9\n',
        "momentum/etc/conf/default/ecelerity-cluster.conf": (
            'security {\n  user = nobody\n  Group = "nogroup"\n  Supplemental_Groups = ( "daemon" 1 )\n'
            '  Capabilities = "cap_net_bind_service+ep"\n}\nMax_Retries = 8\nDomain a.example { Max_Retries = 1 }\n'
        ),
    },
}


@pytest.mark.parametrize("files", HAND_MADE.values(), ids=list(HAND_MADE))
def test_the_first_run_after_adoption_changes_nothing(files: dict, tmp_path: Path) -> None:
    assert MAIN in files
    node = Node(tmp_path, {"files": files})
    before = node.contents()
    live = node.run("config_info").result["variables"]
    assert live["momentum_settings"]
    assert live["momentum_tls_profile"] == ""  # so that the role leaves out msys.momentum.tls; test_roles.py
    prefix = "momentum_security_"
    security = {name[len(prefix) :]: value for name, value in live.items() if name.startswith(prefix)}
    assert security["purge"] is False
    for module, arguments in (("config", {"settings": live["momentum_settings"]}), ("security", security)):
        node.case = {"arguments": arguments}
        done = node.run(module).result
        assert not done.get("failed"), done.get("msg")
        assert done["changed"] is False, done["changes"]
    assert node.contents() == before


def roles():
    """The variables of each role."""
    paths = sorted((ROOT / "roles").glob("*/meta/argument_specs.yml"))
    return {path.parts[-3]: yaml.safe_load(path.read_text())["argument_specs"]["main"]["options"] for path in paths}


def options():
    """All variables of all roles."""
    return {name: option for role in roles().values() for name, option in role.items()}


# What a group may set without a change of a node that was adopted: parts of what is switched off, how rather than what, and judgements.
WITHOUT_EFFECT = {
    "momentum_bundle": "no package is missing",
    "momentum_bundle_checksum": "no package is missing",
    "momentum_bundle_on_node": "no package is missing",
    "momentum_bundle_unverified": "no package is missing",
    "momentum_gpg_key": "no package is missing",
    "momentum_packages_may_change": "no package is missing",
    "momentum_repository": "no package is missing",
    "momentum_repository_unverified": "no package is missing",
    "momentum_upgrade_allowed": "no package is missing",
    "momentum_upgrade_remove": "no package is missing",
    "momentum_samples": "there is a main file",
    "momentum_samples_global": "there is a main file",
    "momentum_preflight": "no package is missing; else it looks",
    "momentum_exposure_accepted": "a judgement",
    "momentum_security_allow": "a judgement",
}
OFF_WITH = {
    "momentum_certificates": "momentum_certificates_",
    "momentum_control": "momentum_control_",
    "momentum_credentials": "momentum_credentials_",
    "momentum_cluster_msgc": "momentum_cluster_",
    "momentum_database": "momentum_database_",
    "momentum_dkim_keys": "momentum_dkim_",
    "momentum_license": "momentum_license_",
    "momentum_permissions": "momentum_permissions_",
    "momentum_sandbox": "momentum_sandbox_",
    "momentum_tls_profile": "momentum_tls_",
}
# How the node is reached, and how a run is judged.
HOW = ("momentum_health_", "momentum_eccfg_", "momentum_view_")
NODE = ("momentum_nodename", "momentum_search_path", "momentum_state_dir", "momentum_validate", "momentum_working_copy")


@pytest.mark.parametrize("role", ["standalone", "cluster_node"])
def test_a_variable_of_a_group_changes_nothing_of_a_node_that_was_adopted(role, tmp_path):
    written = set(UNMANAGED[role])
    node = Node(tmp_path, {"files": HAND_MADE["an installation as delivered"]})
    written |= set(node.run("config_info").result["variables"])
    known = {}
    for name in {"install", "standalone", role} | ({"cluster_common"} if role == "cluster_node" else set()):
        known.update(roles()[name])
    # What the playbook adopt finds beside the configuration.
    adopted = {name for section in SECTIONS if section.name in ("installation", "health") for name in section.variables}
    left = [
        name
        for name in sorted(known)
        if name not in written | set(WITHOUT_EFFECT) | set(NODE)
        and not name.startswith(HOW)
        and not any(name.startswith(prefix) and switch in written for switch, prefix in OFF_WITH.items())
        and name not in adopted
    ]
    assert left == []
    # Each of the stanza, also those that the node does not set.
    assert {"momentum_security_" + field for field in Stanza._fields} <= written


def test_every_variable_that_may_be_written_is_one_of_a_role_and_has_its_place_in_the_file():
    known = options()
    named = [name for section in SECTIONS for name in section.variables]
    assert len(set(named)) == len(named)
    assert set(named) <= set(known)
    assert {name for pins in UNMANAGED.values() for name in pins} <= set(named)
    assert set(OF_MANAGER) | {name for name in OF_MANAGER.values() if name} <= set(named)


def test_what_switches_a_concern_off_is_a_value_that_the_role_takes():
    known = options()
    types = {"str": str, "list": list, "dict": dict, "bool": bool}
    for name, value in [pin for pins in UNMANAGED.values() for pin in pins.items()]:
        assert isinstance(value, types[known[name]["type"]]), name
        assert value in known[name].get("choices", [value]), name


def test_a_node_may_return_what_the_roles_declare():
    """The types that the controller demands of a node are those of the roles."""
    kinds = {"str": str, "int": int}
    for name, option in ((name, options()[name]) for name in accepted.NAMES - set(accepted.PINNED)):
        if name == "momentum_settings":
            assert {"scope", "option", "value"} <= set(option["options"])
        elif option["type"] == "list":
            assert accepted.LISTS[name] is kinds[option["elements"]], name
        else:
            assert option["type"] in ("str", "path", "raw") and name not in accepted.LISTS, name


NO_USER = {MAIN: "Max_Retries = 7\n"}


def test_permissions_are_ignored_where_the_daemon_has_no_account_of_its_own(tmp_path: Path) -> None:
    live = Node(tmp_path, {"files": NO_USER}).run("config_info").result["variables"]
    assert (live["momentum_security_user"], live["momentum_permissions"]) == ("", "ignore")


def test_a_node_without_momentum_cannot_be_taken_over(tmp_path: Path) -> None:
    refused = Node(tmp_path, {"files": NO_USER, "arguments": {"adopt": True}}).run("config_info").result
    assert refused["failed"] is True
    assert "sbin/ecelerity" in refused["msg"]


def test_bytes_that_are_no_text_are_named_and_left_where_they_are(tmp_path: Path) -> None:
    files = {MAIN: 'Good = "x"\nBad = "caf\udce9"\n', "momentum/sbin/ecelerity": "#!/bin/sh\n"}
    found = Node(tmp_path, {"files": files, "arguments": {"adopt": True}}).run("config_info").result
    assert [entry["option"] for entry in found["not_text"]] == ["Bad"]
    assert [entry["option"] for entry in found["variables"]["momentum_settings"]] == ["Good"]
    assert found["installation"]["main"]["mode"] == "0640"
