# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which values of the configuration are secrets, and how texts are shown without them.

Options are recognised by name (pages *outbound_smtp_auth*, *auth_radius*, *snmp*, *http_basic_auth*, *control_authz*), and
passwords inside connection texts such as ``pgsql:host=db;password=...`` by their key. A difference between two texts still
shows *that* a secret changed: the two are marked as old and new.
"""

import re
from typing import Any, Dict, FrozenSet, Iterable, Iterator, Tuple

from .ecconf import ParseError, parse
from .ecconf.document import Option

MASK = "********"
NAMES = re.compile(
    r"passw|_pass$|^pass$|secret|passphrase|^community$|^http_basic_auth$|credential_value|api_?key$|auth_?token$", re.I
)
KEYS = re.compile(r"((?:password|passwd|pwd|pass|secret)[ \t]{0,8}=[ \t]{0,8})([^;&\s\"'()]+)", re.I)
URI = re.compile(r"(://[^/@:\s\"']{1,256}:)([^/@\s\"']{1,256})(@)")
FREE_OF_SECRETS = frozenset(["", "true", "false", "yes", "no", "on", "off", "0", "1"])


def is_secret(option: str, extra: FrozenSet[str] = frozenset()) -> bool:
    """Tell by its name whether an option holds a secret; `extra` are further names in lower case."""
    return option.lower() in extra or NAMES.search(option) is not None


def mask_value(option: str, value: Any, extra: FrozenSet[str] = frozenset()) -> Any:
    """Give a value as it may be shown: masked if the option is secret, else without passwords inside it."""
    if value is None:
        return None
    if is_secret(option, extra):
        return MASK
    if isinstance(value, dict):
        return {key: mask_value(key, item, extra) for key, item in value.items()}
    if isinstance(value, list):
        return [mask_value("", item, extra) for item in value]
    return mask_text(value) if isinstance(value, str) else value


def mask_text(text: str) -> str:
    """Mask the passwords that stand in a text as ``key=value`` or ``scheme://user:password@host``."""
    return URI.sub(r"\g<1>%s\g<3>" % MASK, KEYS.sub(r"\g<1>%s" % MASK, text))


def is_worth_hiding(text: str) -> bool:
    """Tell a secret from words such as `true`, whose masking would blank half of a file and hide nothing."""
    return text.lower() not in FREE_OF_SECRETS


def secrets_in(option: str, value: Any, extra: FrozenSet[str] = frozenset()) -> Iterator[str]:
    """Name every secret text inside the value of an option."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from secrets_in(option if is_secret(option, extra) else key, item, extra)
    elif isinstance(value, list):
        for item in value:
            yield from secrets_in(option, item, extra)
    elif is_secret(option, extra):
        yield str(value)
    elif isinstance(value, str):
        yield from _passwords(value)


def hide(text: str, secrets: FrozenSet[str]) -> str:
    """Mask known secrets, and what looks like one, in the words of a program."""
    return mask_text(_replace(text, {secret: MASK for secret in secrets}))


def secrets_of(contents: Iterable[bytes], extra: FrozenSet[str] = frozenset()) -> FrozenSet[str]:
    """All secrets worth hiding that stand in some files."""
    return frozenset(
        secret for content in contents for secret in _secrets(_decode(content), extra) if is_worth_hiding(secret)
    )


def difference(before: bytes, after: bytes, extra: FrozenSet[str] = frozenset()) -> Tuple[str, str]:
    """Give two versions of a file as they may be shown, secrets masked and marked where they differ."""
    old, new = _decode(before), _decode(after)
    old_secrets, new_secrets = secrets_of([before], extra), secrets_of([after], extra)
    return (
        _replace(old, {secret: MASK + ("" if secret in new_secrets else " (old)") for secret in old_secrets}),
        _replace(new, {secret: MASK + ("" if secret in old_secrets else " (new)") for secret in new_secrets}),
    )


def _decode(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _secrets(text: str, extra: FrozenSet[str]) -> Iterator[str]:
    """All secrets of a text: of its options, and of comments that look like options."""
    try:
        items = [item for _holder, item in parse(text).walk()]
    except ParseError:
        items = []
    for option in (item for item in items if isinstance(item, Option)):
        yield from secrets_in(option.name, option.value, extra)
    for line in text.splitlines():
        yield from _loose_secrets(line, extra)


def _loose_secrets(line: str, extra: FrozenSet[str]) -> Iterator[str]:
    """Secrets of a line that is no option: ``# Password = "old"`` in a comment, or a file that does not parse."""
    name, sign, value = line.partition("=")
    words = name.split()
    if sign and words and is_secret(words[-1].strip("#\"'"), extra):
        yield value.strip().strip("\"'()[] \t")
    yield from _passwords(line)


def _passwords(text: str) -> Iterator[str]:
    for pattern in (KEYS, URI):
        for match in pattern.finditer(text):
            yield match.group(2)


def _replace(text: str, masks: Dict[str, str]) -> str:
    """Replace each secret by its mask, in one pass, longer secrets first so that none is cut in two."""
    if not masks:
        return text
    pattern = "|".join(re.escape(secret) for secret in sorted(masks, key=len, reverse=True))
    return re.sub(pattern, lambda match: masks[match.group(0)], text)
