# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Momentum's own checkers, `ec_dump_config` and `validate_config`.

Neither has documented exit codes, so their text is judged (pages "ec_dump_config" and "validate_config"):

- `ec_dump_config -c FILE` prints the configuration as XML, or error messages. It is the only checker that accepts a
  candidate, and judges the staged files in a shadow of the configuration tree before anything is changed. In check mode
  it judges in the same way what would be staged.
- `validate_config` prints `Configuration valid`, or `No configuration found`, or nothing at all. It looks at what is
  installed, and judges that after the change; a refusal rolls the change back.

Both run from `/` (`.` is the first element of Momentum's search path) with a clean environment.
"""

import io
import os
import re
from typing import TYPE_CHECKING, Callable, Dict, Iterable, List, Mapping, Optional, Tuple

from ..errors import CheckFailed
from ..files import reading
from ..host.program import ENVIRONMENT, Ended, execute, shown

if TYPE_CHECKING:
    from .staging_tree import Version

TIMEOUT = 120.0  # seconds for one program
LIMIT = 64 << 20  # bytes; ec_dump_config prints the whole configuration
MANAGER_MAIN = "eccluster.conf"  # of the manager of a cluster, where there may be no ecelerity.conf
NOTHING_FOUND = "No configuration found"

_FAILURES = ("Reconfigure failed", "Global configuration error", "Syntax error", NOTHING_FOUND)
# The line may carry a date in brackets in front, as Momentum's other messages do.
_VALID = re.compile(r"(?:^|\n)(?:\[[^\]\n]{0,80}\] ?)?Configuration valid\.?[ \t\r]*(?:\n|$)")
_XML = re.compile(r"<(?:\?xml|!--|[A-Za-z_])")


# From the arguments, the environment and the time limit in seconds to what the program did. Raises OSError.
Runner = Callable[[List[str], Dict[str, str], float], Ended]


def _execute(arguments: List[str], environment: Dict[str, str], timeout: float) -> Ended:
    return execute(arguments, environment, timeout, limit=LIMIT)


class Checker:
    """The checkers of one installation.

    prefix: of the installation, /opt/msys/ecelerity. main: path of ecelerity.conf. search_path: directories in which
    includes are looked for; {NODENAME} stands for nodename. timeout: seconds for each program. state_dir: of the
    transactions, in which shadows are built, so that what a killed process left is removed by the next; default: the
    directory for temporary files. contents: returns the files that the programs read besides the staged ones.
    """

    def __init__(
        self,
        prefix: str,
        main: str,
        search_path: List[str],
        nodename: str,
        run: Runner = _execute,
        timeout: float = TIMEOUT,
        state_dir: Optional[str] = None,
        contents: Callable[[], List[bytes]] = list,
    ) -> None:
        self.dump = os.path.join(prefix, "bin", "ec_dump_config")
        self.validate = os.path.join(prefix, "bin", "validate_config")
        self.main = main
        self.search_path = [directory.replace("{NODENAME}", nodename) for directory in search_path]
        self.run = run
        self.timeout = timeout
        self.contents = contents
        self.shadow_dir = os.path.join(state_dir, "check") if state_dir else None

    @property
    def missing(self) -> List[str]:
        """The programs that are not there."""
        return [program for program in (self.dump, self.validate) if not _is_program(program)]

    @property
    def judges_plans(self) -> bool:
        """Whether the program is there that judges files before they are in place."""
        return _is_program(self.dump)

    def staged(self, mapping: Dict[str, Optional[str]]) -> bool:
        """Judge staged files (from target to staged path, None for a removed one). False when ec_dump_config is not
        there and nothing was checked. Raises CheckFailed."""
        if not self.judges_plans:
            return False
        ran = self._dumped(mapping, self.shadow_dir)
        self._judge(_judge_dump, self.dump, ran, (reading.read(path) for path in mapping.values() if path is not None))
        return True

    def planned(self, contents: Mapping[str, Optional[bytes]], parent: Optional[str]) -> bool:
        """Judge what files would hold (None for a removed one), and write nothing but a private shadow below `parent`, which
        is removed even where this process is killed. Returns and raises as `staged`."""
        from .staging_tree import watched_directory

        if not self.judges_plans:
            return False
        with watched_directory(parent) as directory:
            ran = self._dumped(contents, directory)
        self._judge(_judge_dump, self.dump, ran, (content for content in contents.values() if content is not None))
        return True

    def _dumped(self, versions: "Mapping[str, Version]", parent: Optional[str]) -> Ended:
        from .staging_tree import shadow

        directories = self.search_path + [os.path.dirname(self.main)]
        with shadow(versions, directories, parent) as root:
            environment = {"EC_CONF_SEARCH_PATH": ":".join(root + os.path.normpath(one) for one in self.search_path)}
            main = root + os.path.normpath(self.main)
            return self._ran([self.dump, "-c", main], environment, root)

    def installed(self) -> bool:
        """Judge what is installed now. False when validate_config is not there and nothing was checked. Raises
        CheckFailed.

        That it looks at eccluster.conf is not documented. Where it finds nothing on a manager, ec_dump_config judges instead.
        """
        if not _is_program(self.validate):
            return False
        ran = self._ran([self.validate], {}, "")
        if os.path.basename(self.main) == MANAGER_MAIN and ran.stdout.strip() == NOTHING_FOUND:
            return self.staged({})
        self._judge(_judge_validation, self.validate, ran, [])
        return True

    def _judge(self, judge: Callable[[str, Ended], None], program: str, ran: Ended, new: Iterable[bytes]) -> None:
        """Judge, and pass on what the program says without the lines that it quotes of the configuration."""
        try:
            judge(program, ran)
        except CheckFailed as error:
            from ..redaction.redaction import without_lines

            texts = self.contents() + list(new)
            refused = CheckFailed(shown(without_lines(error.output, texts)))
        else:
            return
        raise refused

    def _ran(self, arguments: List[str], extra: Dict[str, str], root: str) -> Ended:
        """Run, and put the real paths back into what the program says about its shadow."""
        environment = dict(ENVIRONMENT, **extra)
        try:
            ran = self.run(arguments, environment, self.timeout)
        except OSError as error:  # TimeoutError is one of them
            raise CheckFailed("%s: %s" % (arguments[0], error.strerror or error))
        return Ended(ran.status, *(text.replace(root, "") if root else text for text in ran[1:]))


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _judge_dump(program: str, ran: Ended) -> None:
    """Valid: an XML document, and no word of failure outside of it (a configured message may contain any word)."""
    document, words = _split(ran.stdout)
    words = "\n".join(part for part in (words, ran.stderr.strip()) if part)
    if ran.status < 0 or not document or any(failure in words for failure in _FAILURES):
        raise CheckFailed(_report(program, ran.status, words, "printed no configuration"))


def _split(text: str) -> Tuple[str, str]:
    """The XML document in an output, and what stands around it. Only a line can begin a document: '<' also occurs in
    messages."""
    offset = 0
    for line in io.StringIO(text, newline="\n"):
        if _XML.match(line.lstrip("\ufeff \t")):
            end = text.rfind(">") + 1
            return text[offset:end], (text[:offset].strip() + "\n" + text[end:].strip()).strip()
        offset += len(line)
    return "", text.strip()


def _judge_validation(program: str, ran: Ended) -> None:
    """Valid: exactly the documented words. Silence is the documented sign of an invalid configuration."""
    words = "\n".join(part for part in (ran.stdout.strip(), ran.stderr.strip()) if part)
    if ran.status < 0 or not _VALID.search(ran.stdout) or any(failure in words for failure in _FAILURES):
        raise CheckFailed(
            _report(
                program,
                ran.status,
                words,
                "printed nothing, which means that it is not valid; bin/ec_dump_config may print why",
            )
        )


def _report(program: str, status: int, words: str, silence: str) -> str:
    """What the user reads: the output of the program, else what its silence means."""
    name = os.path.basename(program)
    if status < 0:
        words = ("%s\n%s was killed by signal %d" % (words, name, -status)).strip()
    return words if words else "%s %s" % (name, silence)
