# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ec_console [ENDPOINT [COMMAND...]]: the console of a stand-in for Momentum.

ENDPOINT is a path or [user@]host:port, by default /tmp/2025. For a user a password is requested, the first line of the input
in a batch. Without a command, commands are read from standard input, one a line. Exit status: 1 when the console cannot be
reached, 2 for wrong use, else 0, whatever a command says (the vendor documents none, so callers must read the text)."""

import getpass
import os
import socket
import sys
from typing import Iterator, List

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib"))

from momentum_standin import paths, wire  # noqa: E402


def main(arguments: List[str]) -> int:
    if arguments and arguments[0] in ("-h", "--help", "--man"):
        print(__doc__)
        return 0
    if "://" in (arguments or [""])[0]:
        print("ec_console: the stand-in knows neither ssh:// nor shim://", file=sys.stderr)
        return 2
    endpoint = arguments[0] if arguments else paths.CONSOLE
    try:
        client = wire.connect(endpoint)
        if not _login(client, endpoint):
            return 0
        for words in [_command(arguments[1:])] if len(arguments) > 1 else _lines():
            print(wire.ask(client, words), end="", flush=True)
    except (OSError, ValueError) as error:
        print("ec_console: %s: %s" % (endpoint, error), file=sys.stderr)
        return 1
    return 0


def _login(client: socket.socket, endpoint: str) -> bool:
    """With user@ before host:port: ask for the password, or read it as the first line of a batch, and say both."""
    user, at, _address = endpoint.rpartition("@")
    if not at or endpoint.startswith("/"):
        return True
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    refusal = wire.ask(client, ["login", user, password]).strip()
    if refusal:
        print(refusal, flush=True)
    return not refusal


def _command(arguments: List[str]) -> List[str]:
    """The words of a command line; a single argument is a whole line."""
    return wire.words_of(arguments[0]) if len(arguments) == 1 else arguments


def _lines() -> Iterator[List[str]]:
    """Commands of standard input, with a prompt where somebody types them."""
    while True:
        if sys.stdin.isatty():
            print("stand-in> ", end="", flush=True)
        line = sys.stdin.readline()
        words = wire.words_of(line)
        if not line or words[:1] in (["quit"], ["exit"]):
            return
        if words:
            yield words


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
