# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is to be done about a unit. Nothing is made here and nothing written; files are read through `look`."""

import os
from datetime import datetime
from typing import List, NamedTuple, Optional

from ..certain import certain
from ..errors import CertificateError, naming
from ..x509 import certificates, judge, keys, lifetime, names
from ..x509 import pem as pems
from ..x509.certificates import Facts
from ..x509.requests import DesiredCertificate
from .current import CurrentPair, Look, current
from .reasons import CREATED, KEPT, REPLACED, REQUESTED, Case, Reason, desired_for, why
from .unit import AUTHORITY, Unit, kind_for


class Pair(NamedTuple):
    """A key (PEM block) with its certificate and chain, complete and judged."""

    key_text: bytes
    leaf: Facts
    chain: List[Facts]


class UnitPlan(NamedTuple):
    """The plan for one unit. pair: what is to be in the files, None where it has yet to be made: self-signed, or by a
    request when the state is `requested`. key_text: the key to make it with, b'' for a new one of `kind`. request: a
    request that waits already and still asks for the same. pending: directory of the key that waits."""

    unit: Unit
    found: CurrentPair
    state: str
    reason: str
    desired: DesiredCertificate
    kind: str
    pair: Optional[Pair]
    key_text: bytes
    request: bytes
    pending: str


class Surroundings(NamedTuple):
    """Where a plan is made: how to read files, the name of the node, where keys wait, and the time (aware). foretells: nothing is
    made; what an authority on the controller signs within the same task is planned as if it were made here."""

    look: Look
    nodename: str
    state_dir: str
    now: datetime
    foretells: bool = False


def plan(unit: Unit, around: Surroundings) -> UnitPlan:
    """Plan one unit. Raises CertificateError, with its name, for bad input; UnsafePath and OSError from reading."""
    with naming(unit.name):
        lifetime.refuse_days(unit.days, around.now)
        lifetime.refuse_endless(unit.days, unit.renew_at)
        case = _case(unit, around)
        if unit.source == "provided":
            return _provided(case, around)
        reason = why(case)
        if unit.source == "self_signed":
            return _self_signed(case, reason, around)
        return _signed_elsewhere(case, reason, around)


def pending_of(state_dir: str, unit: str) -> str:
    """The directory in which a key waits for its certificate."""
    return os.path.join(state_dir, "pending", unit)


def _case(unit: Unit, around: Surroundings) -> Case:
    found = current(unit.places, around.look)
    _refuse_unusable(unit, found)
    return Case(unit, found, desired_for(unit, found, around.nodename), around.now)


def _refuse_unusable(unit: Unit, found: CurrentPair) -> None:
    """Raise CertificateError for a key or certificate that cannot be used, unless the task is about to replace it anyway (a forced
    or provided pair)."""
    provided = unit.source == "provided"
    replaced = (provided and bool(unit.provided_key.strip()), provided)
    for problem, comes in zip(found.problems, replaced):
        if problem and not (unit.rekey or comes):
            raise CertificateError("%s; fix or remove the file, or force a new pair with rekey" % problem)


def _outcome(
    case: Case, reason: Reason, around: Surroundings, pair: Optional[Pair], key_text: bytes = b"", kind: str = ""
) -> UnitPlan:
    """kind: of the key, where it is known; else that of key_text, or of the new key that is made."""
    words = reason.words
    if not kind and key_text:
        kind = keys.kind_of(keys.load(key_text))
    elif not kind:
        kind = kind_for(case.unit, case.found.kind)
        if case.found.kind and not case.unit.key_type and kind != case.found.kind:
            words += "; the new key is %s because %s is too weak, and key_type is not set" % (kind, case.found.kind)
    if pair is None:
        _refuse_unwritable(case.desired)
    pending = pending_of(around.state_dir, case.unit.name)
    return UnitPlan(case.unit, case.found, reason.state, words, case.desired, kind, pair, key_text, b"", pending)


def _refuse_unwritable(desired: DesiredCertificate) -> None:
    """Raise CertificateError for names of the present certificate that another tool wrote and no new one can have."""
    try:
        names.canonicals(desired.names)
    except CertificateError as error:
        raise CertificateError(
            "a name of the present certificate cannot be kept: %s; list the requested ones in names" % error
        )


def _kept(case: Case, around: Surroundings, chain: Optional[List[Facts]] = None) -> UnitPlan:
    found, leaf = case.found, certain(case.found.leaf)
    pair = Pair(found.key_text, leaf, found.chain if chain is None else chain)
    left = "%d of %d days are left" % (leaf.days_left(case.now), leaf.days)
    return _outcome(case, Reason(KEPT, left), around, pair, kind=leaf.kind)


def _reusable(case: Case) -> bytes:
    """The present key, where the task keeps it and it may be."""
    found, unit = case.found, case.unit
    if unit.new_key or unit.rekey or found.key is None:
        return b""
    fits = kind_for(unit, found.kind) == found.kind and not keys.is_weak(found.kind, keys.bits_of(found.key))
    return found.key_text if fits else b""


def _self_signed(case: Case, reason: Optional[Reason], around: Surroundings) -> UnitPlan:
    if reason is None:
        return _kept(case, around)
    leaf = case.found.leaf
    if leaf is not None and not leaf.self_signed and not case.unit.rekey:
        raise CertificateError(
            "%s (%s), but it was signed by %s, and source is self_signed; name the source that renews it, or force a "
            "self-signed one with rekey" % (case.unit.certificate, reason.words, leaf.issuer)
        )
    return _outcome(case, reason, around, None, _reusable(case))


def _provided(case: Case, around: Surroundings) -> UnitPlan:
    unit, found = case.unit, case.found
    links = _links(unit.provided, "provided_certificate")
    if unit.provided_chain.strip():
        links = certificates.once(links + _links(unit.provided_chain, "provided_chain"))
    key_text, key = found.key_text, found.key
    if unit.provided_key.strip():
        key = keys.load(unit.provided_key, "provided_key")
        key_text = pems.private_keys(unit.provided_key)[0]
    if key is None:
        raise CertificateError("neither provided_key is given nor does %s exist" % unit.key)
    explicit = unit.names or ((unit.common_name,) if unit.common_name else ())
    desired = case.desired._replace(names=explicit)
    _refuse(judge.problems(links[0], key, links[1:], desired, case.now))
    if unit.key_type and unit.key_type != keys.kind_of(key):
        raise CertificateError("the provided key is %s, key_type is %s" % (keys.kind_of(key), unit.key_type))
    case = case._replace(desired=desired._replace(common_name=links[0].common_name, names=links[0].names))
    if found.is_pair and found.leaf is not None and found.leaf.fingerprint == links[0].fingerprint:
        return _kept(case, around, links[1:])
    reason = Reason(CREATED, "there is no certificate yet")
    if found.files[unit.certificate] is not None:
        reason = Reason(REPLACED, "another certificate is provided")
    return _outcome(case, reason, around, Pair(key_text, links[0], links[1:]), key_text)


def _signed_elsewhere(case: Case, reason: Optional[Reason], around: Surroundings) -> UnitPlan:
    """Sources authority and external: first a request, then the certificate that is handed back."""
    leaf = case.found.leaf
    links = _links(case.unit.signed, "signed") if case.unit.signed.strip() else []
    if links and (leaf is None or links[0].fingerprint != leaf.fingerprint):
        return _handed_back(case, reason, around, links)
    if reason is None:
        return _kept(case, around, links[1:] or None)
    if around.foretells and case.unit.source == AUTHORITY:
        return _outcome(case, reason, around, None, _reusable(case))
    return _requested(case, reason, around)


def _requested(case: Case, reason: Reason, around: Surroundings) -> UnitPlan:
    """Ask with the key that waits already, if it still is of the kind, with the present one, or with a new one."""
    from ..x509 import requests

    directory = pending_of(around.state_dir, case.unit.name)
    key_text = _reusable(case) or _waiting_key(case, directory, around.look)
    planned = _outcome(case, Reason(REQUESTED, reason.words), around, None, key_text)
    stored = around.look(os.path.join(directory, "request.pem")) if key_text else None
    if stored is None:
        return planned
    same_key = keys.public_digest(requests.load(stored.content)) == keys.public_digest(keys.load(key_text))
    asks_the_same = same_key and requests.parse(stored.content) == case.desired
    return planned._replace(request=stored.content if asks_the_same else b"")


def _waiting_key(case: Case, directory: str, look: Look) -> bytes:
    path = os.path.join(directory, "key.pem")
    stored = look(path)
    if stored is None:
        return b""
    requested = kind_for(case.unit, case.found.kind)
    return stored.content if keys.kind_of(keys.load(stored.content, path)) == requested else b""


def _handed_back(case: Case, reason: Optional[Reason], around: Surroundings, links: List[Facts]) -> UnitPlan:
    path = os.path.join(pending_of(around.state_dir, case.unit.name), "key.pem")
    waiting = around.look(path)
    candidates = [text for text in (waiting.content if waiting else b"", case.found.key_text) if text]
    fitting = [text for text in candidates if keys.public_digest(keys.load(text, path)) == links[0].public_digest]
    if not fitting:
        raise CertificateError(
            "the certificate that was handed back (%s) is for another key than the one that was asked with; sign the "
            "request that the module returns" % links[0].subject
        )
    _refuse(judge.problems(links[0], keys.load(fitting[0]), links[1:], case.desired, case.now))
    reason = reason or Reason(REPLACED, "another certificate was handed back")
    return _outcome(case, reason, around, Pair(fitting[0], links[0], links[1:]), fitting[0])


def _links(text: bytes, option: str) -> List[Facts]:
    """The certificates of an option, each once. Raises CertificateError for what is none, or cannot be decoded."""
    return certificates.once(certificates.read_all(text, option, alone=True))


def _refuse(problems: List[str]) -> None:
    if problems:
        raise CertificateError("; ".join(problems))
