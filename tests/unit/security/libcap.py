# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real libcap as an oracle, and a generator of texts for it."""

import ctypes

from plugins.module_utils.security import capabilities

NAMES = list(capabilities.NAMES)
STRANGE = [
    "all",
    "ALL",
    "All",
    "CAP_CHOWN",
    "Cap_Net_Raw",
    "0",
    "00",
    "7",
    "012",
    "08",
    "0xa",
    "0X1F",
    "0x",
    "0xg",
    "40",
    "41",
]
STRANGE += [
    "50",
    "63",
    "64",
    "077",
    "0100",
    "0b1",
    "18446744073709551617",
    "cap_",
    "cap_63",
    "cap_10",
    "chown",
    "all2",
    "all_",
]
STRANGE += ["_", "", "cap_chown_", "cap_chownx", "cap_chown1", "net_bind_service", "cap-chown"]
OPERATORS = ["=", "+", "-", "=+", "=-"]
STRANGE_OPERATORS = ["==", "+-", "++", "-=", "", ":", "=="]
FLAGS = ["e", "p", "i", "ep", "pe", "eip", "epe", "pi"]
STRANGE_FLAGS = ["", "E", "EP", "x", "e,", "ex", "e="]
GAPS = [" ", "  ", "\t", "\n", "\v", "\f", "\r", " \t "]
STRANGE_GAPS = [",", ";", ", ", "", "\u00a0", "\x1f", "#"]


class Libcap:
    """cap_from_text(3), cap_get_flag(3) and cap_to_text(3); OSError where the library is absent."""

    def __init__(self):
        library = ctypes.CDLL("libcap.so.2", use_errno=True)
        library.cap_from_text.restype = library.cap_to_text.restype = ctypes.c_void_p
        library.cap_from_text.argtypes = [ctypes.c_char_p]
        library.cap_to_text.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        library.cap_free.argtypes = [ctypes.c_void_p]
        library.cap_get_flag.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.c_int)]
        self._library = library

    def parse(self, text):
        """The three masks (effective, permitted, inheritable) of a text, or None where libcap refuses it."""
        state = self._library.cap_from_text(text.encode())
        if not state:
            return None
        try:
            return tuple(self._mask(state, flag) for flag in (0, 1, 2))
        finally:
            self._library.cap_free(state)

    def rewrite(self, text):
        """What libcap writes for a text that it accepts."""
        state = self._library.cap_from_text(text.encode())
        written = self._library.cap_to_text(state, None)
        try:
            return ctypes.string_at(written).decode()
        finally:
            self._library.cap_free(written)
            self._library.cap_free(state)

    def _mask(self, state, flag):
        held, mask = ctypes.c_int(), 0
        for number in range(64):
            assert self._library.cap_get_flag(state, number, flag, ctypes.byref(held)) == 0
            mask |= held.value << number
        return mask


def ours(text):
    """What our own parser says, in the oracle's words."""
    try:
        return tuple(sum(1 << number for number in numbers) for numbers in capabilities.parse(text))
    except capabilities.CapabilityError:
        return None


def texts(source, count, strangeness):
    """Make texts from the grammar; each choice is a strange one with the given probability."""

    def choose(usual, strange):
        return source.choice(strange if source.random() < strangeness else usual)

    def clause():
        items = ",".join(
            choose(NAMES + ["all", "63", "10"], STRANGE) for _turn in range(source.choice([0, 1, 1, 1, 2, 3]))
        )
        first = choose(OPERATORS if items else ["="], OPERATORS + STRANGE_OPERATORS) + choose(FLAGS, STRANGE_FLAGS)
        more = source.choice([0, 0, 0, 1, 2]) if items else 0
        return (
            items
            + first
            + "".join(choose(["+", "-"], STRANGE_OPERATORS) + choose(FLAGS, STRANGE_FLAGS) for _turn in range(more))
        )

    for _turn in range(count):
        yield "".join(
            clause() + choose(GAPS, STRANGE_GAPS) for _turn in range(source.choice([0, 1, 1, 2, 3, 5]))
        ).rstrip(source.choice([" ", ""]))


def mutated(source, text, rounds=2):
    """Change, insert, drop or double characters of a text; no NUL, which ends a text for C."""
    for _turn in range(rounds):
        at = source.randrange(len(text) + 1)
        inserted = source.choice(
            ["", chr(source.randrange(1, 128)), source.choice("=+-eip,_ \tA0x"), text[at : at + 3]]
        )
        text = text[:at] + inserted + text[at + source.choice([0, 0, 1]) :]
    return text


def noise(source):
    """Random characters of the alphabet of the language, or any ASCII."""
    alphabet = source.choice(["=+-eip, al0163x_", "".join(map(chr, range(1, 128)))])
    return "".join(source.choice(alphabet) for _turn in range(source.randrange(12)))
