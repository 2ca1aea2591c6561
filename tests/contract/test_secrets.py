# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets of every shape, in every option of every module that takes one, and in files that are there already.

The places are found in the specifications of the modules; the cases of module_nodes.py are the nodes, with other secrets planted. Looked
through are result, difference, invocation, and what goes to the node's journal.
"""

import copy
import importlib
import re
import sys
import time

import pytest
from module_nodes import ALL, MODULES, PLANTED, ROOT, load_cases

from tests.tiers import some

sys.path.insert(0, str(ROOT / ".ansible" / "collections"))

STRANGE = {
    "quotes": 'planted-it\'s "planted-quoted"',
    "backslash": "planted-back\\planted-slash\\\\x",
    "line feed": 'planted-one\nplanted-two\t"planted-three"',
    "percent": "planted-100%s%%(planted-x)s",
    "unicode": "planted-e\u0301\U0001f600planted-\u202ex",
    "base64": "planted-YWJj+/planted==",
    "json": '{"planted-a": ["planted-b"]}',
    "template": "{{ planted-x }}{% planted-y %}",
    "long": "planted-" + "planted-y" * 2000,
}
WORDS = [
    time.strftime("%Y"),
    "true",
    "None",
    "none",
    "changed",
    "reload",
    "restart",
    "momentum",
    "default",
    "mode",
    "present",
]
STORED = """
Domain "strange.example.com" {
  Outbound_SMTP_AUTH_Pass = "planted-it's \\"planted-quoted\\""
  GCM_Authorization_Token_ID = planted-token # Password = planted-old
  Http_Basic_Auth = 'planted-user:planted-pass'
  # Password = "planted-comment
  #   planted-second"
  Own = [ user = u  password = "planted-a \\"
planted-b" ]
  Secret = ( planted-c planted-d )
}
Datasource "strange" {
  uri = ( "pgsql:host=db;password='planted-a planted-b';port=1" "http://u:planted-a/planted-b@h/" )
}
"""
BROKEN = '\nOutbound_SMTP_AUTH_Pass planted-a "planted-unterminated { planted-b\n'
TRANSACTION = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}-[0-9a-f]{8}")
SHORT = "planted-"


def specification(module):
    return importlib.import_module("ansible_collections.msys.momentum.plugins.modules." + module).ARGUMENTS


def places_of(options, path=()):
    """The paths of options that carry a secret, by what the specification says of them."""
    for name, option in options.items():
        inner = option.get("options")
        if option.get("no_log"):
            yield path + (name,)
        if inner is not None:
            yield from places_of(inner, path + (name,))
            if {"option", "value"} <= set(inner):
                yield path + (name, "value")
        elif option.get("type") == "dict":
            yield path + (name,)


def planted_at(arguments, path):
    """Every container and key at a path of the arguments where a secret is planted."""
    if isinstance(arguments, list):
        for item in arguments:
            yield from planted_at(item, path)
    elif isinstance(arguments, dict) and path and arguments.get(path[0]) is not None:
        inner = arguments[path[0]]
        if len(path) > 1:
            yield from planted_at(inner, path[1:])
        elif isinstance(inner, dict):
            yield from ((inner, key) for key, item in inner.items() if SHORT in str(item))
        elif isinstance(inner, str) and SHORT in inner:
            yield arguments, path[0]


def with_secret(case, path, secret):
    """The case with another secret at a place; in a connection string in its part of it."""
    changed = copy.deepcopy(case)
    for holder, key in planted_at(changed.get("arguments", {}), path):
        holder[key] = secret if PLANTED.fullmatch(holder[key]) or "=" not in holder[key] else "password=" + secret
    return changed


def case_for(module, path):
    """The case of a module with a secret planted at a place: one that changes the node, if there is one."""
    found = [case for case in load_cases(module) if any(planted_at(case.get("arguments", {}), path))]
    assert found, "plant a secret at %s in a case of %s" % (".".join(path), module)
    return min(
        found, key=lambda case: (bool(case.get("failed")), bool(case.get("check_only")), not case.get("changed"))
    )


# Directives of systemd, which the drop-in shows to everybody.
OPEN = [("sandbox", ("overrides",)), ("node", ("sandbox", "overrides"))]
PLACES = [
    (module, path) for module in MODULES for path in places_of(specification(module)) if (module, path) not in OPEN
]
PARAMETERS = [pytest.param(*place, id="%s %s" % (place[0], ".".join(place[1]))) for place in PLACES]


def test_the_places_of_secrets_are_these():
    assert {"%s %s" % (module, ".".join(path)) for module, path in PLACES} == {
        "certificate authority.passphrase",
        "certificate units.provided_key",
        "certificate_authority passphrase",
        "config settings.value",
        "control password_file.users.password",
        "credential entries.password",
        "dkim_key keys.content",
        "database_schema admin_password",
        "database_schema password",
        "keyword_file files.content",
        "keyword_file files.settings",
        "license content",
        "node certificate.authority.passphrase",
        "node certificate.units.provided_key",
        "node config.settings.value",
        "node control.password_file.users.password",
        "node credential.entries.password",
        "node dkim_key.keys.content",
        "node keyword_file.files.content",
        "node keyword_file.files.settings",
    }


@pytest.mark.parametrize("shape", some(STRANGE, ["quotes", "line feed"]))
@pytest.mark.parametrize("module, path", PARAMETERS)
def test_no_strange_secret_leaves_the_node(module, path, shape, node_of):
    case = with_secret(case_for(module, path), path, STRANGE[shape])
    node = node_of(case)
    for check in (True, False):
        if not (case.get("check_only") and not check):
            assert SHORT not in node.run(module, check=check).output


@pytest.mark.parametrize("secret", some(["1", "yes", "a\u0301b"], ["yes"]))
@pytest.mark.parametrize("module, path", [place for place in PARAMETERS if place.values[1][-1] != "content"])
def test_a_secret_of_less_than_four_characters_is_refused_by_name(module, path, secret, node_of):
    node = node_of(with_secret(case_for(module, path), path, secret))
    before = node.contents()
    refused = node.run(module).result
    assert refused.get("failed") and "%d characters" % len(secret) in refused["msg"]
    assert path[0] in refused["msg"] and node.contents() == before


SENTENCES = ("invocation", "warnings", "because", "summary", "reasons")


def useful(item):
    """What later tasks have of a result; sentences are for people."""
    if isinstance(item, dict):
        return {key: useful(value) for key, value in item.items() if key not in SENTENCES}
    return [useful(value) for value in item] if isinstance(item, list) else item


def normal(result, root):
    """It, without what differs from run to run."""
    words = TRANSACTION.sub("TRANSACTION", repr(useful(result)))
    words = re.sub(r"-----BEGIN.*?-----END", "PEM", words.replace(str(root), "ROOT"))
    return re.sub(r"[0-9a-fA-F:]{40,}|[0-9-]{10}T[0-9:]{8}Z", "RANDOM", words)


@pytest.mark.parametrize("word", some(WORDS, [WORDS[0], "true"]))
@pytest.mark.parametrize(
    "module, path", [place for place in PARAMETERS if "certificate" not in (place.values[0], place.values[1][0])]
)
def test_a_secret_that_equals_part_of_the_result_does_not_break_it(module, path, word, node_of):
    results = []
    for secret in ("planted-neutral", word):
        case = with_secret(case_for(module, path), path, secret)
        node = node_of(case)
        result = node.run(module, check=bool(case.get("check_only"))).result
        if "everybody tries first" in result.get("msg", ""):
            return
        if result.get("failed"):
            result = {"failed": True}
        results.append(normal(result, node.root))
    assert results[0] == results[1]


def test_what_a_secret_changed_is_put_back_by_name_of_the_transaction(node_of):
    path = ("settings", "value")
    node = node_of(with_secret(case_for("config", path), path, time.strftime("%Y")))
    before = node.contents()
    done = node.run("config").result
    assert TRANSACTION.fullmatch(done["transaction"]) and node.contents() != before
    node.case = {"arguments": {"transactions": [done["transaction"]]}}
    assert node.run("restore").result["changed"] is True and node.contents() == before


def stored_cases():
    """Cases with a configuration that can be read; one of each module by default."""
    seen = set()
    for module, case in (param.values for param in ALL):
        names = [name for name, text in case.get("files", {}).items() if name.endswith(".conf") and "{" in text + "{"]
        mains = [name for name in names if name.endswith(("/ecelerity.conf", "/eccluster.conf"))]
        if mains and "does not parse" not in case["name"]:
            marks = pytest.mark.long if module in seen else ()
            seen.add(module)
            yield pytest.param(module, case, mains[0], marks=marks, id="%s: %s" % (module, case["name"]))


@pytest.mark.parametrize("more", [STORED, STORED + BROKEN], ids=["parses", "does not parse"])
@pytest.mark.parametrize("module, case, name", list(stored_cases()))
def test_no_strange_secret_of_a_file_leaves_the_node(module, case, name, more, node_of):
    changed = copy.deepcopy(case)
    changed["files"][name] += more
    output = node_of(changed).run(module, check=True).output
    assert SHORT not in output and "strange secret" not in output


def test_a_line_of_another_file_that_an_include_is_linked_to_is_not_quoted(node_of):
    for module in ("config_info", "certificate_info", "config_lint", "config"):
        node = node_of({"files": {"momentum/etc/conf/default/ecelerity.conf": 'include "linked.conf"\n'}})
        (node.root / "shadow").write_text("root:$6$planted-hash:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n")
        (node.root / "momentum/etc/conf/default/linked.conf").symlink_to(node.root / "shadow")
        node.case["arguments"] = {
            "config_lint": {"version": "5.3.0"},
            "config": {"settings": [{"option": "A", "value": "b"}]},
        }.get(module, {})
        output = node.run(module, check=True).output
        assert SHORT not in output and "linked.conf:2:1: expected" in output, module


MARKED = '\nExample {\n  Word = "planted-marked"\n}\n'


@pytest.mark.parametrize("how", ["recorded", "given"])
@pytest.mark.parametrize("module, case, name", list(stored_cases()))
def test_what_a_task_marks_as_a_secret_every_module_hides(module, case, name, how, node_of):
    changed = copy.deepcopy(case)
    changed["files"][name] += MARKED
    if how == "given":
        changed.setdefault("arguments", {})["secret_options"] = ["WORD"]
    else:
        changed["files"]["state/secret_options.json"] = '["word"]\n'
    assert "planted-marked" not in node_of(changed).run(module, check=True).output


@pytest.mark.parametrize("same", [False, True], ids=["changed", "as declared"])
def test_a_mark_of_one_task_holds_for_later_tasks(same, node_of):
    stored = "planted-marked" if same else "planted-before"
    node = node_of({"files": {"momentum/etc/conf/default/ecelerity.conf": MARKED.replace("planted-marked", stored)}})
    setting = {"scope": ["Example"], "option": "Word", "value": "planted-marked", "secret": True}
    node.case["arguments"] = {"settings": [setting]}
    assert node.run("config").result["changed"] is not same
    node.case["arguments"] = {"settings": [{"option": "Max_Retries", "value": 20}]}
    for output in (node.run("config", check=True).output, node.run("config").output):
        assert "planted" not in output and "********" in output
    node.case["arguments"] = {"settings": [{"scope": ["Example"], "option": "Word", "value": "planted-other"}]}
    assert "planted" not in node.run("config", check=True).output
    node.case["arguments"] = {}
    assert "planted" not in node.run("config_info").output


@pytest.mark.parametrize("content", ["", "[", "{}", '["a", 1]', "\0"])
def test_a_damaged_record_of_marks_ends_every_task_before_it_shows_anything(content, node_of):
    files = {"momentum/etc/conf/default/ecelerity.conf": MARKED, "state/secret_options.json": content}
    for module in ("config", "config_info"):
        outcome = node_of({"files": files}).run(module)
        assert outcome.result["failed"] and "secret_options.json is damaged" in outcome.result["msg"]
        assert "planted" not in outcome.output
