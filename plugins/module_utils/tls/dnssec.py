# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the name servers that Momentum asks validate DNSSEC, without which DANE protects nothing (page *modules/dane*)."""

from typing import Any, Callable, Dict, List, NamedTuple, Sequence

from ..ecconf.effective import Effective
from ..errors import MomentumError
from ..files import reading
from ..host import dns
from ..host.tcp import Deadline

SYSTEM = "/etc/resolv.conf"
OPTION = "resolv_conf"
SECONDS = 10.0  # for all servers together
_EACH = 5.0
_LOCAL = "127.0.0.1"  # resolv.conf(5), where no server is named


class NameServer(NamedTuple):
    """because: why its answers cannot be relied on; empty where they can."""

    address: str
    because: str

    def as_data(self) -> Dict[str, Any]:
        """Return it as a result has it."""
        return {"address": self.address, "validates": not self.because, "because": self.because}


class Resolver(NamedTuple):
    """file: that names the servers. missing: whether it is not there. because: why it cannot be read."""

    file: str
    servers: Sequence[NameServer] = ()
    missing: bool = False
    because: str = ""


Ask = Callable[[str, str, int, Deadline], dns.Validation]


def current(effective: Effective, probe: str, ask: Ask = dns.validation) -> Resolver:
    """Return the name servers that Momentum asks, each with what it answers about `probe`, the name of a signed zone."""
    setting = effective.resolve((), OPTION)
    file = str(setting.value) if setting is not None else SYSTEM
    try:
        text = reading.text(file, "keywords")
    except (FileNotFoundError, NotADirectoryError):
        return Resolver(file, missing=True, because="it does not exist")
    except OSError as error:
        return Resolver(file, because="it cannot be read: %s" % error.strerror)
    except MomentumError as error:
        return Resolver(file, because="it cannot be read: %s" % error)
    deadline = Deadline(SECONDS)
    return Resolver(file, [NameServer(one, _doubt(one, probe, ask, deadline)) for one in addresses(text)])


def addresses(text: str) -> List[str]:
    """Return the servers that a resolv.conf names, in their order."""
    lines = [line.split() for line in text.split("\n")]
    found = [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]
    return list(dict.fromkeys(found)) or [_LOCAL]


def _doubt(server: str, probe: str, ask: Ask, deadline: Deadline) -> str:
    """Why answers of a server cannot be relied on, or an empty text."""
    try:
        answer = ask(server, probe, dns.SOA, deadline.within(_EACH))
    except OSError as error:
        return "it does not answer: %s" % (error.strerror or error)
    except ValueError as error:
        return str(error)
    if answer.code != "NOERROR":
        return "it answers %s" % answer.code
    return "" if answer.authentic else "it answers without having validated (no bit AD)"
