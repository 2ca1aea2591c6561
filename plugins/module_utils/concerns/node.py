# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node as a whole: all parts are planned, each over what the ones before it intend, and written as one."""

import os
from functools import partial
from typing import Any, Callable, Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple

from ..apply import ValidatorJudge
from ..errors import MomentumError, PlanError
from ..files import intended
from ..files.planned import PlannedFile
from ..host import rights
from ..planned import Judge, Planned
from ..state import activation, pending
from ..task import Task
from .parts import NAMES, PARTS, Part

NOT_OF_A_PART = ("diff", "changed", "transaction")
SHOWN = 8  # options or paths of one part in the summary


class PartTask(Task):
    """One part of a task, as its concern sees it: the options of the node, and its own."""

    def __init__(self, whole: Task, name: str, planned: Mapping[str, Planned], loaded: Dict[int, Any]) -> None:
        self.whole = whole
        self.name = name
        self.params = dict(whole.params, **whole.params[name])
        self.node = whole.node
        self.waits = waiting(planned)
        self.check_mode = whole.check_mode or bool(self.waits)
        self.secret_options = whole.secret_options
        self.announced = [path for one in planned.values() for path in one.written()]
        self.level = level_of(planned)
        self.loaded = loaded
        self.planned = planned
        self.is_part = True
        self.follows_changes = any(one.result["changed"] for one in planned.values())

    @property
    def quotable(self) -> List[bytes]:
        """What a program may repeat, of all parts."""
        return self.whole.quotable

    @quotable.setter
    def quotable(self, texts: List[bytes]) -> None:
        self.whole.quotable = self.whole.quotable + texts

    def warn(self, warning: str) -> None:
        """Add a warning that names the part, unless the task comes back, and then knows more."""
        if self.waits and not self.whole.check_mode:
            return
        self.whole.warn("%s: %s" % (self.name, warning))

    def private_directory(self) -> Optional[str]:
        """The directory of the whole task."""
        return self.whole.private_directory()

    def take_back(self) -> str:
        """Undo what the parts have done, the last one first."""
        return undone(self.planned)


class Refused(PlanError):
    """Parts that are refused, by name with the reason, and the names of those that would pass without them."""

    def __init__(self, refusals: Mapping[str, str], passing: Sequence[str]) -> None:
        first = next(iter(refusals))
        words = "%s: %s. Nothing is written" % (first, refusals[first].rstrip("."))
        if len(refusals) > 1:
            words += "; refused as well: %s" % ", ".join(list(refusals)[1:])
        if passing:
            words += ". Without %s the rest would pass: only: [%s]" % (
                "it" if len(refusals) == 1 else "them",
                ", ".join(passing),
            )
            # The roles manage the daemon with every tag.
            words += "" if "service" in refusals else " (roles: --tags %s)" % ",".join(passing)
        super().__init__(words)
        self.refusals = refusals
        self.passing = passing

    def details(self) -> Dict[str, Any]:
        """What the result says beside the message."""
        refused = [{"part": name, "reason": reason} for name, reason in self.refusals.items()]
        return {"refused": refused, "passing": list(self.passing)}


class PartFailed(MomentumError):
    """A part that failed after the files of all were written, and what it found."""

    def __init__(self, name: str, error: MomentumError) -> None:
        super().__init__("%s: %s" % (name, error))
        self.found = {"parts": {name: error.details()}}

    def details(self) -> Dict[str, Any]:
        """For the result."""
        return self.found


def plan(task: Task) -> Planned:
    """Return the plan of all parts as one. Raises Refused with every part that is refused; nothing was written then."""
    planned: Dict[str, Planned] = {}
    refusals: Dict[str, str] = {}
    loaded: Dict[int, Any] = {}
    try:
        for part in chosen(task.params):
            try:
                planned[part.name] = part.plan(PartTask(task, part.name, planned, loaded))
                intended.add(planned[part.name].files, planned[part.name].directories)
            except MomentumError as error:
                refusals[part.name] = str(error)
            except OSError as error:
                refusals[part.name] = rights.words_of(error)
    finally:
        intended.withdraw()
    if refusals:
        raise Refused(refusals, list(planned))
    whole = merged(task, planned)
    return requests_alone(whole, planned["certificate"]) if waiting(planned) and not task.check_mode else whole


def waiting(planned: Mapping[str, Planned]) -> List[str]:
    """Return the certificates that wait for the authority on the controller, which the action plugin has sign them before it asks again."""
    return planned["certificate"].result.get("waiting", []) if "certificate" in planned else []


def requests_alone(whole: Planned, certificates: Planned) -> Planned:
    """Return what is done of a plan while certificates wait: their requests are written, and all the rest is only foretold."""
    result = dict(whole.result, waiting=waiting({"certificate": certificates}))
    return Planned(result, certificates.files, certificates.directories, paths=whole.paths)


def chosen(params: Mapping[str, Any]) -> List[Part]:
    """Return the parts of a task that are requested. Raises PlanError for none, and for one that is only named."""
    given = [name for name in NAMES if params[name] is not None]
    only = given if params["only"] is None else params["only"]
    missing = [name for name in only if name not in given]
    if missing:
        raise PlanError(
            "only names %s, of which the task says nothing; describe it, or take it out" % ", ".join(missing)
        )
    if not only:
        raise PlanError("nothing to manage: describe at least one of %s" % ", ".join(NAMES))
    return [part for part in PARTS if part.name in only]


def merged(task: Task, planned: Mapping[str, Planned]) -> Planned:
    """Return one plan of several, in their order."""
    results = {name: dict(one.result) for name, one in planned.items()}
    files = merged_files([file for one in planned.values() for file in one.files])
    result: Dict[str, Any] = {
        "changed": any(result["changed"] for result in results.values()),
        "changed_parts": [name for name, result in results.items() if result["changed"]],
        "activation": level_of(planned),
        "diff": merged_differences([entry for result in results.values() for entry in result["diff"]]),
        "parts": {name: without(result, NOT_OF_A_PART) for name, result in results.items()},
    }
    result["summary"] = summary(planned, result["parts"], result["changed_parts"])
    doing = Doing(planned, result)
    return Planned(
        result,
        files,
        [directory for one in planned.values() for directory in one.directories],
        activation.merged(each for one in planned.values() for each in one.activations),
        Judges(judges_of(task, planned, files)),
        doing.beside,
        doing.proof,
        unique(path for one in planned.values() for path in one.written()),
        undo=partial(undone, planned),
    )


def level_of(planned: Mapping[str, Planned]) -> str:
    """Return the most that one of the parts needs: none, reload or restart."""
    return pending.strongest("none", *(one.result.get("activation", "none") for one in planned.values()))


class Doing:
    """What comes after the files of all parts: what is beside them, and, once all is activated, the proof. Each returns what the result
    then says, and raises PartFailed, OSError."""

    def __init__(self, planned: Mapping[str, Planned], result: Mapping[str, Any]) -> None:
        self.planned = planned
        self.parts = dict(result["parts"])
        self.changed = list(result["changed_parts"])

    def beside(self) -> Dict[str, Any]:
        """Do what is beside the files of each part."""
        return self._each(lambda one: one.beside)

    def proof(self) -> Dict[str, Any]:
        """Prove each part, the daemon last."""
        return self._each(lambda one: one.proof)

    def _each(self, step: Callable[[Planned], Callable[[], Dict[str, Any]]]) -> Dict[str, Any]:
        for name, one in self.planned.items():
            try:
                more = step(one)()
            except MomentumError as error:
                raise PartFailed(name, error)
            self.parts[name] = dict(self.parts[name], **without(more, NOT_OF_A_PART))
            self.changed += [name] if more.get("changed") and name not in self.changed else []
        return {
            "parts": self.parts,
            "changed_parts": self.changed,
            "changed": bool(self.changed),
            "summary": summary(self.planned, self.parts, self.changed),
        }


def summary(
    planned: Mapping[str, Planned], parts: Mapping[str, Mapping[str, Any]], changed: Sequence[str]
) -> List[str]:
    """Return a line for each part that changes: what, and what the daemon then has to do."""
    return ["%s: %s" % (name, what_changes(planned[name], parts[name])) for name in changed]


def what_changes(one: Planned, result: Mapping[str, Any]) -> str:
    """Return the change of a part in a few words: options or paths, or what the daemon does and why."""
    if "action" in result:
        return "%s (%s)" % (result["action"], "; ".join(result["reasons"]))
    named = [change["subject"] or change["scope"] or change["file"] for change in result.get("changes", ())]
    named = named or [difference["path"] for difference in result.get("differences", ())]
    named = named or [unit["name"] for unit in result.get("units", ()) if unit["state"] != "kept" or unit["files"]]
    named = unique(filter(None, named or list(one.written())))
    words = ", ".join(named[:SHOWN]) + (" and %d more" % (len(named) - SHOWN) if len(named) > SHOWN else "")
    level = result.get("activation", "none")
    return words if level == "none" else "%s (%s)" % (words, level)


def undone(planned: Mapping[str, Planned]) -> str:
    """Take back what the parts have done beside the files, the last one first; return what became of it in words."""
    return "; ".join(words for words in [one.undo() for one in reversed(list(planned.values()))] if words)


def merged_files(files: Sequence[PlannedFile]) -> List[PlannedFile]:
    """Return one change for each file: from what it was before the first to what it is after the last."""
    found: Dict[str, PlannedFile] = {}
    for file in files:
        first = found.get(file.path)
        if first is not None:
            old, new = first[3:], file[3:]
            kept = [before if after is None else after for before, after in zip(old, new)]
            file = PlannedFile(file.path, first.before, file.after, *kept)
        found[file.path] = file
    return [file for file in found.values() if (file.before, None, None, None) != file[2:]]


def merged_differences(entries: Sequence[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Return one difference for each file whose text is shown; others stay as they are."""
    found: List[Dict[str, Any]] = []
    places: Dict[str, int] = {}
    for entry in entries:
        header = str(entry.get("before_header", ""))
        place = places.get(header)
        if place is not None and "after" in entry and "after" in found[place]:
            found[place] = dict(found[place], after=entry["after"])
            continue
        if "after" in entry:
            places[header] = len(found)
        found.append(dict(entry))
    return found


def judges_of(
    task: Task, planned: Mapping[str, Planned], files: Sequence[PlannedFile]
) -> List[Tuple[Judge, FrozenSet[str]]]:
    """Return who judges which files: Momentum's validator once, over the files of all parts that it judges, and over what others put beside
    them, because an include may name it."""
    validated = {file.path for one in planned.values() if isinstance(one.judge, ValidatorJudge) for file in one.files}
    judges: List[Tuple[Judge, FrozenSet[str]]] = [
        (one.judge, frozenset(file.path for file in one.files))
        for one in planned.values()
        if one.files and not isinstance(one.judge, ValidatorJudge)
    ]
    if not validated:
        return judges
    made = any(file.path == task.node.main for file in files)
    if task.node.validate == "auto" and not made and not os.path.lexists(task.node.main):
        return judges  # without a configuration Momentum's checkers have nothing to judge
    directories = {os.path.dirname(path) for path in [*validated, task.node.main]} | set(task.node.search_path)
    validated |= {file.path for file in files if os.path.dirname(file.path) in directories}
    return judges + [(ValidatorJudge(task), frozenset(validated))]


class Judges(Judge):
    """Several judges, each of its own files."""

    def __init__(self, judges: Sequence[Tuple[Judge, FrozenSet[str]]]) -> None:
        self.all = judges
        self.refusing: Optional[Tuple[Judge, FrozenSet[str]]] = None

    def judges(self, files: Sequence[PlannedFile]) -> Dict[str, Any]:
        """The judges of a transaction, one after another."""
        asked = [(one, one[0].judges(own(files, one[1]))) for one in self.all]

        def staged(mapping: Mapping[str, Optional[str]]) -> None:
            for one, found in asked:
                if "check_staged" in found:
                    theirs = {path: copy for path, copy in mapping.items() if path in one[1]}
                    self._ask(one, partial(found["check_staged"], theirs))

        def installed() -> None:
            for one, found in asked:
                if "check_installed" in found:
                    self._ask(one, found["check_installed"])

        return {"check_staged": staged, "check_installed": installed}

    def foresee(self, files: Sequence[PlannedFile]) -> None:
        """Ask each."""
        for one in self.all:
            one[0].foresee(own(files, one[1]))

    def explained(self, files: Sequence[PlannedFile], error: Any) -> Any:
        """Let the one explain that refused."""
        return error if self.refusing is None else self.refusing[0].explained(own(files, self.refusing[1]), error)

    def _ask(self, one: Tuple[Judge, FrozenSet[str]], check: Callable[[], object]) -> None:
        self.refusing = one
        check()
        self.refusing = None


def own(files: Sequence[PlannedFile], paths: FrozenSet[str]) -> List[PlannedFile]:
    """Return the files of one judge."""
    return [file for file in files if file.path in paths]


def without(result: Mapping[str, Any], keys: Sequence[str]) -> Dict[str, Any]:
    """Return a result without some of its keys."""
    return {key: value for key, value in result.items() if key not in keys}


def unique(names: Any) -> List[str]:
    """Return names once each, in their order."""
    return list(dict.fromkeys(names))
