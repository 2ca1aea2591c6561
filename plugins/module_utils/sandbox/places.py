# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The paths that a configuration names, and which of them the daemon may have to write to. Pure.

No page lists what the daemon writes. So every path counts as written unless its option is known to name what is only read,
or it lies where nothing of the daemon's may be written. A path too many is a directory that file permissions still protect.
"""

import re
from os.path import dirname, normpath
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..ecconf.effective import Effective, Setting
from ..errors import PlanError
from ..redaction import redaction
from ..text import generated, visible


class UsedPath(NamedTuple):
    """A path and where it comes from. `option` is in small letters, '' for the instance of a scope such as Listen; `file` is
    empty, and `line` 0, for what no configuration specifies."""

    path: str
    option: str
    because: str
    file: str = ""
    line: int = 0


# A path stands alone, or after `scheme:///`; a scheme with a host, and a network such as 192.0.2.0/24, name none.
_PATH = re.compile(r"(?<![^\s\"'(,;=<>|\[])(?:([A-Za-z][A-Za-z0-9_+.-]{0,30}):)?(/+)([^\s\"'(),;=<>|\[\]{}]*)")

# Options that name files which are only read (pages *tls*, *opendkim*, *securecreds*, *auth_ds* and others).
_READ = re.compile(r"certificate|_key$|^key|^cert|_ca$|_ca_|crl|dhparams|passw|role|credential|engine|^include|cacert")

LONGEST = 4096  # PATH_MAX, with the NUL at the end
# Directories that a configuration may name. The service account can write as many as it likes; systemd reads lines of up to 1 MiB.
MOST = 1000
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


def named(effective: Effective, secret_options: FrozenSet[str] = redaction.NO_NAMES) -> List[UsedPath]:
    """Every absolute path among values and among the names of scopes, in load order; a secret is none.

    What looks like one and holds a control character, or is too long for the kernel, is none: nothing of Momentum's is called so.
    """
    found = [
        UsedPath(path, setting.name.lower(), "%s, %s:%d" % (setting.name, setting.file, setting.line), *setting[4:6])
        for setting in effective.settings()
        for text in _texts(redaction.mask_value(setting.name, setting.value, secret_options))
        for path in paths_in(text)
    ]
    for scope in effective.scopes():
        name, instance = scope[-1]
        where = effective.where(scope)[-1]
        found += [UsedPath(path, "", "the scope %s" % name, *where) for path in paths_in(instance or "")]
    return [place for place in found if len(place.path) < LONGEST and visible.is_clean(place.path)]


def of_option(setting: Optional[Setting], path: str) -> UsedPath:
    """The path that an option is made for, whatever it is. Raises PlanError for one that is no plain absolute path."""
    name, file, line = (
        (setting.name, setting.file, setting.line) if setting is not None else ("the configuration", "", 0)
    )
    because = "%s, %s:%d" % (name, file, line)
    return UsedPath(generated.path(because, path), name.lower(), because, file, line)


def paths_in(text: str) -> List[str]:
    """The absolute paths in a text, without their schemes, and without the root directory, however it is written."""
    found = [
        normpath("/" + rest) for scheme, slashes, rest in _PATH.findall(text) if not (scheme and len(slashes) == 2)
    ]
    return [path for path in found if path.strip("/.")]


def under(path: str, directories: Sequence[str]) -> bool:
    """Whether a path is one of these directories or lies in one."""
    return any(path == directory or path.startswith(directory.rstrip("/") + "/") for directory in directories)


def written(
    places: Sequence[UsedPath],
    prefix: str,
    is_directory: Callable[[str], bool],
    local_changes: Optional[UsedPath] = None,
    replaceable: Callable[[str], bool] = lambda path: False,
) -> List[Tuple[str, str]]:
    """The directories that must stay writable, outermost only, each with its reason.

    `replaceable` tells of a directory whether the daemon's account can put something else in the place of what is in it. Where that
    is so above a directory, the outermost such directory stands for it: systemd would follow a link that the account put there.
    Raises PlanError for a Local_Changes_File among the system's files, and for more than MOST directories.
    """
    closed = SYSTEM + tuple("%s/%s" % (prefix, name) for name in PROGRAMS)
    found: Dict[str, str] = dict(DEFAULTS)
    found["%s/etc" % prefix] = "the licence is fetched anew, and replaced, here"
    named_by: Dict[str, str] = {}
    for place in places:
        directory = place.path if is_directory(place.path) else dirname(place.path)
        if directory != "/" and not under(directory, closed) and not _READ.search(place.option):
            named_by.setdefault(directory, "named by " + place.because)
            if len(named_by) > MOST:
                raise PlanError(
                    "%s: more than %d directories to write to are named up to here; see who wrote that, and take them out"
                    % (place.because, MOST)
                )
    for directory, reason in named_by.items():
        found.setdefault(anchored(directory, replaceable, closed), reason)
    if local_changes is not None:
        directory = dirname(local_changes.path)
        if directory == "/" or (under(directory, closed) and not under(directory, ["%s/etc" % prefix])):
            beside = "%s/etc" % dirname(prefix).rstrip("/")
            raise PlanError(
                "%s is %s: the daemon would be let write to %s; name a file elsewhere, such as %s/local_changes.conf"
                % (
                    local_changes.because,
                    local_changes.path,
                    directory,
                    prefix + "/etc" if under(beside, closed) else beside,
                )
            )
        found[anchored(directory, replaceable, closed)] = "%s, which is written here" % local_changes.because
    return [(path, found[path]) for path in sorted(found) if path not in ("", "/")]


def anchored(path: str, replaceable: Callable[[str], bool], closed: Sequence[str]) -> str:
    """The outermost directory above a path in which the daemon's account could replace it; the path itself where there is none."""
    above = ["/".join(path.split("/")[:count]) for count in range(2, path.count("/") + 1)]
    found = [directory for directory in above if not under(directory, closed) and replaceable(directory)]
    return found[0] if found else path


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
