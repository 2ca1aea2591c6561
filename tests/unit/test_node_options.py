# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parameters that all modules share are refused with a remedy that helps."""

from types import SimpleNamespace

import pytest

from plugins.module_utils import node_options
from plugins.module_utils.errors import PlanError

USUAL = node_options.ARGUMENTS["state_dir"]["default"]


@pytest.mark.parametrize("state_dir, proposed", [("/conf", USUAL), (USUAL, USUAL + "-state")])
def test_a_state_directory_with_configuration_in_it_is_refused_and_another_one_proposed(state_dir, proposed):
    configuration = SimpleNamespace(files=[SimpleNamespace(path=state_dir + "/ecelerity.conf")])
    node = SimpleNamespace(state_dir=state_dir, search_path=[], nodename="n")
    with pytest.raises(PlanError) as refused:
        node_options.refuse_state_among(configuration, node)
    assert str(refused.value).endswith("such as " + proposed)
