# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Talk to the running daemon through `ec_console`, one command at a time.

The exit status of a command is undocumented (page *ec_console*), so the words are judged.
"""

import os
import re
from typing import NamedTuple, Optional, Tuple

from ..console_access.endpoints import configured
from ..console_access.listens import DEFAULT_ENDPOINT
from ..ecconf.effective import Effective
from ..errors import PlanError
from ..host import program as programs
from ..host.program import Run
from ..text import grammar

TIMEOUT = 60.0  # seconds; a reload of a large configuration takes its time
QUESTION = 20.0  # seconds; of a question that changes nothing
_FAILURES = (
    "reconfigure failed",
    "not authorized",
    "authorization required",
    "global configuration error",
    "syntax error",
    "connection refused",
    "could not connect",
    "unable to connect",
    "failed to connect",
    "no such file or directory",
)
_UNREACHED = _FAILURES[5:]
_OK = re.compile(r"^[ \t]*OK\b", re.MULTILINE)
_VERSION = re.compile(r"(?:^|[ \t(:v])([0-9]+(?:\.[0-9]+){1,4})")


class Answer(NamedTuple):
    """What the console said, and whether that is no refusal."""

    ok: bool
    text: str

    @property
    def is_nobodys(self) -> bool:
        """Whether there may have been nobody to answer."""
        words = self.text.lower()
        return not self.ok and (not words.strip() or any(failure in words for failure in _UNREACHED))

    @property
    def asks_for_password(self) -> bool:
        """Whether the console asks who is there."""
        return "authorization required" in self.text.lower()


class Console:
    """The console of one daemon; `endpoint` is a socket or host:port, `run` starts programs."""

    def __init__(
        self, prefix: str, endpoint: str = DEFAULT_ENDPOINT, run: Run = programs.run, timeout: float = TIMEOUT
    ) -> None:
        self.program = os.path.join(prefix, "bin", "ec_console")
        self.endpoint = endpoint
        self._run = run
        self._timeout = timeout

    def at(self, endpoint: str) -> "Console":
        """The console of the same daemon at another endpoint."""
        return Console(os.path.dirname(os.path.dirname(self.program)), endpoint, self._run, self._timeout)

    def within(self, seconds: float) -> "Console":
        """The same console, with less time for an answer."""
        return Console(
            os.path.dirname(os.path.dirname(self.program)), self.endpoint, self._run, min(seconds, self._timeout)
        )

    def ask(self, *command: str) -> Answer:
        """Give one command; no answer at all is a failure.

        Every command of this collection passes here, as root. Raises PlanError for a word that could become another command;
        an endpoint that is none, which a configuration may name, is one at which nobody answers.
        """
        for word in command:
            grammar.command_word("%s: a word of the command" % self.program, word)
        try:
            grammar.endpoint("the console's endpoint", self.endpoint)
        except PlanError as error:
            return Answer(False, "could not connect: %s" % error)
        ran = self._run((self.program, self.endpoint) + command, self._timeout)
        if ran.status is None or not _sounds_well(ran.output):
            return Answer(False, programs.shown(ran.output))
        return Answer(True, ran.output)

    def reload(self) -> Answer:
        """`config reload`, which prints OK, or a reason and that the old configuration stays active."""
        answer = self.ask("config", "reload")
        ok = answer.ok and bool(_OK.search(answer.text))
        return Answer(ok, answer.text if ok else programs.shown(answer.text))

    def flush_tls(self) -> Answer:
        """`tls flush cache`, which drops certificates and contexts that the daemon keeps (page *tls*).

        Good is only the documented word of it: what a release without the command says is not documented.
        """
        answer = self.ask("tls", "flush", "cache")
        return Answer(answer.ok and "flush request submitted" in answer.text.lower(), answer.text)

    def version(self) -> Tuple[Answer, Optional[str]]:
        """`version`: the answer, and the number in it."""
        answer = self.ask("version")
        return answer, version_in(answer.text) if answer.ok else None


def version_in(text: str) -> Optional[str]:
    """The version of Momentum in the words of `version` or `sysinfo`; None without one.

    `sysinfo` says "Ecelerity Version: 5.0.0.74264 r(...)", older releases "Momentum Version:".
    """
    lines = programs.lines(text)
    for line in [line for line in lines if "version" in line.lower()] + lines:
        found = _VERSION.search(line)
        if found:
            return found.group(1)
    return None


def is_version(found: str, requested: str) -> bool:
    """Tell whether a version is the requested one, as far as the shorter of both says: 5.3.0.12345 is 5.3.0, and is not 5.3.1.

    Packages and the console give the number of the build, tasks often do not. A release, which only packages have, is left out.
    """
    pair = [version.partition("-")[0].split(".") for version in (found, requested)]
    length = min(map(len, pair))
    return bool(found) and pair[0][:length] == pair[1][:length]


def _sounds_well(text: str) -> bool:
    words = text.lower()
    return bool(words.strip()) and not any(failure in words for failure in _FAILURES)


def paniclog(prefix: str, effective: Effective) -> str:
    """The daemon's last messages, by the first console that answers without a password; empty if none does."""
    answers = (Console(prefix, one, timeout=QUESTION).ask("paniclog") for one in configured(effective))
    return next((answer.text for answer in answers if answer.ok), "")
