# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Momentum's own tools say of a licence: ec_lic, and the messages that the daemon keeps.

ec_lic fetches a licence from the vendor's server where the present one is missing or invalid (page *ec_lic*), and then replaces the file.
So it is given a copy, by `-L`, which counts where the file of `-c` does not exist, and an address at which nothing can listen for `-H`.
With `-q` it is silent about a valid licence; its exit status and its words about others are not documented, so all else is "unconfirmed".
"""

import os
import re
from typing import List, NamedTuple, Optional, Sequence

from ..files import reading
from ..files.safe_paths import UnsafePath
from ..host import program as programs
from ..host.program import Ran, Run
from ..text import visible
from ..tls.values import openssl_configuration
from .current import KIND

TIMEOUT = 20.0  # seconds; one release hung for ever (changelog, ticket 5207)
LIMIT = 1 << 16  # bytes of output
SHOWN = 200  # characters of it in a result
VALID, UNCONFIRMED, UNKNOWN = "valid", "unconfirmed", "unknown"
_NO_CONFIGURATION = "/dev/null/ecelerity.conf"
_NOWHERE = "http://127.0.0.1:0/"
_WORD = re.compile(rb"[^\s]{12,}")
_MAC = re.compile(r"Validated MAC address ((?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})(?![0-9A-Fa-f:])")
# The daemon's messages on pages paniclog, eventloop and 4-container-running.
_VALID = "Valid license."
_INVALID = ("License machine mismatch", "Invalid license", "license violation")


class Said(NamedTuple):
    """validity: valid, unconfirmed or unknown (ec_lic could not be asked). words: why it is not valid, without text of the licence."""

    validity: str
    words: str = ""


class Logged(NamedTuple):
    """What the daemon logged when it validated its licence. binding: the MAC address that it found, '' where it does not say. validity:
    valid, unconfirmed (with `words`) or unknown."""

    binding: str = ""
    validity: str = UNKNOWN
    words: str = ""


def run(command: Sequence[str], timeout: float) -> Ran:
    """Run one of the tools, as host.program.run; none of them has much to say."""
    return programs.run(command, timeout, LIMIT)


def ask(prefix: str, path: str, run: Run = run) -> Said:
    """Ask ec_lic whether a licence is valid. Nothing is fetched, and no file changes."""
    try:
        content = reading.read(path, KIND)
    except (OSError, UnsafePath) as error:
        return Said(UNKNOWN, getattr(error, "reason", "") or str(getattr(error, "strerror", error)))
    return ask_about(prefix, content, run)


def ask_about(prefix: str, content: bytes, run: Run = run) -> Said:
    """As `ask`, of a licence that is no file of the node yet."""
    program = os.path.join(prefix, "bin", "ec_lic")
    if not os.access(program, os.X_OK):
        return Said(UNKNOWN, "%s is not there" % program)
    try:
        with reading.held(content) as own:
            # The descriptor is this process's, and a child has another /proc/self.
            copy = own.replace("/proc/self/", "/proc/%d/" % os.getpid())
            ran = run((program, "-q", "-c", _NO_CONFIGURATION, "-L", copy, "-H", _NOWHERE), TIMEOUT)
    except OSError as error:
        return Said(UNKNOWN, str(error.strerror))
    if ran.status is None:
        return Said(
            UNKNOWN, without(ran.output.rpartition("\n")[2], content)
        )  # the reason is the last line, after all that it printed
    if ran.status == 0 and not ran.output.strip():
        return Said(VALID)
    return Said(UNCONFIRMED, without(ran.output, content) or "exit status %d" % ran.status)


def without(output: str, content: bytes) -> str:
    """Return the output of a program in one short line, without words of the licence."""
    text = output
    for word in set(_WORD.findall(content)):
        text = text.replace(word.decode("utf-8", "replace"), "...")
    return visible.line(" ".join(text.split())[:SHOWN])


def logged(text: str) -> Logged:
    """Read the answer to the console's `paniclog`, which has the daemon's last messages of each level (page *paniclog*)."""
    binding, validity, words = "", UNKNOWN, ""
    for line in programs.lines(text):
        found = _MAC.search(line)
        binding = found.group(1).lower() if found else binding
        wrong = _first(line)
        if wrong:
            validity, words = UNCONFIRMED, wrong
        elif _VALID in line:
            validity, words = VALID, ""
    return Logged(binding, validity, words)


def _first(line: str) -> Optional[str]:
    found: List[str] = [words for words in _INVALID if words in line]
    return found[0] if found else None


ENFORCED, NOT_ENFORCED = "enforced", "not enforced"
_KERNEL = "/proc/sys/crypto/fips_enabled"


def fips(run: Run = run, kernel: str = _KERNEL) -> str:
    """Whether the node's OpenSSL refuses what FIPS does not permit, and with it licences that are not signed with ECDSA (page
    *before-you-begin*): enforced, not enforced, or unknown. A library that was put in the place of OpenSSL is not seen."""
    ran = run(("openssl", "version", "-d"), TIMEOUT)
    path = openssl_configuration.path_of(ran.output) if ran.status == 0 else ""
    if path and openssl_configuration.requires_fips(path):
        return ENFORCED
    try:
        by_kernel = reading.text(kernel, "line").strip() == "1"
    except (OSError, UnsafePath):
        by_kernel = False
    return NOT_ENFORCED if path and not by_kernel else UNKNOWN
