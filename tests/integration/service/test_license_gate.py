# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module service as a process: a daemon that runs is not stopped where its licence would not let it start again."""

import datetime
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from service_node import ECUSER, Node  # noqa: E402

SECRET = "planted-licence-of-this-node"
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: the daemon runs as another account"),
    pytest.mark.skipif(sys.version_info < (3, 8), reason="ansible-core for this Python is not among the test tools"),
    pytest.mark.skipif(os.path.isdir("/run/systemd/system"), reason="this node would start the daemon by its unit"),
]


class Licensed(Node):
    """A node whose daemon runs, with a licence."""

    def __init__(self):
        super().__init__()
        self.path = self.prefix + "/etc/license"
        self.put()
        self.pid = self.service()["process"]["pid"]

    def put(self, text=SECRET + "\n", mode=0o640, group=ECUSER):
        with open(self.path, "w") as file:
            file.write(text)
        os.chown(self.path, 0, group)
        os.chmod(self.path, mode)

    def restart(self, check=False, **asked):
        return self.service(state="restarted", license=asked, _ansible_check_mode=check)

    def refused(self, **asked):
        """What a restart is refused for: in check mode as in a run, the daemon untouched."""
        foretold, done = self.restart(True, **asked), self.restart(**asked)
        assert foretold["failed"] and done["failed"] and foretold["msg"] == done["msg"]
        assert done["process"]["pid"] == self.pid == self.service()["process"]["pid"]
        assert SECRET not in str(done)
        return done


@pytest.fixture
def node():
    made = Licensed()
    yield made
    made.remove()


def in_days(days):
    return (datetime.date.today() + datetime.timedelta(days)).strftime("%Y-%m-%d")


def test_a_restart_without_a_licence_is_refused_with_the_remedy_and_can_be_overridden(node):
    os.unlink(node.path)
    done = node.refused()
    assert "no licence: %s does not exist" % node.path in done["msg"]
    for words in ("the daemon is not stopped", "momentum_license", "ec_lic -f", "momentum_license_require"):
        assert words in done["msg"]
    assert done["license"]["refusal"] in done["msg"] and not done["license"]["present"]
    assert node.restart(require="none")["action"] == "restart"


def test_where_nothing_is_to_be_done_nothing_is_refused_and_the_refusal_is_told(node):
    os.unlink(node.path)
    found = node.service()
    assert (found.get("msg"), found["action"]) == (None, "none")
    assert "does not exist" in found["license"]["refusal"]


def test_a_licence_that_the_daemon_cannot_read_is_none(node):
    path = node.prefix + "/etc/conf/default/ecelerity.conf"
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace(str(ECUSER), "daemon"))  # an account that every node has
    node.put(mode=0o600, group=0)
    assert "the daemon's user cannot read its licence" in node.refused()["msg"]


@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_licence_is_none(content, node):
    node.put(content)
    assert "is empty" in node.refused()["msg"]


@pytest.mark.parametrize("words", ["is not a regular file but a directory", "10485760 bytes, more than the 1048576"])
def test_what_can_be_no_licence_is_none(words, node):
    os.unlink(node.path)
    if "directory" in words:
        os.mkdir(node.path)
    else:
        node.put("x" * (10 << 20))
    done = node.refused()
    assert "no licence: %s %s" % (node.path, words) in done["msg"] and not done["license"]["present"]


@pytest.mark.parametrize(
    ("days", "words"), [(-1, "expired on"), (0, "in less than a week"), (6, "in less than a week")]
)
def test_a_licence_that_is_known_to_end_is_not_enough(node, days, words):
    assert words in node.refused(expires=in_days(days))["msg"]


def test_days_before_that_there_is_a_warning(node):
    done = node.restart(expires=in_days(29))
    assert (done["action"], done["license"]["days_left"]) == ("restart", 29)
    assert "in 29 days" in str(done["warnings"])
    assert "warnings" not in node.restart(expires=in_days(29), warn_days=29)
    assert node.restart()["license"]["days_left"] is None


def test_a_date_that_is_none_is_named(node):
    assert "license.expires: 'soon' is no date" in node.restart(expires="soon")["msg"]


def test_ec_lic_is_asked_only_where_its_word_is_required_and_quotes_nothing(node):
    node.script("ec_lic", "#!/bin/sh\ncat $5; echo not for this machine; exit 1\n")
    assert node.restart(True)["action"] == "restart"
    done = node.refused(require="valid")
    assert "ec_lic does not confirm" in done["msg"] and "not for this machine" in done["msg"]
    node.script("ec_lic", "#!/bin/sh\nexit 0\n")
    assert node.restart(require="valid")["action"] == "restart"


def test_of_an_ec_lic_that_prints_without_end_nothing_is_known(node):
    node.script("ec_lic", "#!/bin/sh\nexec yes\n")
    assert node.restart(require="valid")["action"] == "restart"


def test_a_daemon_that_does_not_run_is_started_with_a_warning(node):
    node.service(state="stopped")
    os.unlink(node.path)
    started = node.service()
    assert (started.get("msg"), started["action"]) == (None, "start")
    assert "the daemon may not start: no licence" in str(started["warnings"])


def test_in_check_mode_a_licence_that_an_earlier_task_deploys_counts(node):
    os.unlink(node.path)
    assert node.restart(True, announced=True)["action"] == "restart"


def test_a_run_looks_itself_for_a_licence_that_was_announced(node):
    os.unlink(node.path)
    done = node.restart(announced=True)
    assert done["failed"] and "no licence: %s does not exist" % node.path in done["msg"]
    assert node.service()["process"]["pid"] == node.pid


def test_a_restart_that_is_left_to_a_later_task_is_not_refused_by_this_one(node):
    over = {"expires": in_days(-1)}
    for check in (True, False):
        done = node.service(activation="restart", defer_restart=True, license=over, _ansible_check_mode=check)
        assert (done.get("msg"), done["action"], done["deferred"]) == (None, "none", True)
        assert "expired on" in done["license"]["refusal"] and done["process"]["pid"] == node.pid
    assert "expired on" in node.refused(**over)["msg"]


def test_a_licence_by_a_link_that_another_account_made_is_not_read(node):
    """The daemon's user owns etc where eccfg is in use, and what root reports of the file would be reported of any."""
    os.rename(node.path, node.root + "/license")
    os.symlink(node.root + "/license", node.path)
    os.lchown(node.path, ECUSER, ECUSER)
    done = node.refused()
    assert "symbolic link" in done["msg"] and not done["license"]["present"], done["msg"]


def test_in_a_directory_by_a_link_that_another_account_made_nothing_is_read(node):
    """The environment of the daemon is there, too, and is read first."""
    os.rename(node.prefix + "/etc", node.root + "/etc")
    os.symlink(node.root + "/etc", node.prefix + "/etc")
    os.lchown(node.prefix + "/etc", ECUSER, ECUSER)
    foretold, done = node.restart(True), node.restart()
    assert foretold["failed"] and done["failed"] and foretold["msg"] == done["msg"]
    assert "symbolic link" in done["msg"] and SECRET not in str(done)
    os.lchown(node.prefix + "/etc", 0, 0)
    assert node.service()["process"]["pid"] == node.pid


def test_a_stop_is_not_asked_for_a_licence(node):
    os.unlink(node.path)
    assert node.service(state="stopped")["action"] == "stop"
