# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's `credmgr`: its actions, and what its answers mean (page *credmgr*).

Neither its exit codes nor the form of its answers are documented. Whether something was done is therefore always read
back, and the form of an answer is learnt with a random word in place of a password, in a trial database of its own.
"""

import os
from typing import List, NamedTuple, Optional, Tuple

from ..errors import PlanError
from ..host.program import ENVIRONMENT, Ended, execute
from . import hidden
from .entries import Entry
from .places import Pair

TIMEOUT = 30.0  # seconds for one call
WAYS = ("replaced", "hidepid", "visible")


class Cipher(NamedTuple):
    """How passwords are encrypted. key_size: in bytes."""

    name: str = "aes"
    key_size: int = 32
    block_mode: str = "cbc"

    def arguments(self) -> Tuple[str, ...]:
        """As the tool takes them."""
        return ("--cipher=" + self.name, "--key_size=%d" % self.key_size, "--block_mode=" + self.block_mode)


class Unreadable(PlanError):
    """An answer that is no password: a wrong key, a damaged entry, or a tool that speaks otherwise."""


class Frame(NamedTuple):
    """What is before and after the password in the answer to get_cred."""

    before: str
    after: str


class Tool:
    """credmgr with one database and one key.

    `way`: how a password is handed over: `replaced` (see hidden.py), or as it is, because /proc hides it (`hidepid`) or the
    task allows it (`visible`).
    """

    def __init__(self, program: str, pair: Pair, cipher: Cipher, way: str = WAYS[0]) -> None:
        self.program = program
        self.pair = pair
        self.cipher = cipher
        self.way = way

    def make(self, action: str, path: str) -> None:
        """create_db or create_key. Raises PlanError if nothing was made."""
        ran = self._call(action)
        if not os.path.isfile(path) or not os.path.getsize(path):
            raise PlanError(
                "%s %s made nothing: %s. Try it by hand, and look at cipher, key_size and block_mode"
                % (self.program, action, _words(ran))
            )

    def is_ready(self) -> bool:
        """Whether database and key are there."""
        return all(map(os.path.exists, self.pair))

    def set(self, entry: Entry, password: str) -> None:
        """set_cred; whether it worked is seen by `get`. Raises hidden.CannotHide, PlanError."""
        command = self._command("set_cred", entry)
        secret = "--password=" + password
        try:
            if self.way == "replaced":
                hidden.run(command, secret, ENVIRONMENT, TIMEOUT)
                return
            execute(command + [secret], ENVIRONMENT, TIMEOUT)
        except OSError as error:
            complaint = "%s set_cred, entry %s: %s" % (self.program, entry, error.strerror or "no answer in time")
        else:
            return
        # Outside of the handler: nothing of an exception that knows the command line may hang on this one.
        raise PlanError(complaint)

    def delete(self, entry: Entry) -> None:
        """del_cred, which one page calls del-cred; whether it worked is seen by `get`."""
        for action in ("del_cred", "del-cred"):
            self._call(action, entry)
            if not self.answer(entry):
                return

    def answer(self, entry: Entry) -> str:
        """What get_cred says of an entry, with its password; nothing for one that is not there. Raises Unreadable."""
        ran = self._call("get_cred", entry, "-P")
        if (ran.stdout and ran.status != 0) or (ran.stderr.strip() and not ran.stdout):
            raise Unreadable(_words(Ended(ran.status, "", ran.stderr)))
        return ran.stdout

    def frame(self, entry: Entry) -> Frame:
        """Learn the form of the answer for an entry, in a trial database. Raises hidden.CannotHide, PlanError."""
        word = os.urandom(12).hex()
        self.set(entry, word)
        parts = self.answer(entry).split(word)
        if len(parts) != 2:
            raise PlanError(
                "the answer of '%s get_cred -P' does not hold the password that was set just before; "
                "this version of the tool speaks otherwise" % self.program
            )
        return Frame(*parts)

    def read(self, entry: Entry, frame: Frame) -> Optional[str]:
        """The password of an entry, None if there is none. Raises Unreadable."""
        answer = self.answer(entry)
        if not answer.strip():
            return None
        end = len(answer) - len(frame.after)
        password = answer[len(frame.before) : end]
        whole = answer.startswith(frame.before) and answer.endswith(frame.after) and end >= len(frame.before)
        # What a wrong key makes of an entry is noise.
        if not whole or not password.isprintable() or "\ufffd" in password:
            raise Unreadable("what it decrypts to is no text")
        return password

    def _call(self, action: str, entry: Optional[Entry] = None, *more: str) -> Ended:
        command = self._command(action, entry) + list(more)
        try:
            return execute(command, ENVIRONMENT, TIMEOUT)
        except TimeoutError as error:
            raise PlanError("%s %s: %s" % (self.program, action, error.strerror))
        except OSError as error:
            raise PlanError("%s cannot be run: %s; is Momentum installed?" % (self.program, error.strerror))

    def _command(self, action: str, entry: Optional[Entry] = None) -> List[str]:
        command = [self.program, action, "-d", self.pair.database, "-k", self.pair.key]
        command += self.cipher.arguments()
        if entry is not None:
            command += ["-h", entry.hostname, "-u", entry.username, "-f", entry.facility]
        return command


def _words(ran: Ended) -> str:
    return " ".join((ran.stdout + " " + ran.stderr).split())[:300] or "it said nothing"
