# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One action, one proof, and the way back: the order of things, on a daemon of straw."""

import pytest

from plugins.module_utils.daemon.drift import NO_DRIFT, Drift
from plugins.module_utils.daemon.health import Finding
from plugins.module_utils.daemon.process import Process
from plugins.module_utils.daemon.reconcile import CurrentDaemon, DesiredDaemon, reconcile
from plugins.module_utils.errors import PlanError
from plugins.module_utils.state.pending import NOTHING, Pending

PROCESS = Process(10, 1000.0, "/opt/msys/ecelerity/sbin/ecelerity", 500)
WELL = [Finding(True, "process", "running", "process 10")]
ILL = [Finding(False, "port 25", "220 from the daemon", "nothing listens")]
VIEW = CurrentDaemon(PROCESS, "active", NOTHING, NO_DRIFT, False)
DUE = Pending("restart", 1.0, ["t1", "t2"], ["/a"])


class Straw:
    """Records what is asked of it; `health` gives the findings of one proof after the other."""

    def __init__(self, view=VIEW, health=(WELL,), refusals=(), problem="", unwritable=""):
        self.view = view
        self.done = []
        self._health = iter(health)
        self._refusals = iter(refusals)
        self._problem = problem
        self._unwritable = unwritable

    def current(self):
        return self.view

    def process(self):
        return self.view.process

    def act(self, action):
        self.done.append(action)
        return next(self._refusals, "")

    def prove(self, timeout, replaced):
        self.done.append("prove" if replaced is None else "prove a new process")
        return next(self._health)

    def flush_tls(self):
        self.done.append("flush tls")

    def prove_stopped(self, timeout):
        self.done.append("prove stopped")
        return next(self._health)

    def refuse_impossible(self, action):
        if self._unwritable:
            raise PlanError(self._unwritable)

    def remember(self, seen):
        self.done.append(("remember", seen))

    def remember_first(self):
        self.done.append("remember first")

    def restore(self, transactions):
        self.done.append(("restore", list(transactions)))
        return list(transactions), self._problem

    def forget(self, transactions):
        self.done.append(("forget", list(transactions)))


def test_where_nothing_is_to_be_done_only_the_proof_is_asked_for():
    daemon = Straw()
    outcome = reconcile(daemon, DesiredDaemon())
    assert daemon.done == ["prove", "remember first"]
    assert (outcome.action, outcome.failure, outcome.findings) == ("none", "", WELL)


def test_an_ill_daemon_that_nobody_changed_is_told_and_left_alone():
    daemon = Straw(health=[ILL])
    outcome = reconcile(daemon, DesiredDaemon(transactions=["t1"]))
    assert daemon.done == ["prove"]
    assert outcome.action == "none"
    assert "port 25: expected 220 from the daemon, found nothing listens" in outcome.failure


@pytest.mark.parametrize(
    ("view", "desired", "action", "steps"),
    [
        (VIEW, DesiredDaemon(activation="reload"), "reload", ["reload", "flush tls", "prove"]),
        (VIEW, DesiredDaemon(activation="restart"), "restart", ["restart", "prove a new process"]),
        (VIEW._replace(pending=DUE), DesiredDaemon(), "restart", ["restart", "prove a new process"]),
        (VIEW._replace(drift=Drift("reload", ["/a"])), DesiredDaemon(), "reload", ["reload", "flush tls", "prove"]),
        (VIEW._replace(differs=True), DesiredDaemon(), "restart", ["restart", "prove a new process"]),
        (
            VIEW._replace(process=PROCESS._replace(deleted=True)),
            DesiredDaemon(),
            "restart",
            ["restart", "prove a new process"],
        ),
        (
            VIEW._replace(process=None, unit="inactive"),
            DesiredDaemon(activation="restart"),
            "start",
            ["start", "prove"],
        ),
        (VIEW, DesiredDaemon("restarted"), "restart", ["restart", "prove a new process"]),
    ],
)
def test_one_action_is_taken_proved_and_remembered_and_check_mode_foretells_it(view, desired, action, steps):
    foretold = Straw(view)
    assert reconcile(foretold, desired, check_mode=True).action == action
    assert foretold.done == []
    daemon = Straw(view)
    outcome = reconcile(daemon, desired)
    assert daemon.done == [*steps, ("remember", view.pending)]
    assert (outcome.action, outcome.failure, outcome.pending) == (action, "", "none")


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_restart_is_left_to_a_later_task_that_asked_for_it(check_mode):
    daemon = Straw(VIEW._replace(pending=DUE))
    outcome = reconcile(daemon, DesiredDaemon(activation="reload", defer_restart=True), check_mode)
    assert daemon.done == []
    assert (outcome.action, outcome.deferred, outcome.pending, outcome.process) == ("none", True, "restart", PROCESS)
    assert outcome.reasons and not outcome.failure


@pytest.mark.parametrize(
    ("view", "desired", "action"),
    [
        (VIEW, DesiredDaemon(activation="reload", defer_restart=True), "reload"),
        (VIEW._replace(process=None), DesiredDaemon(activation="restart", defer_restart=True), "restart"),
        (VIEW._replace(process=None, unit="inactive"), DesiredDaemon(defer_restart=True), "start"),
        (VIEW, DesiredDaemon("stopped", defer_restart=True), "stop"),
    ],
)
def test_all_else_is_done_at_once_also_a_start_by_restarting_the_unit(view, desired, action):
    outcome = reconcile(Straw(view), desired)
    assert (outcome.action, outcome.deferred) == (action, False)


def test_check_mode_asks_for_the_proof_where_nothing_is_to_be_done_and_writes_nothing():
    daemon = Straw()
    assert reconcile(daemon, DesiredDaemon(), check_mode=True).failure == ""
    assert daemon.done == ["prove"]
    assert "port 25" in reconcile(Straw(health=[ILL]), DesiredDaemon(), check_mode=True).failure


def test_what_the_daemon_cannot_live_with_is_put_back_newest_first_and_the_run_fails():
    daemon = Straw(VIEW._replace(pending=DUE), health=[ILL, WELL])
    outcome = reconcile(daemon, DesiredDaemon(activation="restart", transactions=["t2", "t3"]))
    assert daemon.done == [
        "restart",
        "prove a new process",
        ("restore", ["t3", "t2", "t1"]),
        "restart",
        "prove a new process",
        ("remember", DUE),
    ]
    assert "nothing listens" in outcome.failure and "back in force" in outcome.failure
    assert outcome.findings == ILL
    assert (list(outcome.restored), outcome.pending) == (["t3", "t2", "t1"], "none")


@pytest.mark.parametrize("transactions", [["t1"], []])
def test_what_the_task_has_changed_beside_files_is_taken_back_before_files_and_the_daemon_returns_to_it(transactions):
    daemon = Straw(health=[ILL, WELL])

    def take_back():
        daemon.done.append("take back")
        return "owners are as they were"

    desired = DesiredDaemon(activation="restart", transactions=transactions, take_back=take_back)
    outcome = reconcile(daemon, desired)
    assert daemon.done[2:6] == ["take back", ("restore", transactions), "restart", "prove a new process"]
    assert "; owners are as they were; the old configuration is back in force" in outcome.failure


def test_nothing_is_taken_back_for_a_daemon_that_does_not_stop():
    daemon = Straw(health=[ILL])
    desired = DesiredDaemon("stopped", take_back=lambda: daemon.done.append("take back") or "taken back")
    assert "taken back" not in reconcile(daemon, desired).failure and daemon.done == ["stop", "prove stopped"]


def test_a_refused_reload_is_a_failure_that_is_put_back_too():
    daemon = Straw(health=[WELL], refusals=["Reconfigure failed."])
    outcome = reconcile(daemon, DesiredDaemon(activation="reload", transactions=["t1"]))
    assert daemon.done == ["reload", ("restore", ["t1"]), "reload", "flush tls", "prove", ("remember", NOTHING)]
    assert "Reconfigure failed." in outcome.failure


def test_a_daemon_that_refuses_a_reload_is_not_asked_to_drop_what_it_keeps_of_tls():
    daemon = Straw(refusals=["Reconfigure failed."])
    reconcile(daemon, DesiredDaemon(activation="reload"))
    assert daemon.done == ["reload"]


def test_a_failed_first_start_is_tried_again_with_the_old_files():
    daemon = Straw(VIEW._replace(process=None, unit="inactive"), health=[ILL, WELL])
    outcome = reconcile(daemon, DesiredDaemon(activation="restart", transactions=["t1"]))
    assert daemon.done[:4] == ["start", "prove", ("restore", ["t1"]), "restart"]
    assert outcome.action == "start" and outcome.failure


def test_without_a_transaction_there_is_nothing_to_put_back_and_the_change_stays_due():
    daemon = Straw(VIEW._replace(pending=Pending("restart", 1.0, [], [])), health=[ILL])
    outcome = reconcile(daemon, DesiredDaemon())
    assert daemon.done == ["restart", "prove a new process"]
    assert outcome.failure and outcome.pending == "restart"


def test_files_that_cannot_be_put_back_are_told_and_not_activated():
    daemon = Straw(health=[ILL], problem="/a was changed again")
    outcome = reconcile(daemon, DesiredDaemon(activation="restart", transactions=["t1"]))
    assert daemon.done == ["restart", "prove a new process", ("restore", ["t1"])]
    assert "/a was changed again" in outcome.failure
    assert outcome.pending == "restart"


def test_a_daemon_that_is_ill_with_the_old_files_too_is_told_as_such():
    daemon = Straw(health=[ILL, ILL])
    outcome = reconcile(daemon, DesiredDaemon(activation="restart", transactions=["t1"]))
    assert "not healthy with them" in outcome.failure
    assert ("remember", NOTHING) not in daemon.done
    # What is put back is no longer to be put back; that the daemon has yet to load the files stays pending.
    assert daemon.done[-1] == ("forget", ["t1"]) and outcome.pending == "restart"


def test_stopping_is_proved_and_forgets_nothing():
    daemon = Straw(VIEW._replace(pending=DUE))
    outcome = reconcile(daemon, DesiredDaemon("stopped"))
    assert daemon.done == ["stop", "prove stopped"]
    assert (outcome.action, outcome.failure, outcome.pending) == ("stop", "", "restart")
    again = Straw(VIEW._replace(process=None, unit="inactive"))
    assert reconcile(again, DesiredDaemon("stopped")).action == "none"
    assert again.done == []


def test_a_daemon_that_does_not_stop_is_told_and_nothing_is_put_back():
    daemon = Straw(VIEW._replace(pending=DUE), health=[ILL])
    assert reconcile(daemon, DesiredDaemon("stopped", transactions=["t1"])).failure
    assert daemon.done == ["stop", "prove stopped"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_nothing_is_done_where_it_could_not_be_recorded(check_mode):
    daemon = Straw(VIEW._replace(pending=DUE), unwritable="read-only")
    with pytest.raises(PlanError, match="read-only"):
        reconcile(daemon, DesiredDaemon(), check_mode)
    assert daemon.done == []
