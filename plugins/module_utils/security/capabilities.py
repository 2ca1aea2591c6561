# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The language of cap_from_text(3) as sets, without libcap.

Momentum hands the option `Capabilities` to that function (page *capabilities*), and the function makes the whole text
invalid because of one wrong token. The grammar is that of cap_text_formats(7), with the decisions that libcap 2.66 takes
where the page is silent; the unit tests compare the two on thousands of texts. docs/capabilities.md has the rules.
"""

import re
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from ..errors import MomentumError
from ..files import reading

# capabilities(7): the position is the number.
NAMES = tuple(
    "cap_" + name
    for name in (
        "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable "
        "net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot "
        "sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease "
        "audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read "
        "perfmon bpf checkpoint_restore"
    ).split()
)
NUMBERS = {text: number for number, text in enumerate(NAMES)}
BITS = 64
NEWEST_KNOWN = len(NAMES) - 1
LAST_CAP_FILE = "/proc/sys/kernel/cap_last_cap"

# The characters of the C locale only: a Turkish or mathematical letter is not one of libcap's.
_BLANKS = re.compile(r"[ \t\n\v\f\r]*")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9][0-9]*")
_WORD = re.compile(r"[A-Za-z_]+")
_TOKEN = re.compile(r"[^ \t\n\v\f\r]{1,60}")
_ITEM_START = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_FLAGS = {"e": 0, "p": 1, "i": 2}
_ALL = -1


class CapabilityError(MomentumError, ValueError):
    """A text that cap_from_text(3) refuses: `position` (from 0) and `token` say where, `reason` says why."""

    def __init__(self, text: str, position: int, reason: str) -> None:
        found = _TOKEN.match(text, position)
        self.position = position
        self.token = found.group() if found else ""
        self.reason = reason
        super().__init__("capabilities %r: %s, at character %d" % (_short(text), reason, position + 1))


class CapabilitySets(NamedTuple):
    """The three sets of a process that cap_set_proc(3) sets, as numbers of capabilities."""

    effective: FrozenSet[int]
    permitted: FrozenSet[int]
    inheritable: FrozenSet[int]


NONE = CapabilitySets(frozenset(), frozenset(), frozenset())


class _Action(NamedTuple):
    operator: str
    flags: FrozenSet[int]


class _Clause(NamedTuple):
    items: List[int]
    actions: List[_Action]


def parse(text: str, last_cap: Optional[int] = None) -> CapabilitySets:
    """Read a text as cap_from_text(3) does; CapabilityError where that refuses it.

    `last_cap` is the highest capability that `all` stands for, by default the running kernel's.
    """
    masks = [0, 0, 0]
    everything: Optional[int] = None
    position = _after_blanks(text, 0)
    while position < len(text):
        clause, position = _clause(text, position)
        if everything is None and _ALL in clause.items:
            everything = (2 << (last_capability() if last_cap is None else last_cap)) - 1
        _apply(clause, _listed(clause.items, everything or 0), masks)
        position = _after_blanks(text, position)
    return CapabilitySets(*(from_mask(mask) for mask in masks))


def last_capability(path: str = LAST_CAP_FILE) -> int:
    """The highest capability of the running kernel; the highest that has a name here, if the kernel does not tell."""
    try:
        return int(reading.read(path, "line"))
    except (OSError, ValueError):
        return NEWEST_KNOWN


def name(number: int) -> str:
    """The name of a capability, or its number as text if it has none; cap_from_text(3) reads both."""
    return NAMES[number] if 0 <= number < len(NAMES) else str(number)


def from_mask(mask: int) -> FrozenSet[int]:
    """Turn a mask, such as one of /proc/PID/status, into numbers."""
    return frozenset(number for number in range(mask.bit_length()) if mask >> number & 1)


def format(sets: CapabilitySets, last_cap: int = NEWEST_KNOWN) -> str:
    """Write sets in one canonical form, which `parse` and cap_from_text(3) read as the same sets.

    Sets that hold most capabilities start from `all`, which is those up to `last_cap`.
    """
    flags = {number: _flags_of(number, sets) for number in range(max(BITS, last_cap + 1))}
    known = [flags[number] for number in range(last_cap + 1)]
    # Ties go to fewer flags, so that a small set is never written as everything but the rest.
    base = max(sorted(set(known), key=lambda text: (len(text), text)), key=known.count)
    groups: Dict[str, List[int]] = {}
    for number in sorted(flags):
        if flags[number] != (base if number <= last_cap else ""):
            groups.setdefault(flags[number], []).append(number)
    clauses = ["%s=%s" % (",".join(map(name, groups[key])), key) for key in sorted(groups, key=lambda key: groups[key])]
    return " ".join(([] if clauses and not base else ["=" + base]) + clauses)


def _clause(text: str, start: int) -> Tuple[_Clause, int]:
    """Read `[list] action {action}`, up to the next blank or the end of the text."""
    items: List[int] = []
    position = start
    if text[position] in _ITEM_START:
        items, position = _list(text, position)
    actions, end = _actions(text, position, bool(items))
    return _Clause(items or [_ALL], actions), end


def _list(text: str, position: int) -> Tuple[List[int], int]:
    """Read names, numbers and `all`, separated by commas without blanks."""
    items: List[int] = []
    while True:
        item, position = _item(text, position)
        items.append(item)
        if text[position : position + 1] != ",":
            return items, position
        position += 1
        if text[position : position + 1] not in _ITEM_START:
            raise CapabilityError(text, position, "a capability is missing after ','")


def _item(text: str, position: int) -> Tuple[int, int]:
    number = _NUMBER.match(text, position)
    if number:
        return _number(text, number.group(), position), number.end()
    word = _WORD.match(text, position)
    if word is None:
        raise CapabilityError(text, position, "a capability is expected")
    key = word.group().lower()
    if key == "all" and text[word.end() : word.end() + 1] not in _ITEM_START:
        return _ALL, word.end()
    if key not in NUMBERS:
        raise CapabilityError(text, position, _unknown(key))
    return NUMBERS[key], word.end()


def _number(text: str, digits: str, position: int) -> int:
    """Read a number as strtoul(3) with base 0 does: decimal, 0x hexadecimal, 0 octal."""
    significant = digits.lstrip("0xX")
    base = 16 if digits[1:2] in ("x", "X") else 8 if digits[0] == "0" else 10
    value = int(significant or "0", base) if len(significant) < 5 else BITS
    if value >= BITS:
        raise CapabilityError(text, position, "the number %s is not below %d" % (_short(digits), BITS))
    return value


def _actions(text: str, position: int, listed: bool) -> Tuple[List[_Action], int]:
    """Read the actions of a clause; `=` only as the first one, `+` and `-` only after a list and with flags."""
    actions: List[_Action] = []
    while not actions or text[position : position + 1] in ("+", "-"):
        operator, at = _operator(text, position, first=not actions), position
        if operator != "=" and not listed:
            raise CapabilityError(text, at, "'%s' needs a list of capabilities before it" % operator)
        position += len(operator)
        end = position
        while text[end : end + 1] in _FLAGS:
            end += 1
        if operator != "=" and end == position:
            raise CapabilityError(text, at, "'%s' needs one of the flags e, i, p (small letters) after it" % operator)
        actions.append(_Action(operator, frozenset(_FLAGS[flag] for flag in text[position:end])))
        position = end
    if position < len(text) and _after_blanks(text, position) == position:
        raise CapabilityError(text, position, _unexpected(text[position]))
    return actions, position


def _operator(text: str, position: int, first: bool) -> str:
    pair = text[position : position + 2]
    if first and pair in ("=+", "=-"):
        return pair
    if pair[:1] not in ("=", "+", "-") or not pair:
        raise CapabilityError(text, position, "one of the operators =, +, - is expected here")
    return pair[0]


def _apply(clause: _Clause, listed: int, masks: List[int]) -> None:
    """Change the masks as a clause says; `=` lowers what is listed in all three sets first."""
    for operator, flags in clause.actions:
        if operator[0] == "=":
            masks[:] = [mask & ~listed for mask in masks]
        for flag in flags:
            masks[flag] = masks[flag] & ~listed if operator[-1] == "-" else masks[flag] | listed


def _listed(items: List[int], everything: int) -> int:
    """The mask of a list; `all` overrides what is before it, as libcap has it."""
    mask = 0
    for item in items:
        mask = everything if item == _ALL else mask | 1 << item
    return mask


def _flags_of(number: int, sets: CapabilitySets) -> str:
    return "".join(flag for flag, held in zip("epi", sets) if number in held)


def _after_blanks(text: str, position: int) -> int:
    found = _BLANKS.match(text, position)
    return found.end() if found else position


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:197] + "..."


def _unknown(key: str) -> str:
    """Say that a name is unknown, and which one may be meant."""
    from difflib import get_close_matches

    near = [known for known in NAMES if known == "cap_" + key or (len(key) > 5 and known.startswith(key))]
    near = near or get_close_matches(key[:60], NAMES, 1)
    return "unknown capability '%s'%s" % (_short(key), ", perhaps %s" % near[0] if near else "")


def _unexpected(character: str) -> str:
    if character == ",":
        return "',' cannot follow flags: clauses are separated by blanks"
    if character == "=":
        return "'=' can only be the first operator of a clause"
    return "%r is not one of the flags e, i, p (small letters)" % character
