# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of variables of an adopted node: the same for the same node, and harmless whatever the node says."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from plugins.plugin_utils.adoption import remarks, text
from plugins.plugin_utils.adoption.accepted import DEEPEST, AdoptionError
from plugins.plugin_utils.adoption.sections import SECTIONS


class Unsafe(str):
    """A text with the tag that keeps Ansible from running it."""


class Loader(yaml.SafeLoader):
    """Reads the tag."""


Loader.add_constructor("!unsafe", lambda loader, found: Unsafe(loader.construct_scalar(found)))
WORDS = st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=40)
VALUES = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)
SETTINGS = st.lists(
    st.fixed_dictionaries({"scope": st.lists(WORDS, max_size=3), "option": WORDS, "value": VALUES}), max_size=4
)


def read(content):
    return yaml.load(content, Loader=Loader)  # noqa: S506 - a safe loader that knows one tag more


def written(variables, said=None):
    return text.text("mta1.example.com", variables, said or {})


@given(SETTINGS, WORDS)
def test_whatever_a_node_says_is_read_back_as_it_was(settings, user):
    variables = {"momentum_security_user": user, "momentum_settings": settings}
    found = read(written(variables))
    assert found["momentum_security_user"] == user
    assert found["momentum_settings"] == text.sorted_settings(settings)


@given(WORDS)
def test_no_remark_can_end_its_comment(words):
    said = {section.name: [words, "x " + words + "\nmomentum_control: manage"] for section in SECTIONS}
    variables = {"momentum_control": "ignore", "momentum_settings": []}
    assert read(written(variables, said)) == variables


# What YAML takes for a number, a moment and so on: marked, ansible-core 2.19 and later would make one of it.
NO_TEXT = ["", "0660", "12", "1.0e+3", "yes", "on", "null", "~", "2026-11-21", "12:30:45", "=", "<<", "yes\n"]


@pytest.mark.parametrize(
    "hostile", ["{{ 7*7 }}", "a {% if x %}", "#jinja2: a:'b'\nx", "ecuser", "12 ", "!unsafe", "a\x85b"]
)
def test_every_text_is_marked(hostile):
    setting = {"scope": ["Binding %s" % hostile], "option": hostile, "value": [hostile, {hostile: hostile}]}
    (found,) = read(written({"momentum_settings": [setting]}))["momentum_settings"]
    assert found == setting
    ((key, item),) = found["value"][1].items()
    assert [type(one) for one in (found["scope"][0], found["option"], found["value"][0], key, item)] == [Unsafe] * 5


def test_what_yaml_takes_for_no_text_stays_one_without_a_mark():
    (found,) = read(written({"momentum_settings": [{"scope": [], "option": "A", "value": NO_TEXT}]}))[
        "momentum_settings"
    ]
    assert found["value"] == NO_TEXT
    assert {type(one) for one in found["value"]} == {str}
    assert not [one for one in NO_TEXT if set(one) & set("{}[]()#$%&*")], "none of them can be a template"


def test_the_order_of_what_was_found_does_not_matter():
    settings = [
        {"scope": ["Binding b"], "option": "A", "value": "1"},
        {"scope": [], "option": "z", "value": "2"},
        {"scope": [], "option": "B", "value": "3"},
    ]
    one = written({"momentum_control": "ignore", "momentum_settings": settings})
    assert one == written({"momentum_settings": settings[::-1], "momentum_control": "ignore"})
    assert [entry["option"] for entry in read(one)["momentum_settings"]] == ["B", "z", "A"]


GOOD_SETTING = {"scope": [], "option": "A", "value": "1"}


@pytest.mark.parametrize(
    "name, value",
    [
        ("momentum_new", "1"),
        ("momentum_settings", [dict(GOOD_SETTING, allow=["anything"])]),
        ("momentum_settings", [dict(GOOD_SETTING, allow="misplaced")]),
        ("ansible_ssh_common_args", "-o ProxyCommand=planted"),
        ("momentum_bundle", ""),
        ("momentum_license", "/etc/shadow"),
        ("momentum_license", None),
        ("momentum_security_purge", 0),
        ("momentum_tls_targets", [{}]),
        ("momentum_permissions", "enforce"),
        ("momentum_security_user", 0),
        ("momentum_security_user", ["root"]),
        ("momentum_security_user", "\ud800"),
        ("momentum_packages", "msys-role-mta"),
        ("momentum_packages", [1]),
        ("momentum_health_ports", [True]),
        ("momentum_health_ports", ["25"]),
        ("momentum_settings", {}),
        ("momentum_settings", ["A"]),
        ("momentum_settings", [dict(GOOD_SETTING, state="absent")]),
        ("momentum_settings", [dict(GOOD_SETTING, scope="A")]),
        ("momentum_settings", [dict(GOOD_SETTING, value=1)]),
        ("momentum_settings", [dict(GOOD_SETTING, value=[None])]),
        ("momentum_settings", [dict(GOOD_SETTING, value={"\ud800": ""})]),
    ],
)
def test_what_an_adoption_does_not_write_is_refused_by_name(name, value):
    with pytest.raises(AdoptionError) as refused:
        written({"momentum_control": "ignore", "momentum_settings": [GOOD_SETTING], name: value})
    assert str(refused.value).startswith("mta1.example.com: ")
    assert repr(name) in str(refused.value)
    assert "/etc/shadow" not in str(refused.value) and "planted" not in str(refused.value)


def test_a_value_may_be_nested_but_not_endlessly():
    nested = "a"
    for _depth in range(DEEPEST):
        nested = [nested]
    assert read(written({"momentum_settings": [dict(GOOD_SETTING, value=nested)]}))
    with pytest.raises(AdoptionError):
        written({"momentum_settings": [dict(GOOD_SETTING, value=[nested])]})


@pytest.mark.parametrize("variables", [None, [], "planted"])
def test_a_node_without_variables_is_refused(variables):
    with pytest.raises(AdoptionError):
        written(variables)


@pytest.mark.parametrize(
    ("other", "names"),
    [
        ("a: 1\nb: [x]\n", []),
        ("# comment\nb:\n  - x\na: 1\n", ["b"]),
        ("a: 2\nb: [x]\nc: !vault |\n  abc\n", ["a", "c"]),
        ("", ["a", "b"]),
        ("- no\n- mapping\n", ["a", "b"]),
        ("a: [", ["a", "b"]),
    ],
)
def test_differences_are_names_only(other, names):
    assert text.different("a: 1\nb: [x]\n", other) == names


SERVED = {"action": "none", "health": [{"ok": True, "subject": "unit", "expected": "active", "found": "active"}]}
GOOD = {"packages": ["msys-role-mta"], "enabled": True, "unit": "ecelerity.service"}


@pytest.mark.parametrize(
    ("installation", "service", "words"),
    [
        ({}, {}, None),
        ({"packages": []}, {}, "no RPM package"),
        ({"enabled": False}, {}, "enables ecelerity.service"),
        ({"enabled": None}, {}, "knows no unit ecelerity.service"),
        ({"running": False}, {}, "does not run"),
        ({"refused": "Syntax error."}, {}, "will not start the daemon with it: Syntax error. Repair"),
        ({}, {"action": "reload", "reasons": ["files differ"]}, "reloads the daemon: files differ"),
        ({}, {"health": [{"ok": False, "subject": "port 25", "expected": "220", "found": "no"}]}, "found no"),
    ],
    ids=["nothing", "package", "disabled", "no unit", "stopped", "refused", "reload", "unhealthy"],
)
def test_what_the_first_run_does_all_the_same_is_said(installation, service, words):
    found = {"installation": dict(GOOD, **installation)}
    said = remarks.in_report(found, dict(SERVED, **service), {"counts": {}})["the first run of site"]
    assert said == [] if words is None else words in said[0]


def test_a_module_that_cannot_answer_is_named():
    said = remarks.in_report({"installation": GOOD}, {"msg": "no console"}, {"msg": "no version"})
    assert said == {
        "the first run of site": ["could not be asked: no console"],
        "momentum_permissions: enforce": ["could not be asked: no version"],
    }


def test_a_long_list_is_cut_and_counted():
    differences = [{"path": "/%d" % number, "before": "a", "after": "b"} for number in range(60)]
    said = remarks.in_report({"installation": GOOD}, SERVED, {"counts": {}, "differences": differences})
    assert said["momentum_permissions: enforce"][-1] == "and 10 more"
    assert len(said["momentum_permissions: enforce"]) == 51


@pytest.mark.parametrize(
    ("daemon", "reaches", "count"), [("ecelerity", False, 1), ("ecelerity", True, 0), ("eccmgr", False, 0)]
)
def test_a_rotation_that_does_not_reach_the_console_is_remarked(daemon, reaches, count):
    installation = {"daemon": daemon, "rotation": "/tmp/2025", "rotation_reaches": reaches}
    said = remarks.in_file({"installation": installation}, {}, {})["control"]
    assert len([line for line in said if "ec_rotate asks for the console at /tmp/2025" in line]) == count == len(said)
