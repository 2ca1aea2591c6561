# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for Momentum's console: the requested places, without what would undo their protection. A pure function.

What makes a place unsafe is judged on the configuration as it would be afterwards, whatever scope the reason is in.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..config.plan import DesiredSetting, Plan, Reload, plan
from ..ecconf.effective import Effective
from ..ecconf.paths import Path, format_path
from ..ecconf.syntax.atoms import parse_bool
from ..errors import PlanError
from .current import CurrentConsole
from .listens import LISTENER, MECHANISMS, Listen, listens, uri_of
from .options import Authorization, Console, Tcp
from .safety_checks import Unsafe

MOST = 200  # places of the console in one configuration
AUTHORIZATION: Path = (("Authorization", None),)


class ConsolePlan(NamedTuple):
    """The plan; what was unsafe before, each with whether it is gone afterwards; and the console after it."""

    plan: Plan
    unsafe: List[Tuple[Unsafe, bool]]
    after: CurrentConsole


def plan_console(before: CurrentConsole, reload: Reload, requested: Console) -> ConsolePlan:
    """Plan the console. `reload` gives the configuration with some files replaced. Raises PlanError where a requested place would not
    be safe, and for more than MOST places in the configuration."""
    _refuse_many(before.listens)
    all_desired = _all_desired(before, requested) + (_weakening(before, requested) if requested.purge else [])
    made, after = _made(before, reload, all_desired)
    if requested.purge:
        doomed = _doomed(after, requested)
        if doomed:
            kept = [desired for desired in all_desired if not _within(desired.path, doomed)]
            all_desired = kept + [DesiredSetting(path, state="absent") for path in doomed]
            made, after = _made(before, reload, all_desired)
    replaced = _replaced(after, requested)
    if replaced:
        made, after = _made(before, reload, all_desired + replaced)
    left = after.unsafe(requested.allow)
    _refuse(left, requested)
    remaining = [_key(one) for one in left]
    found = before.unsafe(requested.allow)
    return ConsolePlan(_closing(made, before), [(one, _key(one) not in remaining) for one in found], after)


def _closing(made: Plan, before: CurrentConsole) -> Plan:
    """Ask for a restart where the mode of an existing socket changes.

    Whether a reload changes the file of a socket that is already open is undocumented, and one left open would be open to all.
    """
    known = [format_path(listen.path) for listen in before.listens if listen.is_unix]
    changes = [
        change._replace(activation="restart")
        if change.subject.lower() == "file_mode" and change.scope in known
        else change
        for change in made.changes
    ]
    return made._replace(changes=changes)


def _made(before: CurrentConsole, reload: Reload, all_desired: Sequence[DesiredSetting]) -> Tuple[Plan, CurrentConsole]:
    made = plan(reload({}), reload, all_desired)
    after = Effective(reload({edit.path: edit.after for edit in made.edits}))
    return made, before._replace(effective=after, listens=listens(after))


def _key(unsafe: Unsafe) -> Tuple[str, str]:
    return unsafe.listen.address, unsafe.check.name


def _refuse(left: Sequence[Unsafe], requested: Console) -> None:
    """Stop for every requested place that would be unsafe."""
    mine = [one.words() for one in left if one.listen.address in requested.addresses]
    if mine:
        raise PlanError("the console is refused: " + "; ".join(mine))


def _refuse_many(found: Sequence[Listen]) -> None:
    """The service account can write as many as it likes, and each is edited by itself."""
    if len(found) > MOST:
        one = found[MOST]
        raise PlanError(
            "%s:%d: more than %d places of the console are named up to here; see who wrote that, and take them out"
            % (one.file, one.line, MOST)
        )


def _replaced(after: CurrentConsole, requested: Console) -> List[DesiredSetting]:
    """The mechanisms beside the requested ones: an ec_console that takes the other one of two would ask the wrong source (page
    3/3-reference/conf-ldaps). That of the listener goes where no other place has it from there."""
    asked = {one.address: one.option for one in requested.tcp}
    found = []
    for listen in after.listens:
        for option in MECHANISMS if listen.address in asked else ():
            if option != asked[listen.address] and after.effective.get(listen.path, option):
                found.append(DesiredSetting(listen.path, option, None, "absent"))
    if asked and all(listen.address in requested.addresses for listen in after.listens):
        unused = [option for option in MECHANISMS if option not in asked.values()]
        found += [
            DesiredSetting(LISTENER, option, None, "absent")
            for option in unused
            if after.effective.get(LISTENER, option)
        ]
    return found


def _doomed(after: CurrentConsole, requested: Console) -> List[Path]:
    """The unsafe places that nobody asks for."""
    found = [one.listen for one in after.unsafe(requested.allow)]
    return list(dict.fromkeys(listen.path for listen in found if listen.address not in requested.addresses))


def _within(path: Path, scopes: Sequence[Path]) -> bool:
    return any(path[: len(scope)] == scope for scope in scopes)


def _path(before: CurrentConsole, address: str) -> Path:
    """The scope of a place as the configuration spells it, else as it is to be written."""
    same = before.at(address)
    return LISTENER + (("Listen", address),) if same is None else same.path


def _all_desired(before: CurrentConsole, requested: Console) -> List[DesiredSetting]:
    """All that is requested, as settings."""
    found = {listen.address: listen for listen in before.listens}
    all_desired = _socket(before, requested, found.get(requested.socket)) if requested.socket else []
    for one in requested.tcp:
        all_desired += _tcp(before, one, requested, found.get(one.address))
    if requested.authorization is not None:
        all_desired += _roles(before.effective, requested.authorization, requested.file)
    if requested.timeout is not None:
        all_desired.append(DesiredSetting(LISTENER, "Timeout", str(requested.timeout), file=requested.file))
    return all_desired + _accounting(before, requested)


def _socket(before: CurrentConsole, requested: Console, found: Optional[Listen]) -> List[DesiredSetting]:
    """A Unix socket; where its listener asks for passwords, it says that the account of the caller is enough."""
    values: Dict[str, Any] = {"File_Mode": "%04o" % requested.socket_mode}
    inherited = before.effective.get(LISTENER, "Enable_Authentication")
    asks = found.authentication if found else inherited is not None and parse_bool(str(inherited.value))
    if asks:
        values["Enable_Authentication"] = "false"
    if requested.authorization is not None:
        values.update(
            _authorized(requested.authorization, requested.authorization.enabled and requested.authorization.socket)
        )
    return _settings(_path(before, requested.socket), dict(values, **_awake(found)), requested.file)


def _tcp(before: CurrentConsole, one: Tcp, requested: Console, found: Optional[Listen]) -> List[DesiredSetting]:
    """A host:port with authentication."""
    parameters = {"uri": one.uri}
    if one.realm:
        parameters["realm"] = one.realm
    if one.log:
        parameters["log_authentication"] = "true"
    values: Dict[str, Any] = {"Enable_Authentication": "true", one.option: parameters}
    if requested.authorization is not None:
        values.update(_authorized(requested.authorization, requested.authorization.enabled))
    return _settings(_path(before, one.address), dict(values, **_awake(found)), requested.file)


def _authorized(asked: Authorization, enabled: bool) -> Dict[str, Any]:
    if not enabled:
        return {"Enable_Authorization": "false"}
    uri = asked.uri or ("groups://" + asked.groups_file if asked.groups else "")
    parameters = {"AuthorizationParameters": {"uri": uri}} if uri else {}
    return dict(parameters, Enable_Authorization="true")


def _awake(found: Optional[Listen]) -> Dict[str, str]:
    """A place that was switched off, or denies everybody, is none."""
    if found is None:
        return {}
    values = {} if found.enabled else {"Enable": "true"}
    return dict(values, Always_Deny="false") if found.always_deny and found.is_unix else values


def _settings(path: Path, values: Dict[str, Any], file: Optional[str]) -> List[DesiredSetting]:
    return [DesiredSetting(path, option, value, file=file) for option, value in values.items()]


def _roles(before: Effective, asked: Authorization, file: Optional[str]) -> List[DesiredSetting]:
    """The roles; what else a role says stays."""
    known = [path for path in before.scopes("Role") if len(path) == 2 and path[0][0].lower() == "authorization"]
    names = [role.name for role in asked.roles]
    all_desired = [
        DesiredSetting(_role(known, role.name), "allow", list(role.allow), file=file, same=_same_patterns)
        for role in asked.roles
    ]
    if asked.exclusive:
        all_desired += [DesiredSetting(path, state="absent") for path in known if path[1][1] not in names]
    return all_desired


def _role(known: Sequence[Path], name: str) -> Path:
    return next((path for path in known if path[1][1] == name), AUTHORIZATION + (("Role", name),))


def _same_patterns(one: Any, other: Any) -> bool:
    """Whether two lists of patterns allow the same: their order does not matter."""
    first, second = ([str(item) for item in (value if isinstance(value, list) else [value])] for value in (one, other))
    return sorted(set(first)) == sorted(set(second))


def _accounting(before: CurrentConsole, requested: Console) -> List[DesiredSetting]:
    """The log of what was commanded, in the logger that the configuration has (page *control_acct*)."""
    if requested.acctlog is None:
        return []
    loggers = before.loggers
    if not loggers and requested.acctlog:
        raise PlanError("acctlog is requested, but no ec_logger is configured that could write it; configure one first")
    state = "present" if requested.acctlog else "absent"
    targets = loggers[:1] if requested.acctlog else loggers
    return [DesiredSetting(path, "acctlog", requested.acctlog or None, state) for path in targets]


def _weakening(before: CurrentConsole, requested: Console) -> List[DesiredSetting]:
    """Options in the listener, its places and peers that undo the protection of a place, to be taken away."""
    found = []
    for setting in before.effective.settings():
        if setting.path[:1] and setting.path[0][0].lower() == "control_listener":
            for name, option, applies in _WEAKENING:
                if (
                    name not in requested.allow
                    and setting.name.lower() == option
                    and applies(setting.path, setting.value)
                ):
                    found.append(DesiredSetting(setting.path, setting.name, None, "absent"))
    return found


def _is_on(_path: Path, value: Any) -> bool:
    return parse_bool(str(value)) is True


def _frees_peer(path: Path, value: Any) -> bool:
    return path[-1][0].lower() == "peer" and parse_bool(str(value)) is False


def _is_cleartext(_path: Path, value: Any) -> bool:
    return uri_of(value).startswith("file:")


# The risk that it is, the option in lower case, and whether a value in a scope is meant.
_WEAKENING: Sequence[Tuple[str, str, Callable[[Path, Any], bool]]] = (
    ("always_allow", "always_allow", _is_on),
    ("unauthenticated_tcp", "enable_authentication", _frees_peer),
    ("cleartext_passwords", "authloginparameters", _is_cleartext),
)
