# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which files the targets put into force, and what is wrong with them: pairs of certificate and key by the fallback."""

from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ...ecconf.effective import Effective, Setting
from ...ecconf.paths import Path
from ...files import intended
from ...host.accounts import group_name
from ..plan import Ask
from ..targets import fold
from . import judge as files
from .judge import Flaw, Identity
from .key_access import KeyFile, look, readers

NONE = "none"  # the word that disables a certificate, page *tls_certificate*
_KINDS = {"ca": "ca", "client_ca": "ca", "dhparams_file": "dhparams"}

Judge = Callable[[str, str, str], Optional[Flaw]]


class Finding(NamedTuple):
    """What is wrong with the file of an option in a scope."""

    path: Path
    option: str
    value: str
    flaw: Flaw


def find(
    asks: Sequence[Ask], after: Effective, identity: Optional[Identity], judge: Judge = files.flaw
) -> List[Finding]:
    """Check every file that the asks bring into force; each file or pair is looked at once."""
    needed = list(dict.fromkeys(_needed(asks, after)))
    verdicts: Dict[Tuple[str, str, str], Optional[Flaw]] = {}
    found: List[Finding] = []
    sound: List[Tuple[Path, str, str]] = []
    for path, option, kind, file, key in needed:
        question = (kind, file, key)
        if question not in verdicts:
            verdicts[question] = judge(*question)
        flaw = verdicts[question]
        if flaw is None:
            sound += [(path, option, file)] + ([(path, "TLS_Key", key)] if key else [])
        else:
            found.append(Finding(path, option, file, flaw))
            sound += [
                (path, name, one)
                for name, one in ((option, file), ("TLS_Key", key))
                if one in flaw.missing and intended.foretold(one) is not None
            ]
    return found + _closed(sound, identity)


def ended(asks: Sequence[Ask], after: Effective, now: float) -> List[str]:
    """Which files that the asks bring into force hold expired certificates: the option and a sentence for each file."""
    kinds = {(kind, file): option for _path, option, kind, file, _key in _needed(asks, after)}
    told = [(option, files.ended(kind, file, now)) for (kind, file), option in kinds.items()]
    return ["%s: %s" % one for one in told if one[1]]


def disordered(asks: Sequence[Ask], after: Effective) -> List[str]:
    """Which pairs that the asks bring into force have a chain that is out of order: the option and a sentence for each file."""
    files_of = {file: option for _path, option, kind, file, _key in _needed(asks, after) if kind == "certificate"}
    told = [(option, files.disorder(file)) for file, option in files_of.items()]
    return ["%s: %s" % one for one in told if one[1]]


Needed = Tuple[Path, str, str, str, str]


def _needed(asks: Sequence[Ask], after: Effective) -> Iterator[Needed]:
    """Path, option, kind, file and key of every check."""
    pairs = [ask for ask in asks if ask.field.key in ("certificate", "key")]
    if pairs:
        yield from _pairs({fold(ask.path) for ask in pairs}, after)
    for ask in asks:
        if ask.field.key in _KINDS and ask.value is not None:
            yield ask.path, ask.field.option, _KINDS[ask.field.key], str(ask.value), ""


def _pairs(asked: "Optional[set[Path]]", after: Effective) -> Iterator[Needed]:
    """Every pair that has a part in one of the scopes asked for (None: in any), also where a narrower scope sets the other part."""
    everywhere: List[Path] = [()]
    everywhere.extend(after.scopes())
    for path in everywhere:
        if after.get(path, "TLS_Certificate") is None and after.get(path, "TLS_Key") is None:
            continue
        certificate, key = after.resolve(path, "TLS_Certificate"), after.resolve(path, "TLS_Key")
        if certificate is None or str(certificate.value).lower() == NONE:
            continue
        if asked is None or _is_from(certificate, asked) or _is_from(key, asked):
            yield path, "TLS_Certificate", "certificate", str(certificate.value), str(key.value) if key else ""


def exposed_keys(
    asks: Sequence[Ask], after: Effective, identity: Optional[Identity], look: Callable[[str], Optional[KeyFile]] = look
) -> Tuple[List[Finding], List[Finding]]:
    """The private keys in force that others than root and the daemon can read: of the scopes that the asks are about, and of all
    others. Each file is looked at once."""
    asked = {fold(ask.path) for ask in asks if ask.field.key in ("certificate", "key")}
    ours: List[Finding] = []
    others: List[Finding] = []
    seen: Dict[str, Optional[Flaw]] = {}
    for pair in _pairs(None, after):
        file = pair[4] or pair[3]
        if file not in seen:
            seen[file] = _exposure(file, identity, look)
        flaw = seen[file]
        if flaw is not None:
            option = "TLS_Key" if pair[4] else "TLS_Certificate"
            is_ours = any(_is_from(after.resolve(pair[0], name), asked) for name in ("TLS_Certificate", "TLS_Key"))
            (ours if is_ours else others).append(Finding(pair[0], option, file, flaw))
    return ours, others


def _exposure(file: str, identity: Optional[Identity], look: Callable[[str], Optional[KeyFile]]) -> Optional[Flaw]:
    key = look(file)
    who = readers(key, identity) if key is not None else []
    if key is None or not who:
        return None
    reason = "the private key in %s (mode %04o) can be read by %s" % (file, key.mode, " and ".join(who))
    group = group_name(identity.gid) if identity else "the daemon's group"
    return Flaw(reason, "give it to root and %s with mode 0640 (chown root:%s, chmod 0640)" % (group, group))


def _is_from(setting: Optional[Setting], asked: "set[Path]") -> bool:
    return setting is not None and fold(setting.path) in asked


def _closed(there: Sequence[Tuple[Path, str, str]], identity: Optional[Identity]) -> List[Finding]:
    """The files that are what they should be, or of which only owner and mode are known yet, but that the daemon cannot open."""
    refused = files.unreadable([file for _path, _option, file in there], identity)
    who = "the daemon's user %s" % identity.name if identity else "this user"
    advice = "give its group the right to read the file and to enter every directory above it"
    return [
        Finding(path, option, file, Flaw("%s cannot open %s: %s" % (who, file, refused[file]), advice))
        for path, option, file in there
        if file in refused
    ]
