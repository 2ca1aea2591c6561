# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node as a whole: all parts are planned, each over what the ones before it intend, and written as one."""

import os
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .. import node_options as nodes
from ..apply import ValidatorJudge
from ..errors import MomentumError, PlanError
from ..files import intended
from ..files.planned import PlannedFile, Requested
from ..host import rights
from ..options.parts import NAMES
from ..planned import Judge, Planned
from ..redaction import redaction
from ..state import activation, pending
from ..task import Task

if TYPE_CHECKING:
    # Ansible sends the files that are imported by name. What runs imports those parts alone that are requested: a node compiles each anew.
    from . import (  # noqa: F401
        certificate,
        config,
        control,
        credential,
        dhparams,
        dkim_key,
        keyword_file,
        permissions,
        sandbox,
        security,
        service,
        tls,
    )

NOT_OF_A_PART = ("diff", "changed", "transaction")
WHOLE_FILES = ("certificate", "dhparams", "keyword_file")  # parts whose files are nobody else's
# Parts whose answer the packages decide: they bring the configuration that these are compared with, and the owners and modes of its files.
OF_THE_PACKAGES = ("config", "security", "tls", "dkim_key", "credential", "control", "sandbox", "permissions")
SHOWN = 8  # options or paths of one part in the summary
# Parts that edit the configuration, and the variables of the roles that say so. Two of them can each undo what the other asks for.
EDITS = {
    "config": "momentum_settings",
    "security": "momentum_security_...",
    "tls": "momentum_tls_profile, momentum_tls_targets and momentum_outbound_tls",
    "dkim_key": "momentum_dkim_keys",
    "control": "momentum_control_...",
}
UNDOING = dict(
    EDITS, credential="momentum_credentials"
)  # and the one that only a stanza of an earlier one can contradict


class PartTask(Task):
    """One part of a task, as its concern sees it: the options of the node, and its own."""

    def __init__(
        self,
        whole: Task,
        name: str,
        planned: Mapping[str, Planned],
        loaded: Dict[int, Any],
        handover: Optional["permissions.Handover"] = None,
    ) -> None:
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
        self.handover = handover
        self.requested = {part: one.requested for part, one in planned.items() if one.requested}
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

    def hand_back(self) -> str:
        """Give directories back that the parts have taken, the last one first."""
        return handed_back(self.planned)


class SecondLook(PartTask):
    """A part that is planned once more, over what all parts intend. Its warnings have been given."""

    def warn(self, warning: str) -> None:
        """Say nothing twice."""


class Refused(PlanError):
    """Parts that are refused, by name with the reason, and the names of those that would pass without them."""

    def __init__(self, refusals: Mapping[str, str], passing: Sequence[str]) -> None:
        # An account that is refused is often what others are refused for.
        refusals = {name: refusals[name] for name in sorted(refusals, key=lambda name: name != "security")}
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


def concern(name: str) -> Any:
    """Return the file of a part's concern."""
    return import_module("." + name, __package__)


def plan(task: Task) -> Planned:
    """Return the plan of all parts as one. Raises Refused with every part that is refused; nothing was written then."""
    planned: Dict[str, Planned] = {}
    refusals: Dict[str, str] = {}
    loaded: Dict[int, Any] = {}
    parts = chosen(task.params)
    handover = handover_of(task, parts)
    exposure: Optional[Exposure] = None
    assumed = is_assumed(task)
    try:
        for name in parts:
            try:
                planned[name] = concern(name).plan(PartTask(task, name, planned, loaded, handover))
                intended.add(*planned[name].to_be_seen())
            except MomentumError as error:
                refusals[name] = str(error)
            except OSError as error:
                refusals[name] = rights.words_of(error)
        if not refusals:
            refusals = contradictions(
                planned,
                lambda name: concern(name).plan(SecondLook(task, name, before(planned, name), loaded, handover)),
            )
        if not refusals:
            exposure = None if assumed else exposed(task, planned, loaded)
    finally:
        intended.withdraw()
    if refusals:
        raise Refused(refusals, [name for name in planned if name not in refusals])
    refuse_differing(planned)
    refuse_shared(planned)
    whole = merged(task, planned, exposure, not_judged(task, planned) if assumed else ())
    return requests_alone(whole, planned["certificate"]) if waiting(planned) and not task.check_mode else whole


def is_assumed(task: Task) -> bool:
    """Return whether check mode takes the main file for an empty one, because an earlier task may have announced it; not where a part creates it."""
    files = (task.params["config"] or {}).get("files") or []
    made = any(os.path.normpath(file["path"]) == task.node.main for file in files)
    return task.check_mode and not made and bool(nodes.basis(task.node, True))


def not_judged(task: Task, planned: Mapping[str, Planned]) -> List[str]:
    """Return the parts of which nobody can tell whether they change before the packages are there, which bring what these are compared with."""
    return [] if nodes.is_installed(task.node) else [name for name in planned if name in OF_THE_PACKAGES]


def contradictions(planned: Mapping[str, Planned], again: Callable[[str], Planned]) -> Dict[str, str]:
    """Return, by part, why what it asks for would not be so after the run: a later part changes it, and the next run would change it back.

    again: plans a part once more, over what all of them intend. Parts are planned again only where a later one changes the configuration.
    """
    found = {}
    editing = [name for name in planned if name in UNDOING]
    for place, name in enumerate(editing):
        later = [other for other in editing[place + 1 :] if planned[other].result["changed"]]
        if not later or name not in EDITS:
            continue
        try:
            second = again(name)
            # What is done beside files, such as a directory, has not been done yet, and no other part undoes it.
            changes = second.result["changes"] if second.files else ()
        except MomentumError as error:
            found[name] = "with what %s intends: %s" % (" and ".join(later), error)
        except OSError as error:
            found[name] = "with what %s intends: %s" % (" and ".join(later), rights.words_of(error))
        else:
            found.update({name: contradiction(name, later, changes)} if changes else {})
    return found


def before(planned: Mapping[str, Planned], name: str) -> Dict[str, Planned]:
    """Return the plans of the parts that come before one."""
    names = list(planned)
    return {other: planned[other] for other in names[: names.index(name)]}


def contradiction(name: str, later: Sequence[str], changes: Sequence[Mapping[str, Any]]) -> str:
    """Return the reason in words, with the options that are requested in two ways."""
    options = unique(
        (one["subject"] or one["action"]) + (" (scope %s)" % one["scope"] if one["scope"] else "") for one in changes
    )
    starttls = "; or give the target `offer: unmanaged`" if any("SMTP_Extensions" in one for one in options) else ""
    return (
        "%s would undo what it asks for (%s), and the next run would change it back. Ask for it in one of them alone (roles: %s)%s"
        % (
            " and ".join(later),
            ", ".join(options[:SHOWN]) + (" and %d more" % (len(options) - SHOWN) if len(options) > SHOWN else ""),
            ", ".join("%s: %s" % (one, UNDOING[one]) for one in [name, *later]),
            starttls,
        )
    )


def refuse_shared(planned: Mapping[str, Planned]) -> None:
    """Raise PlanError for a file that a part writes as a whole and another one writes, too."""
    for name in WHOLE_FILES:
        own = set(planned[name].written()) if name in planned else set()
        for other, one in planned.items():
            shared = own & set(one.written()) if other != name else set()
            if shared:
                raise PlanError(
                    "the parts %s and %s would both write %s; give one of them another file. Nothing is written"
                    % (name, other, sorted(shared)[0])
                )


def refuse_differing(planned: Mapping[str, Planned]) -> None:
    """Raise PlanError for a file or directory of which two parts want another owner, group or mode. What `permissions` requests, it judges itself."""
    said: Dict[str, Tuple[str, Requested]] = {}
    for name, one in planned.items():
        for asked in one.requested:
            first, earlier = said.setdefault(os.path.realpath(asked.path), (name, asked))
            if first != name and not earlier.agrees_with(asked):
                raise PlanError(
                    "%s: the parts %s (%s) and %s (%s) want it otherwise, so both would change it in every run; give it the same owner, group "
                    "and mode in both. Nothing is written" % (asked.path, first, earlier.words(), name, asked.words())
                )


def handover_of(task: Task, parts: Sequence[str]) -> Optional["permissions.Handover"]:
    """Return the directories that the part permissions can take from other accounts; None where it changes nothing."""
    if "permissions" not in parts or task.params["permissions"]["state"] != "enforce":
        return None
    owners, params = concern("permissions"), task.params["permissions"]
    handover: "permissions.Handover" = owners.Handover(
        lambda: owners.rules_of(PartTask(task, "permissions", {}, {})), owners.taken_from(params)
    )
    return handover


def waiting(planned: Mapping[str, Planned]) -> List[str]:
    """Return the certificates that wait for the authority on the controller, which the action plugin has sign them before it asks again."""
    return planned["certificate"].result.get("waiting", []) if "certificate" in planned else []


def requests_alone(whole: Planned, certificates: Planned) -> Planned:
    """Return what is done of a plan while certificates wait: their requests are written, and all the rest is only foretold."""
    result = dict(whole.result, waiting=waiting({"certificate": certificates}))
    return Planned(result, certificates.files, certificates.directories, paths=whole.paths)


def chosen(params: Mapping[str, Any]) -> List[str]:
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
    return [name for name in NAMES if name in only]


class Exposure(NamedTuple):
    """What the configuration opens to the world once all parts are written, and the names of what they close."""

    open: List[Dict[str, Any]]
    closed: List[str]


def exposed(task: Task, planned: Mapping[str, Planned], loaded: Mapping[int, Any]) -> Optional[Exposure]:
    """Return what is open once all parts are written; None where no part has read a configuration of the node. What a part has read is not read again.

    Raises PlanError for what is accepted without a reason."""
    from ..exposure import current, judge

    taken = judge.accepted(task.params["exposure_accepted"])
    if not loaded:
        return None
    now = configuration_to_be(task.node, loaded)
    version, modes = version_of(task.params, planned), modes_to_be(planned)
    found = current.current(now, version, task.node.prefix, taken, task.secret_options, modes)
    first = loaded[min(loaded)]
    closed = []
    if modes or now is not first:
        closed = judge.closed(current.current(first, version, task.node.prefix, (), task.secret_options), found)
    still_open = judge.still_open(found)
    if still_open and (task.check_mode or not waiting(planned)):
        words = "open to the world: %s; summary says where and what closes it. Accept on purpose with exposure_accepted (roles: momentum_exposure_accepted)"
        task.warn("exposure: " + words % ", ".join(unique(name for name, _scope in still_open)))
    return Exposure(found, closed)


def configuration_to_be(node: nodes.Node, loaded: Mapping[int, Any]) -> Any:
    """Return the configuration as all parts intend it: the one that a part has read, or, where later parts change it, that one with what they change."""
    if intended.state() in loaded:
        return loaded[intended.state()]
    texts = {}
    for file in loaded[max(loaded)].configuration.files:
        changed = intended.file(file.path)
        content = bytes(file.document) if changed is None else changed.content
        texts.update({file.path: content} if content is not None else {})
    return nodes.current(node, texts)


def modes_to_be(planned: Mapping[str, Planned]) -> Dict[str, int]:
    """Return the permission bits of the files that the part `permissions` changes, by path, as they will be."""
    result = planned["permissions"].result if "permissions" in planned else {}
    differences = result.get("differences", ()) if result.get("changed") else ()
    return {one["path"]: int(one["after"].rpartition(" ")[2], 8) for one in differences}


def version_of(params: Mapping[str, Any], planned: Mapping[str, Planned]) -> str:
    """Return Momentum's version as the task says it, or a part has found it; '' where neither has."""
    found = planned["tls"].result.get("version") if "tls" in planned else ""
    asked = [params[name].get("version") for name in ("tls", "permissions") if params[name] is not None]
    return next((str(one) for one in [found, *asked] if one), "")


def merged(
    task: Task, planned: Mapping[str, Planned], exposure: Optional[Exposure] = None, unknown: Sequence[str] = ()
) -> Planned:
    """Return one plan of several, in their order. exposure: what is open afterwards; None where it was not judged. unknown: parts of which nobody
    can tell whether they change."""
    results = {name: dict(one.result) for name, one in planned.items()}
    files = merged_files([file for one in planned.values() for file in one.files])
    result: Dict[str, Any] = {
        "changed": any(result["changed"] for result in results.values()),
        "changed_parts": [name for name, result in results.items() if result["changed"] and name not in unknown],
        "activation": level_of(planned),
        "diff": merged_differences(
            [entry for result in results.values() for entry in result["diff"]], files, task.secret_options
        ),
        "parts": {name: without(result, NOT_OF_A_PART) for name, result in results.items()},
    }
    if exposure is not None:
        result.update(exposure=exposure.open, exposure_closed=exposure.closed)
    result["summary"] = summary(planned, result["parts"], result["changed_parts"], result.get("exposure", ()))
    if unknown:
        result["not_judged"] = list(unknown)
        result["summary"] += [
            "%s (unless the packages bring it): %s" % (name, what_changes(planned[name], result["parts"][name]))
            for name in unknown
            if results[name]["changed"]
        ] + ["not judged before the packages are there: %s" % ", ".join(unknown)]
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
        hand_back=partial(handed_back, planned),
        ahead=doing.ahead,
    )


def level_of(planned: Mapping[str, Planned]) -> str:
    """Return the most that one of the parts needs: none, reload or restart."""
    return pending.strongest("none", *(one.result.get("activation", "none") for one in planned.values()))


class Doing:
    """What comes before and after the files of all parts: what is ahead of them, what is beside them, and, once all is activated, the proof.
    Each raises PartFailed, OSError; the latter two return what the result then says."""

    def __init__(self, planned: Mapping[str, Planned], result: Mapping[str, Any]) -> None:
        self.planned = planned
        self.parts = dict(result["parts"])
        self.changed = list(result["changed_parts"])
        self.exposure = result.get("exposure", ())

    def ahead(self) -> None:
        """Do what comes before the files of each part."""
        for name, one in self.planned.items():
            try:
                one.ahead()
            except MomentumError as error:
                raise PartFailed(name, error)

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
            "summary": summary(self.planned, self.parts, self.changed, self.exposure),
        }


def summary(
    planned: Mapping[str, Planned],
    parts: Mapping[str, Mapping[str, Any]],
    changed: Sequence[str],
    exposure: Sequence[Mapping[str, Any]] = (),
) -> List[str]:
    """Return a line for each part that changes: what, and what the daemon then has to do. Then which records are to be published, what weakens TLS and
    stays, and what stays open."""
    changes = ["%s: %s" % (name, what_changes(planned[name], parts[name])) for name in changed]
    weak = [weakness(one) for one in parts.get("tls", {}).get("weaker", ()) if not one["removed"]]
    signing = ["dkim_key: %s" % words for words in parts.get("dkim_key", {}).get("summary", ())]
    return changes + signing + weak + (still_open(exposure) if exposure else [])


def still_open(exposure: Sequence[Mapping[str, Any]]) -> List[str]:
    """Return a line for each finding that stays open, and one for those that are accepted."""
    from ..exposure import judge

    return judge.summary(exposure)


def weakness(weaker: Mapping[str, Any]) -> str:
    """Return a line about a setting in a narrower scope, see RV(weaker) of the module tls."""
    words = "tls: WARNING: %(scope)s: %(option)s = %(value)s (%(file)s:%(line)s): %(because)s; %(remedy)s"
    return words % weaker


def what_changes(one: Planned, result: Mapping[str, Any]) -> str:
    """Return the change of a part in a few words: options or paths, or what the daemon does and why."""
    if "action" in result:
        return "%s (%s)" % (result["action"], "; ".join(result["reasons"]))
    named = [change["subject"] or change["scope"] or change["file"] for change in result.get("changes", ())]
    named = named or [difference["path"] for difference in result.get("differences", ())]
    named = named or [unit["name"] for unit in result.get("units", ()) if unit["state"] != "kept" or unit["files"]]
    named = unique(filter(None, named or list(one.written()) or list(result.get("services", ()))))
    words = ", ".join(named[:SHOWN]) + (" and %d more" % (len(named) - SHOWN) if len(named) > SHOWN else "")
    level = result.get("activation", "none")
    return words if level == "none" else "%s (%s)" % (words, level)


def undone(planned: Mapping[str, Planned]) -> str:
    """Take back what the parts have done beside the files, the last one first; return what became of it in words."""
    return "; ".join(words for words in [one.undo() for one in reversed(list(planned.values()))] if words)


def handed_back(planned: Mapping[str, Planned]) -> str:
    """Give the directories back that the parts have taken, the last one first; return what became of it in words."""
    return "; ".join(words for words in [one.hand_back() for one in reversed(list(planned.values()))] if words)


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


def merged_differences(
    entries: Sequence[Dict[str, Any]], files: Sequence[PlannedFile], secret_options: FrozenSet[str]
) -> List[Dict[str, Any]]:
    """Return one difference for each file whose text is shown; others stay as they are. One of several parts is made of the whole change of the
    file: which secrets are new, none of the parts knows."""
    changed = {file.path: file for file in files if file.after is not None}
    found: List[Dict[str, Any]] = []
    places: Dict[str, int] = {}
    for entry in entries:
        header = str(entry.get("before_header", ""))
        place = places.get(header)
        if place is not None and "after" in entry and "after" in found[place]:
            found[place] = dict(found[place], after=entry["after"])
            if header in changed:
                texts = changed[header].before or b"", changed[header].after or b""
                found[place].update(zip(("before", "after"), redaction.difference(*texts, secret_options)))
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
    directories = {os.path.dirname(path) for path in [*validated, task.node.main]} | set(task.node.search_path)
    validated |= {file.path for file in files if os.path.dirname(file.path) in directories}
    announced = [path for one in planned.values() for path in one.written()]
    announced += (task.params["tls"] or {}).get("expected_files") or []
    return judges + [(ValidatorJudge(task, announced), frozenset(validated))]


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
