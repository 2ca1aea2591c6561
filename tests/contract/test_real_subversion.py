# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A working copy of the real Subversion, whatever is in the names of its files and whatever locale the node has. The stand-in of eccfg here is a
script around Subversion's own client, as the vendor's is."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from module_nodes import ROOT, Outcome

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("svnadmin") is None, reason="needs Subversion"),
    pytest.mark.skipif(sys.version_info < (3, 8), reason="ansible-core for this Python is not among the test tools"),
]
# In the last part of a path Subversion reads what is after an @ as a revision.
PREFIX = "opt@2/msys/ecelerity"
CONF = PREFIX + "/etc/conf@2"
MAIN = CONF + "/default/ecelerity.conf"
PASSWORD = "planted-real password"
ECCFG = """#!/bin/sh
# eccfg COMMAND --username NAME --wc PATH [--add-all --delete-all --message WORDS] [FILE]...
command=$1 copy=$5 message=$9
printf 'Password: '; stty -echo; read -r password; stty echo; echo
[ "$password" = "%s" ] || { echo "svn: E170001: Authentication failed"; exit 0; }
case $command in
  commit)
    svn status "$copy@" | sed -n 's/^? *//p' | while read -r file; do svn add "$file@"; done
    svn status "$copy@" | sed -n 's/^! *//p' | while read -r file; do svn delete "$file@"; done
    svn commit --non-interactive -m "$message" "$copy@" ;;
  revert) shift 5; for file; do svn revert "$file@"; done ;;
esac 2>&1
"""
LOCALES = {
    "C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "POSIX": {"LANG": "POSIX"},
    "C.UTF-8": {"LC_ALL": "C.UTF-8"},
    "one that the node does not have": {"LC_ALL": "xx_XX.ISO-8859-1"},
}


class Real:
    """A node whose configuration is checked out of a repository of Subversion."""

    def __init__(self, node_of):
        eccfg = {"username": "admin", "password": PASSWORD, "timeout": 30}
        arguments = {"prefix": "{root}/" + PREFIX, "working_copy": "commit", "eccfg": eccfg}
        self.node = node = node_of({"files": {PREFIX + "/bin/eccfg": ECCFG % PASSWORD}, "arguments": arguments})
        self.repository, self.copy = "file://%s/repository" % node.root, node.root / CONF
        tools = node.root / "opt@2/msys/3rdParty/bin"
        tools.mkdir(parents=True)
        (tools / "svn").symlink_to(shutil.which("svn"))
        (node.root / PREFIX / "etc").mkdir(parents=True)
        (node.root / PREFIX / "etc/conf").symlink_to("conf@2")
        self.svn("admin", "create", str(node.root / "repository"))
        self.svn("", "checkout", "-q", self.repository, str(self.copy))
        node.write(MAIN, "Max_Retries = 5\n")
        self.svn("", "add", "-q", "%s/default@" % self.copy)
        self.svn("", "commit", "-qm", "first", "%s@" % self.copy)

    @staticmethod
    def svn(more, *words):
        environment = dict(os.environ, LC_ALL="C.UTF-8")
        return subprocess.run(
            [shutil.which("svn" + more), *words],
            check=True,
            stdout=subprocess.PIPE,
            universal_newlines=True,
            env=environment,
        ).stdout

    def committed(self):
        """The revision, and the names in it."""
        names = self.svn("", "list", "-R", self.repository).split("\n")
        return int(self.svn("look", "youngest", str(self.node.root / "repository"))), sorted(filter(None, names))

    def run(self, module, locale="C", check=False, **arguments):
        self.node.case["arguments"] = dict(
            {key: self.node.case["arguments"][key] for key in ("prefix", "working_copy", "eccfg")}, **arguments
        )
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests/contract/run_module.py")],
            input=json.dumps(self.node.request(module, check)) + "\n",
            env=dict(environment, PYTHONPATH=str(ROOT / ".ansible/collections"), **LOCALES[locale]),
            stdout=subprocess.PIPE,
            universal_newlines=True,
            check=True,
        )
        outcome = Outcome(**json.loads(done.stdout))
        assert PASSWORD not in outcome.output
        return outcome.result


@pytest.fixture
def real(node_of):
    return Real(node_of)


@pytest.mark.parametrize("locale", LOCALES)
def test_names_with_an_at_sign_and_beyond_ascii_are_committed(locale, real):
    names = ["größe Ж.conf", "a@b.conf", "größe/a@b@3"]
    (real.copy / "default/größe").mkdir()
    files = [{"path": "%s/default/%s" % (real.copy, name), "content": "# own\n"} for name in names]
    check = real.run("keyword_file", locale, check=True, files=files)
    done = real.run("keyword_file", locale, files=files)
    assert not done.get("failed") and check["activations"] == done["activations"], done["msg"]
    revision, listed = real.committed()
    assert revision == 2 and {"default/" + name for name in names} <= set(listed)
    files[1]["content"] = "# another\n"
    assert not real.run("keyword_file", locale, files=files).get("failed")
    assert real.run("keyword_file", locale, files=files)["changed"] is False and real.committed()[0] == 3


def test_others_changes_of_such_names_are_named(real):
    real.node.write(CONF + "/default/größe@b.conf", "# mine\n")
    result = real.run("config", settings=[{"option": "Max_Retries", "value": 6}])
    assert result["failed"] and "default/größe@b.conf (unversioned)" in result["msg"]


@pytest.mark.parametrize(
    ("name", "is_there"),
    [("own.local", False), ("own~", False), ("sub/own.global", False), ("own.local", True), ("sub/own.global", True)],
)
def test_what_subversion_ignores_is_refused_in_check_mode_too(name, is_there, real):
    real.svn("", "update", "-q", "%s@" % real.copy)
    real.svn("", "propset", "-q", "svn:ignore", "*.local", "%s/default@" % real.copy)
    real.svn("", "propset", "-q", "svn:global-ignores", "*.global", "%s@" % real.copy)
    (real.copy / "default/sub").mkdir()
    real.svn("", "add", "-q", "%s/default/sub@" % real.copy)
    real.svn("", "commit", "-qm", "second", "%s@" % real.copy)
    if is_there:
        real.node.write("%s/default/%s" % (CONF, name), "# before\n")
    files = [{"path": "%s/default/%s" % (real.copy, name), "content": "# own\n"}]
    results = [real.run("keyword_file", check=check, files=files) for check in (True, False)]
    for result in results:
        assert result["failed"] and name in result["msg"] and "Subversion ignores it" in result["msg"], result["msg"]
    assert real.committed()[0] == 2


def test_what_is_not_committed_is_not_left_noted(real):
    path = "%s/default/ä@b.conf" % real.copy
    hook = real.node.root / "repository/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho no >&2; exit 1\n")
    hook.chmod(0o755)
    result = real.run("keyword_file", files=[{"path": path, "content": "# own\n"}])
    assert result["failed"] and "its files are as they were" in result["msg"], result["msg"]
    hook.unlink()
    assert not os.path.exists(path) and real.svn("", "status", "%s@" % real.copy) == ""
    assert not real.run("keyword_file", files=[{"path": path, "content": "# own\n"}]).get("failed")


def test_a_mode_alone_is_no_difference_for_subversion(real):
    """Not even the bit for execution, which is a property that `svn add` sets once."""
    account = {"owner": str(os.geteuid()), "group": str(os.getegid())}
    entry = dict(account, path="%s/default/ecelerity.conf" % real.copy, mode="0750")
    check, done = (real.run("config", check=check, files=[entry]) for check in (True, False))
    assert not done.get("failed"), done["msg"]
    assert check["changed"] and done["changed"] and check["activations"] == done["activations"]
    assert "eccfg" not in str(done["activations"]) and real.svn("", "status", "%s@" % real.copy) == ""
    assert real.committed()[0] == 1


def test_a_wrong_password_is_hidden_however_it_is_repeated(real):
    words = "case $command in\n  commit) printf '%s\\n' \"$password\" | fold -w 9; esac; exit 0\n"
    program = real.node.root / PREFIX / "bin/eccfg"
    program.write_text(program.read_text().partition("case")[0].replace('= "%s"' % PASSWORD, '!= ""') + words)
    result = real.run("config", settings=[{"option": "Max_Retries", "value": 6}])
    assert result["failed"] and "eccfg did not commit" in result["msg"]
    words = result["msg"].partition("ecelerity.conf: ")[2].split()
    assert words[:2] == ["Password:", "********."], words
