# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a name and an address lead to, by the resolver of the node, within one deadline."""

import socket
from typing import Any, Callable, List, NamedTuple, Tuple

from .tcp import Deadline


class Resolved(NamedTuple):
    """canonical: the full name, '' where the resolver has none. addresses: IPv4 and IPv6, each once, in the resolver's order; empty for a name
    that it does not know."""

    canonical: str
    addresses: Tuple[str, ...]


def forward(name: str, deadline: Deadline) -> Resolved:
    """Look a name up. Raises socket.timeout after the deadline, and OSError where the resolver cannot be asked."""
    try:
        found = within(deadline, lambda: socket.getaddrinfo(name, None, 0, socket.SOCK_STREAM, 0, socket.AI_CANONNAME))
    except (socket.gaierror, UnicodeError) as error:
        if getattr(error, "errno", 0) == socket.EAI_AGAIN:
            raise OSError("the resolver does not answer")
        return Resolved("", ())
    addresses: List[str] = [str(entry[4][0]) for entry in found]
    return Resolved(str(found[0][3]) if found else "", tuple(dict.fromkeys(addresses)))


def reverse(address: str, deadline: Deadline) -> Tuple[str, ...]:
    """All names that an address leads back to, the first one canonical; empty where there is none. Raises as `forward`."""
    try:
        name, others, _addresses = within(deadline, lambda: socket.gethostbyaddr(address))
    except socket.herror as error:
        if error.errno == 2:  # TRY_AGAIN of netdb.h
            raise OSError("the resolver does not answer")
        return ()
    except socket.gaierror:
        return ()
    return tuple([name] + list(others))


def within(deadline: Deadline, ask: Callable[[], Any]) -> Any:
    """Return what a call of the resolver returns; one that does not end in time is left behind. Raises socket.timeout, and what the call raises."""
    import threading

    answers: List[Any] = []

    def run() -> None:
        try:
            answers.append((ask(), None))
        except (OSError, UnicodeError) as error:
            answers.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if not answers:
        raise socket.timeout("timed out")
    answer, problem = answers[0]
    if problem is not None:
        raise problem
    return answer
