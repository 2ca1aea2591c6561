# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest

from plugins.module_utils.catalog import catalog
from plugins.module_utils.config.option_modes import as_octal
from plugins.module_utils.config.plan import DesiredSetting
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.errors import PlanError
from plugins.module_utils.files import file_mode


@pytest.mark.parametrize("value, mode", [(0o640, 0o640), ("0640", 0o640), ("00640", 0o640), ("0600", 0o600), (0, 0)])
def test_a_number_is_taken_as_it_is_and_text_as_octal(value, mode):
    assert file_mode.number("mode", value) == mode
    assert int(file_mode.text("mode", value), 8) == mode


@pytest.mark.parametrize(
    "value, words",
    [
        ("416", "leading zero"),  # what a template of ansible-core 2.16 makes of 0640
        ("640", "leading zero"),
        (640, "leading zero"),  # 0640 without its zero is mode 1200
        (1533, "quotes"),  # an unquoted 02775
        (-1, "-1"),
        ("0666", "every account may write"),
        (0o642, "every account may write"),
        ("0o640", "octal"),
        ("0690", "octal|leading"),
        ("u=rw", "octal"),
        ("", "octal"),
        (True, "True"),
        (None, "None"),
        (4.16, "4.16"),
        (["0640"], "0640"),
        ("02750", "0777"),
        ("0640\n", "octal"),
    ],
)
def test_what_is_no_mode_or_opens_the_file_to_all_is_refused_with_what_to_write(value, words):
    with pytest.raises(PlanError, match=words) as error:
        file_mode.number("the option", value)
    assert "the option" in str(error.value) and "0640" in str(error.value)


def test_set_id_bits_are_for_those_who_ask_for_them_and_only_as_text():
    assert file_mode.text("mode", "02750", file_mode.ALL_BITS) == "02750"
    with pytest.raises(PlanError, match="set-id"):
        file_mode.number("mode", 0o2750, file_mode.ALL_BITS)


PATH = "/c/ecelerity.conf"


def written(text, *all_desired):
    files = {PATH: text.encode()}
    configuration = load(PATH, search_path=["/c"], nodename="n", reader=OverlayReader(files))
    return [
        desired.value
        for desired in as_octal([DesiredSetting(**desired) for desired in all_desired], Effective(configuration))
    ]


def spool(value):
    return {"path": (), "option": "Spool_Mode", "value": value}


def test_a_number_becomes_the_octal_text_that_momentum_reads():
    assert written("", spool(0o640), spool("0600")) == ["0640", "0600"]
    logs = (("Logs", None),)
    assert written("", {"path": logs, "option": "file_mode", "value": 0o640}) == ["0640"]
    assert written("", {"path": logs, "option": "rollover", "value": 416}) == [416]


@pytest.mark.parametrize("value", ["416", "640", "0666", 0o666, 640, True])
def test_an_option_gets_no_mode_that_means_something_else_or_lets_every_account_write(value):
    with pytest.raises(PlanError, match="Spool_Mode.*global"):
        written("Spool_Mode = 0640\n", spool(value))


@pytest.mark.parametrize("present, value", [("0666", "0666"), ("664", "664"), ("0666", 0o666), ("664", 0o664)])
def test_what_is_in_force_already_is_left_alone(present, value):
    (desired,) = written("Spool_Mode = %s\n" % present, spool(value))
    assert catalog.same("Spool_Mode", (), desired, present)
