# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever the locale of the account that logs in, a module does the same to the same paths and says the same.

`sshd` and `sudo` often leave a node's Python with the locale C. Python 3.7 and later then take UTF-8 for names of files of their own
accord unless configured not to, Python 3.6 takes ASCII. All paths of the node are beyond ASCII here.
"""

import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from module_nodes import ALL, ROOT, Node, Outcome, few_of_each

NAME = "größe Ж\u2019\udcff"
C = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
UTF_8 = {"LC_ALL": "C.UTF-8"}
RANDOM = re.compile(
    r"[0-9]{8}T[0-9]{6}\.[0-9]{6}-[0-9a-f]{8}|-----BEGIN.*?-----END|[0-9a-fA-F:]{40,}|[0-9-]{10}T[0-9:]{8}Z|\b[0-9]{5,}\b"
)
processes = []


@functools.lru_cache(maxsize=None)
def runner(locale):
    """The process that runs modules with a locale, see module_nodes.runner."""
    directories = [str(ROOT / ".ansible" / "collections"), str(Path(__file__).parent / "fakes")]
    directories += [os.environ[key] for key in ["CONTRACT_CORE"] if key in os.environ]
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(directories), PYTHONDONTWRITEBYTECODE="", **dict(locale))
    process = subprocess.Popen(
        [os.environ.get("CONTRACT_PYTHON", sys.executable), str(Path(__file__).parent / "run_module.py")],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )
    processes.append(process)
    return process


@pytest.fixture(scope="module", autouse=True)
def ended():
    yield
    for process in processes:
        process.stdin.close()
        process.wait()


def outcome(request, locale):
    process = runner(tuple(locale.items()))
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    return Outcome(**json.loads(process.stdout.readline()))


class Played:
    """A case on a node whose paths are beyond ASCII, in check mode and for real."""

    def __init__(self, directory, module, case, locale):
        root = directory / NAME
        root.mkdir(parents=True, mode=0o755)
        for above in [directory, *directory.parents][:4]:
            above.chmod(
                0o755
            )  # else the module that opens what the service cannot reach opens them for the second node as well
        node = Node(root, case)
        for name, content in case.get("files", {}).items():
            if name.endswith(".json"):
                node.write(name, content.replace("{root}", json.dumps(str(root))[1:-1]))
            if name.endswith("ecelerity.conf"):
                node.write(name, content + '\n# größe\nX_Größe = "ü\udcff"\n')
        self.outcomes = [outcome(node.request(module, check=True), locale)]
        if not case.get("check_only"):
            self.outcomes.append(outcome(node.request(module), locale))
        self.said = [self.normal(one.result, directory) for one in self.outcomes]
        self.files = {
            os.fsencode(name): RANDOM.sub("RANDOM", content.decode("utf-8", "surrogateescape")).replace(
                str(directory), ""
            )
            for name, content in node.contents().items()
        }

    def normal(self, result, directory):
        text = json.dumps(result, sort_keys=True, ensure_ascii=False).replace(str(directory), "")
        return RANDOM.sub("RANDOM", text)


def one_of_each():
    """Of each module the accepted case with most files; the others are for `make long`."""
    return [
        param
        if not param.marks and "failed" not in param.values[1]
        else pytest.param(*param.values, id=param.id, marks=pytest.mark.long)
        for param in few_of_each(ALL)
    ]


@pytest.mark.parametrize("module, case", one_of_each())
def test_paths_beyond_ascii_are_the_same_in_every_locale(module, case, tmp_path):
    usual = Played(tmp_path / "utf-8", module, case, UTF_8)
    plain = Played(tmp_path / "c", module, case, C)
    for one in plain.outcomes + usual.outcomes:
        assert "Traceback" not in one.output and "codec can't" not in one.output, one.output[-3000:]
    assert plain.said == usual.said
    assert sorted(plain.files) == sorted(usual.files)


CONF = "momentum/etc/conf/default/"
CONFIG = {
    "files": {
        CONF + "ecelerity.conf": 'Größe = "ü"\ninclude "zusätze/\udcff.conf"\n',
        CONF + "zusätze/\udcff.conf": 'Binding "b\udcfe" {\n  EHLO_Hostname = a\n}\n',
    },
    "arguments": {
        "settings": [{"scope": ["Binding b\udcfe"], "option": "EHLO_Hostname", "value": "mailer-ü"}],
        "validate": "never",
    },
}


def test_names_that_are_no_utf_8_are_found_changed_and_put_back(tmp_path):
    node = Node(tmp_path / NAME, CONFIG)
    before = node.contents()
    done = outcome(node.request("config"), C).result
    assert done.get("changed"), done
    assert done["diff"][0]["after_header"].endswith(CONF + "zusätze/\\xff.conf")
    assert "EHLO_Hostname = mailer-ü" in node.contents()[CONF + "zusätze/\udcff.conf"].decode(
        "utf-8", "surrogateescape"
    )
    assert outcome(node.request("config"), C).result["changed"] is False
    node.case = {"arguments": {"transactions": [done["transaction"]], "validate": "never"}}
    assert outcome(node.request("restore"), C).result["changed"] is True
    assert node.contents() == before


def test_a_run_that_is_killed_is_made_up_for(tmp_path):
    calls = None
    for kill in range(0, 40, 6):
        node = Node(tmp_path / str(kill) / NAME, CONFIG)
        request = node.request("config", kill=min(kill, calls or 0))
        process = runner(tuple(C.items()))
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        ended = json.loads(process.stdout.readline())
        calls = calls or ended["calls"]
        repeated = outcome(node.request("config"), C).result
        assert not repeated.get("failed"), repeated
        assert outcome(node.request("config", check=True), C).result["changed"] is False
        assert b"mailer" in node.contents()[CONF + "zusätze/\udcff.conf"]


def test_an_account_beyond_ascii_is_looked_for(tmp_path):
    case = {"arguments": {"files": [{"path": "{root}/x", "content": "a\n", "owner": "größe"}]}}
    node = Node(tmp_path / NAME, case)
    node.write("y", "")
    refused = outcome(node.request("keyword_file"), C).result
    assert refused["failed"] and "there is no account 'größe' on the node" in refused["msg"]
