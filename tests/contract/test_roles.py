# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles say in one place what they take: argument specs, defaults and their modules agree."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import ansible.template
import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from plugins.module_utils.options import parts

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())


def read(path):
    return yaml.safe_load((ROOT / path).read_text()) or {}


def options(role):
    return read("roles/%s/meta/argument_specs.yml" % role)["argument_specs"]["main"]["options"]


def documentation(module):
    """The DOCUMENTATION of a module as data, read without importing it."""
    tree = ast.parse((ROOT / "plugins" / "modules" / (module + ".py")).read_text())
    (text,) = [
        node.value.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "DOCUMENTATION"
    ]
    return yaml.safe_load(text)


@pytest.mark.parametrize("role", ROLES)
def test_every_default_is_described_with_the_same_value(role):
    specs, defaults = options(role), read("roles/%s/defaults/main.yml" % role)
    assert set(defaults) <= set(specs), sorted(set(defaults) - set(specs))
    literal = {name: value for name, value in defaults.items() if "{{" not in str(value)}
    assert {name: specs[name].get("default") for name in literal} == literal


@pytest.mark.parametrize("role", ROLES)
def test_every_described_default_is_the_roles_own(role):
    """A role that this one includes does not see the defaults of its dependencies, where it was itself included."""
    described = {name for name, spec in options(role).items() if "default" in spec}
    assert described - set(read("roles/%s/defaults/main.yml" % role)) == set()


@pytest.mark.parametrize("role", ROLES)
def test_every_argument_says_what_it_is_and_what_type_it_has(role):
    for name, spec in options(role).items():
        assert spec.get("description"), name
        assert spec.get("type"), name
        assert "default" in spec or spec.get("required") or name not in read("roles/%s/defaults/main.yml" % role), name


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_has_the_prefix_of_the_collection(role):
    assert all(name.startswith("momentum_") for name in options(role))


def test_each_option_is_declared_once():
    """What several roles have is in tools/role_options.yml alone, and written into them from there."""
    ended = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "role_options.py"), "--check"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    shared = yaml.safe_load((ROOT / "tools" / "role_options.yml").read_text())
    having = {}
    for role in ROLES:
        for name in options(role):
            having.setdefault(name, []).append(role)
    assert {name: one["roles"] for name, one in shared.items()} == {
        name: roles for name, roles in having.items() if len(roles) > 1
    }


def test_the_settings_of_a_role_are_those_of_the_module():
    module = documentation("config")["options"]["settings"]["suboptions"]
    role = options("standalone")["momentum_settings"]["options"]
    assert {name: entry.get("type") for name, entry in role.items()} == {
        name: entry.get("type") for name, entry in module.items()
    }


@pytest.mark.parametrize(
    ("variable", "module", "option"),
    [
        ("momentum_security_allow", "security", "allow"),
        ("momentum_credentials_allow", "credential", "allow"),
        ("momentum_control_allow", "control", "allow"),
        ("momentum_sandbox_protect_system", "sandbox", "protect_system"),
        ("momentum_permissions_leave", "permissions", "leave"),
        ("momentum_permissions_manual_modes", "permissions", "manual_modes"),
        ("momentum_permissions_refused", "permissions", "refused"),
        ("momentum_permissions_umask", "permissions", "umask"),
    ],
)
def test_the_choices_of_a_role_are_those_of_the_module(variable, module, option):
    assert options("standalone")[variable]["choices"] == documentation(module)["options"][option]["choices"]


def test_the_choices_of_tls_in_a_role_are_those_of_the_modules():
    role = options("standalone")
    target = documentation("tls")["options"]["targets"]["suboptions"]
    assert role["momentum_tls_allow"]["choices"] == target["allow"]["choices"]
    assert role["momentum_tls_dhparams_group"]["choices"] == documentation("dhparams")["options"]["group"]["choices"]


# From ansible-core 2.19 on only text from trusted sources is a template.
TRUSTED = {"trusted_as_template": True} if hasattr(ansible.template, "trust_as_template") else {}


def templated(name, requested, key=None):
    """A variable of the role, or one of its keys alone, as Ansible works it out from what is requested and the defaults."""
    variables = {name: spec["default"] for name, spec in options("standalone").items() if "default" in spec}
    for role in ("cluster_common", "standalone"):
        variables.update(DataLoader().load_from_file(str(ROOT / "roles" / role / "vars/main.yml"), **TRUSTED))
    variables.update(requested)
    return Templar(loader=DataLoader(), variables=variables).template(
        variables[name] if key is None else variables[name][key]
    )


MODERN = {"profile": "mozilla-modern", "post_quantum": False, "allow": ["plaintext_downgrade"]}
DHE = {"dhe": True, "dhparams_file": "/etc/dh.pem"}


@pytest.mark.parametrize(
    ("requested", "target"),
    [
        ({}, [{"profile": "mozilla-intermediate", "post_quantum": True, "allow": []}]),
        ({"profile": ""}, []),
        ({"profile": "", "targets": [{"scope": ["ESMTP_Listener"]}], "allow": ["unlimited_protocols"]}, []),
        ({"profile": "", "dhparams_file": "/etc/dh.pem"}, [DHE]),
        ({"profile": "mozilla-modern", "post_quantum": False, "allow": ["plaintext_downgrade"]}, [MODERN]),
        (
            {
                "profile": "mozilla-modern",
                "post_quantum": False,
                "allow": ["plaintext_downgrade"],
                "dhparams_file": "/etc/dh.pem",
            },
            [{**MODERN, **DHE}],
        ),
    ],
)
def test_the_variables_of_tls_become_one_target_for_the_global_scope_or_none(requested, target):
    requested = {"momentum_tls_" + name: value for name, value in requested.items()}
    assert templated("momentum_tls_global_target", requested) == target


def test_a_variable_with_nothing_after_its_colon_is_empty_as_documented():
    nothing = {"momentum_security_capabilities": None, "momentum_tls_dhparams_file": None, "omit": "omitted"}
    assert templated("momentum_part_security", nothing)["capabilities"] == ""
    assert templated("momentum_part_conditions", nothing, "dhparams") is False


def test_null_in_the_security_stanza_leaves_nothing_out():
    """The module takes null for an option that it is not to manage, so that the daemon would stay what the configuration has, root perhaps."""
    names = ("user", "group", "supplemental_groups", "chroot", "privileges", "capabilities")
    nothing = dict({"momentum_security_" + name: None for name in names}, omit="omitted")
    found = templated("momentum_part_security", nothing)
    assert {name: found[name] for name in names} == {
        "user": "ecuser",
        "group": "ecuser",
        "supplemental_groups": [],
        "chroot": "",
        "privileges": "",
        "capabilities": "",
    }
    assert templated("momentum_part_permissions", nothing, "user") == "ecuser"
    assert templated("momentum_part_control", nothing, "socket_owner") == "ecuser"
    assert templated("momentum_part_dkim_key", nothing, "group") == "ecuser"


def test_what_is_set_in_the_security_stanza_stays_and_what_is_not_set_is_left_out():
    requested = {"momentum_security_user": "", "momentum_security_group": 0, "momentum_security_chroot": "/jail"}
    found = templated("momentum_part_security", dict(requested, omit="omitted"))
    assert (found["user"], str(found["group"]), found["chroot"]) == ("", "0", "/jail")
    assert (found["supplemental_groups"], found["privileges"]) == ("omitted", "omitted")


@pytest.mark.parametrize("role", ROLES)
def test_no_role_gives_the_account_of_the_daemon_without_a_fallback_for_null(role):
    bare = re.compile(r"(?:\{\{ |, '(?:owner|group)': )momentum_security_(?:user|group)\b(?! \|)")
    files = (ROOT / "roles" / role / "vars").glob("*.yml")
    assert [found for path in files for found in bare.findall(path.read_text())] == []


def test_keys_that_sign_are_a_part_where_they_are_listed_or_restricted_in_every_run():
    keys = [{"domain": "example.com", "selector": "s1", "signs": True}]
    for requested, is_part in (({}, False), ({"keys": keys}, True), ({"named_keys": "restrict"}, True)):
        requested = {"momentum_dkim_" + name: value for name, value in requested.items()}
        assert templated("momentum_part_conditions", requested, "dkim_key") is is_part
    requested = {
        "momentum_dkim_keys": keys,
        "momentum_security_group": "mail",
        "omit": "omitted",
        "momentum_version": "",
    }
    assert templated("momentum_part_dkim_key", requested) == {
        "keys": keys,
        "stanza": "omitted",
        "version": "omitted",
        "generate": True,
        "publication": "required",
        "resolvers": [],
        "named_keys": "restrict",
        "group": "mail",
    }


@pytest.mark.parametrize("role", ROLES)
def test_null_is_as_empty_as_an_empty_text(role):
    """With nothing after its colon a variable is null, which newer versions of ansible-core take for a text and which equals none."""
    texts = "|".join(sorted(name for name, spec in options(role).items() if spec["type"] in ("str", "path")))
    files = [path for kind in ("tasks", "vars") for path in (ROOT / "roles" / role / kind).glob("*.yml")]
    compared = re.compile(r"\b(%s) (?:!=|==) ''" % texts)
    assert [(path.name, found) for path in files for found in compared.findall(path.read_text())] == []


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_described_for_people(role):
    text = (ROOT / "roles" / role / "README.md").read_text()
    missing = [
        name for name in options(role) if name not in text and name not in (ROOT / "docs" / "site.md").read_text()
    ]
    assert not missing


# Modules that read or write a path of the controller; `slurp` reads one of another host where it is delegated.
PATHS = {
    "copy": ("src", "dest"),
    "template": ("src", "dest"),
    "file": ("path",),
    "slurp": ("src",),
    "include_tasks": ("file",),
}
PATHS.update({name: ("src",) for name in ("unarchive", "script", "patch", "fetch", "assemble")})


def tasks_of(entries):
    """All tasks below plays and blocks, flat."""
    for entry in entries:
        inner = [entry.get(key, []) for key in ("tasks", "pre_tasks", "post_tasks", "block", "rescue", "always")]
        yield entry
        for some in inner:
            yield from tasks_of(some)


def definitions(path):
    """The variables that a file of tasks or a playbook uses, as text by name: of roles that belong together, and its own."""
    found = {}
    for role in ("cluster_common", path.parent.parent.name):
        file = ROOT / "roles" / role / "vars" / "main.yml"
        found.update(yaml.safe_load(file.read_text()) or {} if file.is_file() else {})
    for entry in yaml.safe_load(path.read_text()):
        found.update(entry.get("vars", {}))
    return {name: str(value) for name, value in found.items()}


def spelled_out(text, known, seen=()):
    """A template with what its variables are defined as."""
    for name in sorted(set(re.findall(r"momentum_\w+", text)) & set(known) - set(seen)):
        text += spelled_out(known[name], known, (*seen, name))
    return text


def paths_of_the_controller():
    for path in sorted([*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("playbooks/*.yml")]):
        known = definitions(path)
        for task in tasks_of(yaml.safe_load(path.read_text())):
            for value in [value for name, value in task.items() if name.startswith("msys.momentum.")]:
                text = spelled_out(str(value), known)
                if "lookup('ansible.builtin.file'" in text:
                    yield path, task["name"], text
            for module, options in PATHS.items():
                arguments = task.get("ansible.builtin." + module)
                if not isinstance(arguments, dict):
                    continue
                here = (
                    module in ("copy", "template", "include_tasks", "unarchive")
                    and arguments.get("remote_src") is not True
                )
                used = [arguments.get(option, "") for option in options if here or task.get("delegate_to")]
                if not task.get("delegate_to"):
                    used = used[:1]
                # What the role or the playbook brings along is named without a variable that a node could set.
                yield from ((path, task["name"], spelled_out(one, known)) for one in used if "momentum_" in one)


def test_a_node_never_chooses_a_path_of_the_controller_or_of_another_host():
    """Facts take precedence over the inventory: every such path passes the filter that looks at them."""
    found = list(paths_of_the_controller())
    assert len(found) >= 8, found
    assert [(path.name, name) for path, name, text in found if "refuse_node_facts" not in text] == []


def test_what_one_host_says_about_itself_is_used_by_others_only_if_no_facts_say_it():
    """The exception is what modules returned in this run, which is registered and takes precedence over facts."""
    registered = {"momentum_proven_nodes"}
    for path in sorted(ROOT.glob("roles/*/vars/main.yml")):
        for name, text in (yaml.safe_load(path.read_text()) or {}).items():
            if "hostvars" in str(text) and name not in registered:
                assert "refuse_node_facts" in text, (path, name)


# An authority's certificates are signed on the controller, so they have a role of their own.
OF_A_ROLE = set(parts.NAMES)
# What a role gives the task of a node beside its parts.
BESIDE_PARTS = {"exposure_accepted"}


def conditions(role):
    return set(read("roles/%s/vars/main.yml" % role)["momentum_part_conditions"])


@pytest.mark.parametrize("role", ["standalone", "cluster_manager"])
def test_every_declared_part_of_a_node_is_given_to_its_one_task_and_has_a_tag(role):
    (node,) = nodes_of(role, "main")
    assert set(node["msys.momentum.node"]) - BESIDE_PARTS == conditions(role) <= OF_A_ROLE
    assert set(node["msys.momentum.node"]) >= BESIDE_PARTS
    whole = read("roles/%s/tasks/main.yml" % role)[0]
    assert set(node.get("tags", whole.get("tags"))) == conditions(role)


def test_what_is_judged_before_anybody_signs_is_what_is_then_written():
    (judged,), (written,) = nodes_of("standalone", "elsewhere"), nodes_of("standalone", "main")
    assert judged["check_mode"] is True and judged["msys.momentum.node"] == written["msys.momentum.node"]


def nodes_of(role, file):
    return [task for task in tasks_of(read("roles/%s/tasks/%s.yml" % (role, file))) if "msys.momentum.node" in task]


def test_every_part_that_a_role_can_manage_is_a_tag_of_the_playbooks():
    assert conditions("standalone") == OF_A_ROLE
    tasks = {task["name"]: task for task in tasks_of(read("roles/cluster_node/tasks/main.yml"))}
    assert set(tasks["Configure the node as the role standalone does"]["tags"]) == OF_A_ROLE
    (check,) = [task for task in read("playbooks/tasks/check_inventory.yml") if "tags that" in task["name"]]
    assert set(check["vars"]["momentum_rollout_parts"]) == OF_A_ROLE
    assert ",".join(sorted(OF_A_ROLE)) in {
        ",".join(sorted(line.partition("--tags ")[2].rstrip("]").split(",")))
        for line in (ROOT / "playbooks/site.yml").read_text().splitlines()
    }


def variables_of(type_name):
    """The variables of all roles that have a type, as one regular expression."""
    names = {name for role in ROLES for name, spec in options(role).items() if spec["type"] == type_name}
    return "(?:%s)" % "|".join(sorted(names))


CONDITIONS = {"when", "that", "until", "failed_when", "changed_when"}


def expressions(value, key=""):
    """The expressions below a value of a file of tasks or variables; a variable alone, which a module or role converts, is none."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from expressions(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from expressions(inner, key)
    elif key in CONDITIONS:
        yield str(value)
    elif not re.match(r"\{\{ \w+ \}\}$", str(value)):
        yield from re.findall(r"\{[{%](.*?)[%}]\}", str(value), re.DOTALL)


@pytest.mark.parametrize("converted", ["bool", "int"])
def test_a_boolean_or_number_in_quotes_is_what_it_says(converted):
    """`-e NAME=false` is the text "false": true in an expression, or no condition at all, depending on the version of ansible-core."""
    bare = re.compile(r"\b(%s)\b(?! \|(?: default\(\w+\) \|)? %s\b)" % (variables_of(converted), converted))
    files = [*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("roles/*/vars/*.yml"), *ROOT.glob("playbooks/**/*.yml")]
    assert len(files) > 30
    found = [
        (path.relative_to(ROOT).as_posix(), name)
        for path in sorted(files)
        for text in expressions(yaml.safe_load(path.read_text()))
        for name in bare.findall(re.sub(r"'[^']*'", "''", text))
    ]
    assert found == []


@pytest.mark.parametrize("role", ["standalone", "cluster_manager"])
def test_every_finding_of_exposure_can_be_accepted_and_nothing_else(role):
    names = options(role)["momentum_exposure_accepted"]["options"]["name"]["choices"]
    documented = re.search(
        r'^DOCUMENTATION = r"""\n(.*?)^"""', (ROOT / "plugins/modules/node.py").read_text(), re.M | re.S
    )
    module = yaml.safe_load(documented.group(1))["options"]["exposure_accepted"]["suboptions"]["name"]["choices"]
    assert (
        names
        == module
        == parts.ARGUMENTS["exposure_accepted"]["options"]["name"]["choices"]
        == parts.exposure.ENTRY["name"]["choices"]
    )
