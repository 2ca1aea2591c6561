# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes in a working copy are committed through eccfg where a task requests it: all of them, nothing else, and never half."""

import base64
import hashlib
import json
import os
import shlex
import signal
import sys

import pytest
from module_nodes import ROOT, answer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.version_info < (3, 8), reason="the stand-in's programs need a newer Python"),
]

STANDIN = ROOT / "tests" / "standin"
PREFIX = "opt/msys/ecelerity"
CONF = PREFIX + "/etc/conf"
MAIN = CONF + "/default/ecelerity.conf"
PASSWORD = "planted-eccfg-password"
SETTINGS = [{"option": "Max_Retries", "value": 6}]
SERVED = "var/ecconfigd/repo/standin.json"


class Copy:
    """A node whose configuration was checked out of a repository beside it."""

    def __init__(self, node):
        self.node = node
        self.root = node.root
        for program, source in (
            ("ecelerity/bin/eccfg", "ecelerity/bin/eccfg.py"),
            ("3rdParty/bin/svn", "3rdParty/bin/svn.py"),
        ):
            words = '#!/bin/sh\nMOMENTUM_STANDIN_ROOT=%s PYTHONPATH=%s exec %s %s "$@"\n'
            given = (self.root, STANDIN / "ecelerity" / "lib", sys.executable, STANDIN / source)
            node.write("opt/msys/" + program, words % tuple(shlex.quote(str(one)) for one in given))
        digest = hashlib.md5(("admin:ecconfigd repo:" + PASSWORD).encode()).hexdigest()
        node.write("var/ecconfigd/repo/svn-auth.htdigest", "admin:ecconfigd repo:%s\n" % digest)
        files = {"default/ecelerity.conf": self.encoded(MAIN), "default/other.conf": base64.b64encode(b"").decode()}
        node.write(CONF + "/default/other.conf", "")
        self.save(
            SERVED, {"revision": 46, "conflict": False, "files": {name: [46, one] for name, one in files.items()}}
        )
        self.save(CONF + "/.svn/standin.json", {"revision": 46, "base": files, "added": [], "conflicts": []})

    def encoded(self, name):
        return base64.b64encode((self.root / name).read_bytes()).decode()

    def save(self, name, data):
        self.node.write(name, json.dumps(data))

    def load(self, name):
        return json.loads((self.root / name).read_text())

    def served(self, name="default/ecelerity.conf"):
        found = self.load(SERVED)["files"].get(name)
        return None if found is None else base64.b64decode(found[1]).decode()

    @property
    def revision(self):
        return self.load(SERVED)["revision"]

    def everything(self):
        """All but what the collection keeps for itself."""
        return {name: text for name, text in self.node.contents().items() if not name.startswith("state")}

    def run(self, module="config", check=False):
        outcome = self.node.run(module, check=check)
        assert PASSWORD not in outcome.output
        return outcome.result

    def refused(self, module="config"):
        """The message of a run that is refused, as its check is, and changes nothing."""
        before = self.everything()
        results = [self.run(module, check) for check in (True, False)]
        assert all(result.get("failed") for result in results), results
        assert results[0]["msg"] == results[1]["msg"]
        assert self.everything() == before
        return results[0]["msg"]


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def given(copy, path, content):
    """An entry of `files` with a content."""
    copy.node.write("source", content)
    return {"path": path, "source": "{root}/source", "mode": "0640", "owner": "root", "group": "root"}


def linked(directory):
    """Have a link in the place of a directory, which is elsewhere."""
    directory.rename(directory.parent.parent / "elsewhere")
    directory.symlink_to("../elsewhere")


def checked_out(node_of):
    eccfg = {"username": "admin", "password": PASSWORD, "timeout": 20}
    arguments = {"prefix": "{root}/" + PREFIX, "settings": SETTINGS, "working_copy": "commit", "eccfg": eccfg}
    return Copy(node_of({"files": {MAIN: "Max_Retries = 5\n"}, "arguments": arguments}))


@pytest.fixture
def copy(node_of):
    return checked_out(node_of)


def test_a_change_is_committed_and_check_mode_says_so(copy):
    before = copy.everything()
    check = copy.run(check=True)
    assert copy.everything() == before and check["changed"]
    done = copy.run()
    assert not done.get("failed"), done["msg"]
    assert check["activations"] == done["activations"] and check["diff"] == done["diff"]
    assert done["activations"][0]["name"] == "eccfg" and done["activations"][0]["files"] == [str(copy.root / MAIN)]
    assert copy.served() == (copy.root / MAIN).read_text() == "Max_Retries = 6\n"
    assert copy.revision == 47
    again = copy.run()
    assert not again["changed"] and not again.get("activations") and copy.revision == 47


def test_a_new_file_and_a_new_directory_are_added(copy):
    includes = "{root}/%s/default/own/new.conf" % CONF
    copy.node.case["arguments"].update(settings=[], files=[given(copy, includes, "# own\n")])
    (copy.root / CONF / "default/own").mkdir()
    done = copy.run()
    assert not done.get("failed"), done["msg"]
    assert copy.served("default/own/new.conf") == "# own\n"
    assert copy.run()["changed"] is False


def ignoring(copy, directory, patterns):
    """Have Subversion ignore what the patterns match in a directory."""
    record = CONF + "/.svn/standin.json"
    copy.save(record, dict(copy.load(record), ignore={directory: patterns}))


@pytest.mark.parametrize("is_there", [False, True])
def test_a_file_that_subversion_ignores_is_refused_and_not_announced(is_there, copy):
    ignoring(copy, "default", "*.local\n")
    path = CONF + "/default/own.local"
    if is_there:
        copy.node.write(path, "# before\n")
    copy.node.case["arguments"].update(files=[{"path": "{root}/" + path, "content": "# own\n"}])
    del copy.node.case["arguments"]["settings"]
    words = copy.refused("keyword_file")
    assert str(copy.root / path) in words and "Subversion ignores it" in words and "svn:ignore" in words


def test_what_others_have_that_subversion_ignores_is_no_obstacle(copy):
    ignoring(copy, "default", "*.local\n")
    copy.node.write(CONF + "/default/mine.local", "# mine\n")
    done = copy.run()
    assert not done.get("failed"), done["msg"]
    assert copy.served() == "Max_Retries = 6\n" and copy.served("default/mine.local") is None


def test_names_beyond_ascii_are_committed_whatever_locale_the_task_has(copy):
    files = [{"path": "{root}/%s/default/größe Ж.conf" % CONF, "content": "# own\n"}]
    copy.node.case["arguments"].update(files=files)
    del copy.node.case["arguments"]["settings"]
    done = copy.run("keyword_file")
    assert not done.get("failed"), done["msg"]
    assert copy.served("default/größe Ж.conf") == "# own\n" and copy.run("keyword_file")["changed"] is False


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda copy: copy.node.write(CONF + "/default/other.conf", "# mine\n"), "other.conf (modified)"),
        (lambda copy: copy.node.write(CONF + "/default/ecelerity.conf~", "# mine\n"), "ecelerity.conf~ (unversioned)"),
        (lambda copy: (copy.root / CONF / "default/other.conf").unlink(), "other.conf (missing)"),
        (lambda copy: (copy.root / PREFIX / "bin/eccfg").unlink(), "eccfg is no program"),
        (lambda copy: (copy.root / "opt/msys/3rdParty/bin/svn").unlink(), "svn, which tells what is not committed"),
        (lambda copy: (copy.root / CONF / ".svn/standin.json").unlink(), "is not a working copy"),
        (lambda copy: linked(copy.root / CONF / ".svn"), ".svn is no directory that its owner alone writes to"),
        (lambda copy: (copy.root / CONF / ".svn").chmod(0o777), ".svn is no directory that its owner alone writes to"),
        (
            lambda copy: copy.node.write(MAIN, "Max_Retries = 5\n# mine\n"),
            "ecelerity.conf (modified): was changed before",
        ),
        (lambda copy: copy.node.case["arguments"].pop("eccfg"), "eccfg.username"),
        (lambda copy: copy.node.case["arguments"]["eccfg"].update(username="-x"), "begins with '-'"),
        (lambda copy: copy.node.case["arguments"]["eccfg"].update(password="planted-one\nplanted-two"), "control char"),
        (lambda copy: copy.node.case["arguments"]["eccfg"].update(timeout=0), "eccfg.timeout is 0"),
    ],
)
def test_what_could_not_be_committed_alone_is_refused_before_anything_is_written(change, words, copy):
    change(copy)
    assert words in copy.refused()


def mine(copy):
    """Another's changes at the places of the task's new files: one that eccfg does not know, and one that is noted for addition."""
    for name in ("unknown", "noted"):
        copy.node.write("%s/default/%s.conf" % (CONF, name), "# mine\n")
    copy.save(
        CONF + "/.svn/standin.json",
        dict(copy.load(CONF + "/.svn/standin.json"), added=["default/noted.conf"]),
    )


def test_what_another_changed_before_is_neither_committed_nor_reverted(copy):
    """Where the task would write the same files, its commit would take that along, and its failure would revert it."""
    mine(copy)
    del copy.node.case["arguments"]["settings"]
    paths = ["{root}/%s/default/%s.conf" % (CONF, name) for name in ("unknown", "noted")]
    copy.node.case["arguments"]["files"] = [{"path": path, "content": "# own\n"} for path in paths]
    copy.save(SERVED, dict(copy.load(SERVED), conflict=True))
    message = copy.refused("keyword_file")
    assert "noted.conf (added)" in message and "unknown.conf (unversioned)" in message
    assert "was changed before this task" in message and "eccfg revert" in message


def test_a_file_that_another_removed_before_is_not_brought_back_by_a_commit(copy):
    (copy.root / CONF / "default/other.conf").unlink()
    path = "{root}/%s/default/other.conf" % CONF
    copy.node.case["arguments"].update(settings=[], files=[given(copy, path, "# own\n")])
    assert "other.conf (missing): was changed before this task" in copy.refused()


def test_a_new_file_in_a_directory_of_another_s_takes_nothing_along(copy):
    copy.node.write(CONF + "/default/own/mine.conf", "# mine\n")
    path = "{root}/%s/default/own/new.conf" % CONF
    copy.node.case["arguments"].update(settings=[], files=[given(copy, path, "# own\n")])
    assert "default/own (unversioned)" in copy.refused()


def test_a_conflict_is_named_with_its_remedy(copy):
    copy.save(
        CONF + "/.svn/standin.json", dict(copy.load(CONF + "/.svn/standin.json"), conflicts=["default/ecelerity.conf"])
    )
    assert "eccfg resolve" in copy.refused()


def test_a_private_key_does_not_go_into_the_repository(copy):
    key = "-----BEGIN PRIVATE " + "KEY-----\nplanted-key\n-----END PRIVATE " + "KEY-----\n"
    path = "{root}/%s/default/own.pem" % CONF
    copy.node.case["arguments"].update(settings=[], files=[given(copy, path, key)])
    assert "holds a private key" in copy.refused()


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda copy: copy.node.case["arguments"]["eccfg"].update(password="planted-wrong"), "Authentication failed"),
        (
            lambda copy: copy.node.case["arguments"]["eccfg"].pop("password"),
            "asks for a password; check eccfg.username",
        ),
        (lambda copy: copy.node.case["arguments"]["eccfg"].update(username="another"), "Authentication failed"),
        (lambda copy: copy.save(SERVED, dict(copy.load(SERVED), conflict=True)), "conflicted state"),
        (lambda copy: (copy.root / SERVED).unlink(), "Unable to connect"),
        (
            lambda copy: copy.save(
                SERVED,
                dict(
                    copy.load(SERVED),
                    revision=47,
                    files={"default/ecelerity.conf": [47, base64.b64encode(b"#\n").decode()]},
                ),
            ),
            "is out of date",
        ),
    ],
)
def test_what_the_repository_refuses_is_put_back(change, words, copy):
    change(copy)
    before = copy.everything()
    result = copy.run()
    assert result["failed"] and words in result["msg"] and "its files are as they were" in result["msg"], result["msg"]
    assert copy.everything() == before
    assert "planted-wrong" not in str(result)


def test_what_was_to_be_added_is_not_left_noted(copy):
    copy.save(SERVED, dict(copy.load(SERVED), conflict=True))
    path = "{root}/%s/default/new.conf" % CONF
    copy.node.case["arguments"].update(settings=SETTINGS, files=[given(copy, path, "# own\n")])
    result = copy.run()
    assert result["failed"] and "conflicted state" in result["msg"], result["msg"]
    assert copy.load(CONF + "/.svn/standin.json")["added"] == []
    copy.save(SERVED, dict(copy.load(SERVED), conflict=False))
    assert not copy.run().get("failed") and copy.served("default/new.conf") == "# own\n"


@pytest.mark.parametrize(
    "program, words",
    [
        ("#!/bin/sh\nsleep 60\n", "did not finish within 1 seconds"),
        ("#!/bin/sh\nyes\n", "printed more than"),
        ("#!/bin/sh\necho 'Add it? '; read answer; echo \"got $answer\"\n", "did not finish within 1 seconds"),
        ("#!/bin/sh\necho Committed revision 48.\n", "committed revision 48, but not"),
        ("#!/bin/sh\necho Nothing to commit\n", "Nothing to commit"),
        ("#!/bin/sh\nexit 0\n", "it printed nothing"),
        ("#!/bin/sh\nstty -echo; read a; stty echo; sleep 0.2; stty -echo; read b\n", "asks for a password again"),
        ('#!/bin/sh\nstty -echo; read a; stty echo; echo "wrong: $a"\n', "wrong: ********"),
        # A pager or an editor: reads key by key, without an echo, and shows what it likes of that.
        ('#!/bin/sh\nstty -echo -icanon; read a; echo "got $a"\n', "did not finish within 1 seconds"),
    ],
)
def test_only_what_is_proven_counts_as_committed(program, words, copy):
    copy.node.case["arguments"]["eccfg"]["timeout"] = 1
    copy.node.write(PREFIX + "/bin/eccfg", program)
    before = copy.everything()
    result = copy.run()
    assert result["failed"] and words in result["msg"], result["msg"]
    assert copy.everything() == before


def test_what_is_committed_by_an_eccfg_that_does_not_end_is_taken_back(copy):
    real = copy.root / PREFIX / "bin/real"
    os.rename(str(copy.root / PREFIX / "bin/eccfg"), str(real))
    slow = '#!/bin/sh\n"%s" "$@" || exit\n[ -e "{root}/once" ] || { touch "{root}/once"; sleep 60; }\n' % real
    copy.node.write(PREFIX + "/bin/eccfg", slow)
    copy.node.case["arguments"]["eccfg"]["timeout"] = 10
    result = copy.run()
    assert result["failed"] and "did not finish within 10 seconds, after it had committed revision 47" in result["msg"]
    assert "taken back by revision 48" in result["msg"]
    assert copy.served() == (copy.root / MAIN).read_text() == "Max_Retries = 5\n"


def test_the_password_is_in_no_process_s_arguments_and_environment(copy):
    real = copy.root / PREFIX / "bin/real"
    os.rename(str(copy.root / PREFIX / "bin/eccfg"), str(real))
    copy.node.write(
        PREFIX + "/bin/eccfg",
        '#!/bin/sh\n{ cat /proc/$$/cmdline /proc/$PPID/cmdline; env; cat /proc/$PPID/environ; } > "{root}/seen"\nexec "{root}/%s/bin/real" "$@"\n'
        % PREFIX,
    )
    assert not copy.run().get("failed")
    seen = (copy.root / "seen").read_bytes()
    assert b"--username" in seen and PASSWORD.encode() not in seen


def test_what_a_killed_run_left_is_committed_by_the_next_one(copy):
    copy.node.write("state/uncommitted.json", json.dumps({str(copy.root / MAIN): [sha256("Max_Retries = 6\n")]}))
    (copy.root / "state").chmod(0o700)
    copy.node.write(MAIN, "Max_Retries = 6\n")
    check = copy.run(check=True)
    assert check["changed"] and copy.revision == 46
    done = copy.run()
    assert done["changed"] and copy.served() == "Max_Retries = 6\n"
    assert copy.run()["changed"] is False


def test_restoring_follows_the_working_copy_too(copy):
    done = copy.run()
    copy.node.case["arguments"] = {
        key: value for key, value in copy.node.case["arguments"].items() if key != "settings"
    }
    copy.node.case["arguments"]["transactions"] = [done["transaction"]]
    copy.node.case["arguments"]["working_copy"] = "refuse"
    assert "is a working copy of eccfg" in copy.refused("restore")
    copy.node.case["arguments"]["working_copy"] = "commit"
    check = copy.run("restore", check=True)
    assert check["changed"] and copy.revision == 47
    assert not copy.run("restore").get("failed")
    assert copy.served() == (copy.root / MAIN).read_text() == "Max_Retries = 5\n" and copy.revision == 48
    assert copy.run("restore")["changed"] is False


def test_without_a_working_copy_there_is_nothing_to_commit(node_of):
    case = {"files": {MAIN: "Max_Retries = 5\n"}, "arguments": {"prefix": "{root}/" + PREFIX, "settings": SETTINGS}}
    case["arguments"]["working_copy"] = "commit"
    assert node_of(case).run("config").result["changed"]


def test_what_a_killed_run_left_outlasts_a_commit_that_is_refused(copy):
    other = copy.root / CONF / "default/other.conf"
    copy.node.write("state/uncommitted.json", json.dumps({str(other): [sha256("# left\n")]}))
    (copy.root / "state").chmod(0o700)
    copy.node.write(CONF + "/default/other.conf", "# left\n")
    copy.save(SERVED, dict(copy.load(SERVED), conflict=True))
    assert "conflicted state" in copy.run()["msg"]
    assert other.read_text() == "# left\n" and (copy.root / MAIN).read_text() == "Max_Retries = 5\n"
    copy.save(SERVED, dict(copy.load(SERVED), conflict=False))
    assert not copy.run().get("failed")
    assert copy.served("default/other.conf") == "# left\n" and copy.served() == "Max_Retries = 6\n"


@pytest.mark.parametrize("content", ["Max_Retries = 6\n# mine\n", None])
def test_what_a_killed_run_left_and_another_changed_since_is_not_committed(content, copy):
    digests = [sha256("Max_Retries = 5\n"), sha256("Max_Retries = 6\n")]
    copy.node.write("state/uncommitted.json", json.dumps({str(copy.root / MAIN): digests}))
    (copy.root / "state").chmod(0o700)
    if content is None:
        (copy.root / MAIN).unlink()
        copy.node.case["arguments"].update(settings=[], files=[given(copy, "{root}/%s/default/x.conf" % CONF, "#\n")])
    else:
        copy.node.write(MAIN, content)
    message = copy.refused()
    assert "ecelerity.conf" in message and "was changed before this task" in message, message


def while_it_runs(copy, change):
    """Have a change made by somebody else at the second look at the working copy, which is the one right before the commit."""
    svn = copy.root / "opt/msys/3rdParty/bin/svn"
    svn.rename(svn.with_name("real"))
    words = (
        '#!/bin/sh\necho >> "{root}/state-looks"\n[ $(wc -l < "{root}/state-looks") != 2 ] || { %s; }\nexec "%s" "$@"\n'
    )
    copy.node.write("opt/msys/3rdParty/bin/svn", words % (change, svn.with_name("real")))


def test_what_another_changes_while_the_task_runs_is_neither_committed_nor_lost(copy):
    while_it_runs(copy, "echo '# mine' >> '{root}/%s'" % MAIN)
    result = copy.run()
    assert result["failed"] and "was changed by somebody else while this task ran" in result["msg"], result["msg"]
    assert "could not be put back" in result["msg"] and copy.revision == 46
    assert (copy.root / MAIN).read_text() == "Max_Retries = 6\n# mine\n"
    copy.node.case["arguments"]["settings"] = [{"option": "Max_Retries", "value": 7}]
    assert "was changed before this task" in copy.refused()


def test_what_another_removes_while_the_task_runs_is_not_brought_back(copy):
    while_it_runs(copy, "rm '{root}/%s'" % MAIN)
    result = copy.run()
    assert result["failed"] and "ecelerity.conf (missing): was changed by somebody else" in result["msg"], result["msg"]
    assert copy.revision == 46 and not (copy.root / MAIN).exists()


def test_what_another_adds_while_the_task_runs_is_not_committed(copy):
    while_it_runs(copy, "echo '# mine' > '{root}/%s/default/mine.conf'" % CONF)
    result = copy.run()
    assert result["failed"] and "mine.conf (unversioned)" in result["msg"] and copy.revision == 46
    assert "its files are as they were" in result["msg"] and (copy.root / CONF / "default/mine.conf").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: owners are changed")
@pytest.mark.parametrize("choice", ["commit", "edit"])
def test_a_mode_or_an_owner_alone_is_no_commit(choice, copy):
    """Subversion does not see it, so there is nothing that eccfg could commit."""
    entry = {"path": "{root}/" + MAIN, "mode": "0600", "owner": "65534", "group": "65534"}
    copy.node.case["arguments"].update(settings=[], files=[entry], working_copy=choice)
    (copy.root / MAIN).chmod(0o640)
    results = [copy.run(check=check) for check in (True, False)]
    for result in results:
        assert result["changed"] and "eccfg" not in str(result["activations"]), result
        assert "warnings" not in result or "eccfg" not in str(result["warnings"])
    info = (copy.root / MAIN).stat()
    assert (info.st_mode & 0o777, info.st_uid, copy.revision) == (0o600, 65534, 46)
    transactions = [results[1]["transaction"]]
    arguments = {key: value for key, value in copy.node.case["arguments"].items() if key not in ("settings", "files")}
    copy.node.case["arguments"] = dict(arguments, transactions=transactions)
    done = copy.run("restore")
    assert done["changed"] and "eccfg" not in str(done.get("warnings")) and copy.revision == 46
    assert (copy.root / MAIN).stat().st_mode & 0o777 == 0o640


def test_what_is_committed_by_now_is_forgotten(copy):
    assert not copy.run().get("failed")
    copy.node.write("state/uncommitted.json", json.dumps({str(copy.root / MAIN): [sha256("Max_Retries = 6\n")]}))
    check = copy.run(check=True)
    assert not check["changed"] and not check.get("activations")
    assert copy.run()["changed"] is False
    assert copy.load("state/uncommitted.json") == {}
    copy.node.write(MAIN, "Max_Retries = 6\n# by hand\n")
    assert not copy.run()["changed"] and copy.revision == 47


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.2, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0])
def test_a_run_that_is_killed_is_committed_by_the_next_one(part, node_of):
    calls = answer(checked_out(node_of).node.request("config", kill=0))["calls"]
    copy = checked_out(node_of)
    died = answer(copy.node.request("config", kill=max(1, int(calls * part))))
    assert died["returncode"] == -signal.SIGKILL
    done = copy.run()
    assert not done.get("failed"), done["msg"]
    assert copy.served() == (copy.root / MAIN).read_text() == "Max_Retries = 6\n" and copy.revision == 47
    assert copy.run()["changed"] is False


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.3, 0.5, 0.6, 0.7, 0.8, 0.9])
def test_what_a_killed_run_left_is_recovered_whatever_the_working_copy_is_to_do(part, node_of):
    calls = answer(checked_out(node_of).node.request("config", kill=0))["calls"]
    copy = checked_out(node_of)
    copy.node.case["arguments"]["working_copy"] = "edit"
    answer(copy.node.request("config", kill=max(1, int(calls * part))))
    copy.node.case["arguments"]["working_copy"] = "refuse"
    result = copy.run()
    text = (copy.root / MAIN).read_text()
    assert text in ("Max_Retries = 5\n", "Max_Retries = 6\n")
    assert result.get("failed", False) is (text == "Max_Retries = 5\n")
    assert sorted(path.name for path in (copy.root / MAIN).parent.iterdir()) == ["ecelerity.conf", "other.conf"]


STARTER = (
    """#!/bin/sh
echo "$1" >> "{root}/started"
echo 'Max_Retries = 4' > "{root}/%s"
"""
    % MAIN
)
SERVICE = {"state": "started", "health": {"ports": [], "timeout": 1}}


@pytest.fixture
def stopped(copy):
    """A node with uncommitted edits, whose daemon only ec_ctl could start."""
    copy.node.case["arguments"] = dict(SERVICE, prefix="{root}/" + PREFIX, working_copy="edit")
    for program, text in (("sbin/ecelerity", "#!/bin/sh\nexit 1\n"), ("bin/ec_ctl", STARTER)):
        copy.node.write(PREFIX + "/" + program, text)
    copy.node.write(MAIN, "Max_Retries = 6\n")
    return copy


@pytest.mark.skipif(os.path.isdir("/run/systemd/system"), reason="this node would start the daemon by its unit")
class TestStart:
    @pytest.mark.parametrize(
        "boot", [None, "autoupdate=true\n", "#autoupdate=false\ncluster_name=default\n", "autoupdate = yes\n"]
    )
    def test_one_that_could_replace_what_is_not_committed_is_refused(self, boot, stopped):
        if boot is not None:
            stopped.node.write(PREFIX + "/etc/cluster.boot", boot)
        message = stopped.refused("service")
        assert "set autoupdate=ifunchanged there" in message and str(stopped.root / MAIN) in message
        assert not (stopped.root / "started").exists()

    def test_without_subversion_what_is_pending_counts(self, stopped):
        (stopped.root / "opt/msys/3rdParty/bin/svn").unlink()
        record = {"level": "restart", "since": 1.0, "transactions": [], "files": [str(stopped.root / MAIN)]}
        stopped.node.write("state/pending.json", json.dumps(record))
        (stopped.root / "state").chmod(0o700)
        assert "as far as is known, not committed" in stopped.refused("service")

    @pytest.mark.parametrize("boot", ["autoupdate=false\n", "x=1\nautoupdate = ifunchanged # kept\n"])
    def test_one_that_keeps_it_is_made_and_what_it_replaced_all_the_same_is_named(self, boot, stopped):
        stopped.node.write(PREFIX + "/etc/cluster.boot", boot)
        record = {"level": "restart", "since": 1.0, "transactions": [], "files": [str(stopped.root / MAIN)]}
        stopped.node.write("state/pending.json", json.dumps(record))
        (stopped.root / "state").chmod(0o700)
        assert stopped.run("service", check=True)["action"] == "start"
        result = stopped.run("service")
        assert (stopped.root / "started").read_text().startswith("start\n")
        assert result["failed"] and "is not as it was before the start" in result["msg"], result["msg"]

    @pytest.mark.parametrize("choice", ["refuse", "commit"])
    def test_what_others_have_committed_may_come_with_it(self, choice, stopped):
        stopped.node.write(MAIN, "Max_Retries = 5\n")
        stopped.node.case["arguments"].update(working_copy=choice, eccfg={"username": "admin"})
        result = stopped.run("service")
        assert result["failed"] and "not as it was" not in result["msg"] and (stopped.root / "started").exists()

    def test_committed_files_do_not_stand_in_its_way(self, stopped):
        stopped.node.write(MAIN, "Max_Retries = 5\n")
        stopped.node.write(PREFIX + "/bin/ec_ctl", '#!/bin/sh\necho "$1" >> "{root}/started"\n')
        result = stopped.run("service")
        assert result["failed"] and "not as it was" not in result["msg"]  # nothing runs after it
        assert (stopped.root / "started").exists()

    def test_the_parts_of_a_node_are_not_written_either(self, stopped):
        stopped.node.write(MAIN, "Max_Retries = 5\n")
        own = ("state", "health")
        service = {name: stopped.node.case["arguments"].pop(name) for name in own}
        stopped.node.case["arguments"].update(service=service, config={"settings": SETTINGS})
        assert "set autoupdate=ifunchanged there" in stopped.refused("node")
        stopped.node.write(PREFIX + "/etc/cluster.boot", "autoupdate=false\n")
        assert not stopped.run("node", check=True).get("failed")

    @pytest.mark.parametrize("module", ["node", "service"])
    def test_what_is_put_back_because_of_the_daemon_is_committed_too(self, module, stopped):
        stopped.node.write(MAIN, "Max_Retries = 5\n")
        stopped.node.write(PREFIX + "/bin/ec_ctl", "#!/bin/sh\n")
        given = stopped.node.case["arguments"]
        given.update(working_copy="commit", eccfg={"username": "admin", "password": PASSWORD})
        service = {name: given.pop(name) for name in ("state", "health")}
        if module == "node":
            given.update(service=service, config={"settings": SETTINGS})
        else:
            given.update(settings=SETTINGS)
            done = stopped.run("config")
            assert stopped.revision == 47
            del given["settings"]
            given.update(service, transactions=[done["transaction"]])
        result = stopped.run(module)
        assert result["failed"] and "taken back by revision 48" in result["msg"], result["msg"]
        assert stopped.served() == (stopped.root / MAIN).read_text() == "Max_Retries = 5\n"
