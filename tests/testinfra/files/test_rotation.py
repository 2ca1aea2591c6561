# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The logs are rotated as root's cron does it, while mail comes in and while the console moves: no line is lost."""

from typing import Any, List

import node
import plays
from node import look

CONTROL, SERVICE = "msys.momentum.control", "msys.momentum.service"
CONF = node.PREFIX + "/etc/ec_rotate.conf"
SAMPLE = node.PREFIX + "/etc/sample-configs/ec_rotate.conf"
LOG = "/var/log/ecelerity/mainlog.ec"
# Where no other test has had the daemon listen: its old console stays open, and one that answers already is set for ec_rotate at once.
ELSEWHERE, NEVER = "/run/moved/control", "/run/never/control"
SEND = (
    "import smtplib; c = smtplib.SMTP('127.0.0.1', 25, timeout=10); "
    "[c.sendmail('a@example.com', [r + '@rotation.example'], 'Subject: x\\r\\n\\r\\nx\\r\\n') for r in '%s'.split()]"
)


def send(host: Any, *names: str) -> None:
    """One message for each name."""
    host.check_output('python3 -c "%s"' % (SEND % " ".join(names)))


def cron(host: Any) -> str:
    """The command of root's cron entry."""
    line = host.check_output("grep -h ec_rotate /etc/cron.d/msys-ecelerity-core").split()
    assert line[5] == "root"
    return " ".join(line[6:])


def logged(host: Any) -> List[str]:
    """The recipients in all that is left of mainlog, oldest first."""
    text = host.check_output(
        "cd /var/log/ecelerity && for f in $(ls -r mainlog.ec*); do case $f in "
        "*.bz2) python3 -c 'import bz2, sys; print(bz2.open(sys.argv[1], \"rt\").read(), end=str())' $f;; *) cat $f;; esac; done"
    )
    fields = [line.split("@R@")[1].strip("<").partition("@") for line in text.splitlines() if "@R@" in line]
    return [name for name, _at, domain in fields if domain.startswith("rotation.example")]


def writes_to_the_new_file(host: Any, name: str) -> bool:
    """Whether the daemon wrote a message into the file that has the name now."""
    return "%s@rotation.example" % name in host.file(LOG).content_string


def test_root_is_told_by_the_vendors_sample_with_one_key_more(host: Any) -> None:
    before, after = host.file(SAMPLE).content_string, host.file(CONF).content_string
    assert after == before + "control_socket = /run/ecelerity/control\n"
    assert look(host, CONF) == "root:root 644"


def test_a_rotation_after_the_console_has_moved_loses_no_line(host: Any) -> None:
    send(host, "before")
    host.check_output(cron(host))
    send(host, "after")
    assert logged(host)[-2:] == ["before", "after"]
    assert writes_to_the_new_file(host, "after")


def test_rotations_before_and_after_the_daemon_moves_lose_no_line(host: Any) -> None:
    count = len(logged(host))
    # Only a place that is unsafe is closed.
    host.check_output("sed -i 's/File_Mode = 0660/File_Mode = 0666/' %s" % node.MAIN)
    moved = plays.task(
        CONTROL, socket=ELSEWHERE, socket_owner="ecuser", boot_file="/etc/tmpfiles.d/msys-momentum-moved.conf"
    )
    assert moved.code == 0
    assert "/run/ecelerity/control" in host.file(CONF).content_string  # the daemon is still there
    send(host, "m1")
    host.check_output(cron(host))
    send(host, "m2")
    told = plays.task(SERVICE, state="started")
    assert told.code == 0
    assert len(told.of(SERVICE).result["rotation"]) == 1
    assert "control_socket = %s\n" % ELSEWHERE in host.file(CONF).content_string
    send(host, "m3")
    host.check_output(cron(host))
    send(host, "m4")
    assert logged(host)[count:] == ["m1", "m2", "m3", "m4"]
    assert writes_to_the_new_file(host, "m4")


def test_the_playbook_brings_both_back_and_then_changes_nothing(host: Any) -> None:
    count = len(logged(host))
    assert plays.play().code == 0
    again = plays.play()
    assert (again.code, again.changed()) == (0, [])
    host.check_output("rm -f /etc/tmpfiles.d/msys-momentum-moved.conf")
    assert host.file(CONF).content_string.count("control_socket = /run/ecelerity/control\n") == 1
    send(host, "b1")
    host.check_output(cron(host))
    send(host, "b2")
    assert logged(host)[count:] == ["b1", "b2"]
    assert writes_to_the_new_file(host, "b2")


def test_a_daemon_that_does_not_get_well_leaves_rotation_at_its_old_console(host: Any) -> None:
    count = len(logged(host))
    run = plays.play(momentum_control_socket=NEVER, momentum_health_ports=[9], momentum_health_timeout=5)
    assert run.code != 0
    assert "control_socket = /run/ecelerity/control\n" in host.file(CONF).content_string
    assert "ersion" in host.check_output(node.CONSOLE + "version")
    send(host, "u1")
    host.check_output(cron(host))
    send(host, "u2")
    assert logged(host)[count:] == ["u1", "u2"]
