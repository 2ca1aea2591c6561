# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Momentum's own validators print, with file, line and remedy where it names none.

ec_dump_config says the same twice, once for its log (page 4/executable/ec-dump-config):

    [Tue 18 Oct 2011 13:51:50] No module provides capability 'config.Global:invalid_option'.
    [Tue 18 Oct 2011 13:51:50] CFG-07961 No module provides capability 'config.Global:invalid_option'.
"""

import re
from typing import Iterator, List

from ..catalog import catalog
from ..ecconf.effective import Effective, Setting
from ..ecconf.paths import Path, format_path
from ..host import program
from ..redaction.redaction import mask_text
from ..text.nearest import suggestion

_STAMP = re.compile(r"^\[[^\]]{0,80}\] ?")
_CODE = re.compile(r"^CFG-[0-9]{1,8} ?")
_UNKNOWN = re.compile(r"^No module provides capability 'config\.([^':]{1,200}):([^']{1,200})'")


def once(output: str) -> List[str]:
    """Return the lines of an output, each once, without dates and numbers of messages."""
    lines = (_CODE.sub("", _STAMP.sub("", line.rstrip())) for line in program.lines(output))
    return list(dict.fromkeys(line for line in lines if line))


def explained(output: str, effective: Effective) -> str:
    """Return an output without repetitions, and before it where the options are that it refuses, and what to do.

    effective: the configuration that was refused. The words may quote secrets; whoever shows them removes these.
    """
    lines = once(output)
    found = [sentence for line in lines for sentence in _sentences(line, effective)]
    return "\n".join(found + lines)


def _sentences(line: str, effective: Effective) -> Iterator[str]:
    match = _UNKNOWN.match(line)
    if match is None:
        return
    scope, option = match.group(1).lower(), match.group(2).lower()
    for setting in effective.settings():
        if setting.name.lower() == option and _name_of(setting.path) == scope:
            for one in setting.overridden + (setting,):
                yield _sentence(one, scope)


def _name_of(path: Path) -> str:
    return path[-1][0].lower() if path else "global"


def _sentence(setting: Setting, scope: str) -> str:
    known = [name for name in catalog.names() if catalog.lookup(name, scope) is not None]
    otherwise = "correct its name, remove it, or load the module that has it"
    return "%s:%d: option %s of %s is unknown to the installed version; %s" % (
        setting.file,
        setting.line,
        setting.name,
        "scope %s" % mask_text(format_path(setting.path)) if setting.path else "the global scope",
        suggestion(setting.name, known, otherwise),
    )
