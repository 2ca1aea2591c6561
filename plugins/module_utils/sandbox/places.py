# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The paths that a configuration names, and which of them the daemon may have to write to. Pure.

No page lists what the daemon writes. So every path counts as written unless its option is known to name what is only read,
or it lies where nothing of the daemon's may be written. A path too many is a folder that file permissions still protect.
"""

import re
from os.path import dirname, normpath
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from ..ecconf.effective import Effective


class Place(NamedTuple):
    """A path and where it comes from. `option` is in small letters, '' for the instance of a scope such as Listen."""

    path: str
    option: str
    because: str


# A path stands alone, or behind `scheme:///`; a scheme with a host, and a network such as 192.0.2.0/24, name none.
_PATH = re.compile(r"(?<![^\s\"'(,;=<>|\[])(?:([A-Za-z][A-Za-z0-9_+.-]{0,30}):)?(/+)([^\s\"'(),;=<>|\[\]{}]*)")

# Options that name files which are only read (pages *tls*, *opendkim*, *securecreds*, *auth_ds* and others).
_READ = re.compile(r"certificate|_key$|^key|^cert|_ca$|_ca_|crl|dhparams|passw|role|credential|engine|^include|cacert")

# Where nothing becomes writable, whatever the configuration names.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/boot", "/efi", "/etc", "/proc", "/sys", "/dev")
PROGRAMS = ("bin", "sbin", "lib", "lib64", "libexec", "modules", "etc")
HOMES = ("/home", "/root", "/run/user")
SCRATCH = ("/tmp", "/var/tmp")

DEFAULTS = (
    ("/var/log/ecelerity", "logs, master database and traces lie here by default"),
    ("/var/log/eccluster", "the logs of the cluster manager lie here by default"),
    ("/var/spool/ecelerity", "spool and MTA-STS store lie here by default"),
    ("/run", "pid files lie here"),
)


def named(effective: Effective) -> List[Place]:
    """Every absolute path among values and among the names of scopes, in load order."""
    found = [
        Place(path, setting.name.lower(), "%s, %s:%d" % (setting.name, setting.file, setting.line))
        for setting in effective.settings()
        for text in _texts(setting.value)
        for path in paths_in(text)
    ]
    for scope in effective.scopes():
        name, instance = scope[-1]
        found += [Place(path, "", "the scope %s" % name) for path in paths_in(instance or "")]
    return found


def paths_in(text: str) -> List[str]:
    """The absolute paths in a text, without their schemes."""
    return [
        normpath("/" + rest)
        for scheme, slashes, rest in _PATH.findall(text)
        if rest.strip("/.") and not (scheme and len(slashes) == 2)
    ]


def under(path: str, folders: Sequence[str]) -> bool:
    """Whether a path is one of these folders or lies in one."""
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def written(
    places: Sequence[Place], prefix: str, is_directory: Callable[[str], bool], local_changes: str = ""
) -> List[Tuple[str, str]]:
    """The folders that must stay writable, outermost only, each with its reason."""
    closed = SYSTEM + tuple("%s/%s" % (prefix, name) for name in PROGRAMS)
    found: Dict[str, str] = dict(DEFAULTS)
    found["%s/etc" % prefix] = "the licence is fetched anew, and replaced, here"
    for place in places:
        folder = place.path if is_directory(place.path) else dirname(place.path)
        if folder != "/" and not under(folder, closed) and not _READ.search(place.option):
            found.setdefault(folder, "named by " + place.because)
    if local_changes:
        found[dirname(local_changes)] = "the Local_Changes_File is written here"
    return [(path, found[path]) for path in sorted(found) if path not in ("", "/")]


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value, however deep."""
    if isinstance(value, dict):
        for key in value:
            for item in (key, value[key]):
                yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    else:
        yield str(value)
