# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mail without a pause against one address, and what became of every message."""

import itertools
import re
import smtplib
import threading
import time
import uuid
from collections import Counter
from typing import Any, Iterable, Set

PATIENCE = 60.0  # seconds; a machine may be slow, a test says when something never came
PAUSE = 0.1  # seconds between two messages of a sender: the nodes share their processors with the playbooks
SPOOL = "/var/spool/ecelerity/messages.jsonl"


class Load:
    """Two senders, one session and one message after another. `broken` and `refused` count what went wrong, by its words.

    Refused: somebody said that there is no connection to be had. Broken: all else that is no 250, such as a session that was cut.
    """

    def __init__(self, address: str, port: int = 25, senders: int = 2) -> None:
        self.address, self.port = address, port
        self.token = uuid.uuid4().hex[:8]
        self.accepted: Set[int] = set()
        self.refused: "Counter[str]" = Counter()
        self.broken: "Counter[str]" = Counter()
        self._numbers = itertools.count(1)
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._send) for _number in range(senders)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_failure: Any) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        while not self._ended.is_set():
            with self._lock:
                number = next(self._numbers)
            self._attempt(number)
            self._ended.wait(PAUSE)

    def _attempt(self, number: int) -> None:
        text = "Subject: %s-%d\r\n\r\nx\r\n" % (self.token, number)
        try:
            with smtplib.SMTP(self.address, self.port, "load.example", timeout=20) as client:
                client.sendmail("a@a.example", ["b@b.example"], text)
                # From here on it is accepted, whatever becomes of QUIT.
                with self._lock:
                    self.accepted.add(number)
        except ConnectionRefusedError as error:
            self._count(self.refused, error)
        except (OSError, smtplib.SMTPException) as error:
            if number not in self.accepted:
                self._count(self.broken, error)

    def _count(self, where: "Counter[str]", error: Exception) -> None:
        with self._lock:
            where["%s: %s" % (type(error).__name__, error)] += 1

    def more(self, count: int = 10) -> None:
        """Wait until so many more messages were accepted."""
        requested, end = len(self.accepted) + count, time.monotonic() + PATIENCE
        while len(self.accepted) < requested:
            assert time.monotonic() < end, "no more mail is accepted; broken: %s" % self.broken
            time.sleep(0.1)

    def stored(self, node: Any) -> Set[int]:
        """The numbers of the messages that are whole in the spool of a node."""
        command = "grep '}$' %s | grep -o 'Subject: %s-[0-9]*'" % (SPOOL, self.token)
        return {int(number) for number in re.findall("%s-([0-9]+)" % self.token, node.run(command).stdout)}

    def counts(self, spools: Iterable[Set[int]]) -> str:
        """One line for people."""
        stored = " + ".join(str(len(spool)) for spool in spools)
        refused, broken = sum(self.refused.values()), sum(self.broken.values())
        return "accepted %d, stored %s, refused %d, broken %d" % (len(self.accepted), stored, refused, broken)
