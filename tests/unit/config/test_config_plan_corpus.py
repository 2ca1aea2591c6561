# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans over the configurations of the vendor's manuals, which are not part of this project."""

import os
import re
from pathlib import Path

import pytest

from plugins.module_utils.config import plan as config_plan
from plugins.module_utils.config.plan import DesiredSetting, PlanError
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.redaction.redaction import difference

ROOT = Path(__file__).resolve().parents[3]
CORPUS = Path(os.environ.get("MOMENTUM_CORPUS") or ROOT.parent / "shared" / "corpus")
VALID = sorted((CORPUS / "valid").glob("*")) if CORPUS.is_dir() else []
SAMPLES = [
    path if number % 12 == 0 else pytest.param(path, marks=pytest.mark.long) for number, path in enumerate(VALID)
]
MAIN = "/c/main.conf"

pytestmark = pytest.mark.skipif(not VALID, reason="the corpus of the manuals is not beside this checkout")


def changed(value):
    """Another value of the same kind."""
    if isinstance(value, list):
        return [*value, "one more"]
    return dict(value, one_more="x") if isinstance(value, dict) else str(value) + "x"


def signs(text):
    """What is not white space: of comments, too."""
    return re.sub(r"\s", "", text.decode("utf-8", "surrogateescape"))


def is_within(before, after):
    rest = iter(after)
    return all(any(sign == other for other in rest) for sign in before)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_option_takes_another_value_and_every_scope_a_new_one(path):
    contents = {MAIN: path.read_bytes()}

    def reload(edited):
        return load(MAIN, search_path=[], nodename="n", reader=OverlayReader(dict(contents, **edited)))

    before = Effective(reload({}))
    all_desired = [DesiredSetting(one.path, one.name, changed(one.value)) for one in before.settings() if is_plain(one)]
    new = [DesiredSetting(scope, "brand_new", "1") for scope in [(), *before.scopes()] if is_named(scope)]
    for asked in (all_desired, new, all_desired + new):
        try:
            plan = config_plan.plan(reload({}), reload, asked)
        except PlanError as error:
            assert "backslash" in str(error)  # the one thing that the language cannot say
            continue
        edits = {edit.path: edit.after for edit in plan.edits}
        after = Effective(reload(edits))
        for one in asked:
            found = after.get(one.path, one.option)
            assert found is not None and found.value == one.value, one
        again = config_plan.plan(reload(edits), lambda more, edits=edits: reload(dict(edits, **more)), asked)
        assert (again.edits, again.changes) == ([], [])
        for edit in plan.edits:
            difference(edit.before, edit.after)
            if asked is new:
                assert is_within(signs(edit.before), signs(edit.after))


def is_plain(setting):
    """Values inside values are read, never written; a name that is quoted or odd is nobody's request."""
    value = setting.value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not any(isinstance(one, (dict, list)) for one in inner) and is_named(setting.path)


def is_named(path):
    return all(instance != "" for _name, instance in path)
