"""Hostile and broken inputs, row by row: which tests stand for each, so that none is dropped unnoticed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

ROWS: dict[str, list[str]] = {
    "1 template syntax of Terraform in values and keys": [
        "adversarial/test_literal.py::test_hostile_texts_come_out_as_they_went_in",
        "adversarial/test_spec.py::test_a_template_in_the_spec_reaches_no_expression",
    ],
    "2 what is escaped already": ["adversarial/test_literal.py::test_any_combination_comes_out_as_it_went_in"],
    "3 shell syntax in values that user data holds": [
        "emit/test_user_data.py::test_hostile_values_keep_shellcheck_silent",
        "emit/test_user_data.py::test_any_value_arrives_as_it_is",
    ],
    "4 scripts with here-documents, boundaries, CRLF": ["emit/test_host_script.py::test_setup_arrives_byte_for_byte"],
    "5 Jinja syntax": ["adversarial/test_spec.py::test_jinja_in_a_value_stays_as_it_is"],
    "6 names outside the rule": ["adversarial/test_spec.py::test_a_name_outside_the_rule_is_refused_with_the_rule"],
    "7 paths, links, pipes, a million files": [
        "adversarial/test_files.py::test_a_way_out_of_the_project_is_refused",
        "adversarial/test_files.py::test_what_is_no_plain_file_is_refused",
        "adversarial/test_files.py::test_a_hundred_thousand_files_are_refused_at_once",
    ],
    "8 alias bombs, anchors, merge keys": [
        "adversarial/test_source.py::test_an_alias_bomb_takes_no_memory",
        "adversarial/test_source.py::test_refused_with_code_and_place",
    ],
    "9 nested without end": ["adversarial/test_source.py::test_refused_with_code_and_place"],
    "10 duplicate keys": ["adversarial/test_source.py::test_both_lines_of_a_duplicate_key_are_named"],
    "11 encodings, control characters, 50 MB": [
        "adversarial/test_source.py::test_a_byte_order_mark_of_utf_8_is_legal",
        "adversarial/test_source.py::test_a_huge_file_is_not_read_to_its_end",
    ],
    "12 objects, several documents, nothing": ["adversarial/test_source.py::test_refused_with_code_and_place"],
    "13 values that YAML versions read differently": [
        "adversarial/test_source.py::test_a_number_never_changes_on_the_way",
        "adversarial/test_fuzz.py::test_twenty_thousand_inputs_do_no_harm",
    ],
    "14 numbers that are none, sizes below nothing": ["spec/test_units.py::test_what_is_wrong_is_refused_with_the_fix"],
    "15 unknown keys": ["spec/test_shape.py::test_an_unknown_key_stands_at_its_own_line"],
    "16 edges to nowhere, circles": [
        "adversarial/test_spec.py::test_an_edge_to_nowhere_is_refused",
        "test_broken.py::test_a_broken_spec_is_refused_word_for_word",
    ],
    "17 names that collide": ["adversarial/test_spec.py::test_no_two_resources_ever_share_a_name"],
    "18 the world in disguise": ["adversarial/test_spec.py::test_ssh_to_the_world_is_refused_in_any_disguise"],
    "19 secrets": [
        "test_secrets.py::test_a_spec_that_holds_one_is_refused_without_showing_it",
        "adversarial/test_files.py::test_a_secret_in_user_data_is_refused_and_not_shown",
    ],
    "20 data renamed or removed in production": [
        "adversarial/test_output.py::test_production_data_that_vanishes_is_refused",
        "adversarial/test_output.py::test_renamed_data_is_moved_and_nothing_has_vanished",
        "explain/test_real_plans.py::test_a_real_plan_has_its_verdict",
    ],
    "21 kills, a full disk, a read-only folder": [
        "adversarial/test_kills.py::test_a_kill_at_any_step_leaves_a_whole_tree",
        "adversarial/test_kills.py::test_a_compile_that_is_killed_leaves_a_whole_tree",
        "adversarial/test_kills.py::test_a_disk_that_is_full_at_any_moment_leaves_a_whole_tree",
        "adversarial/test_kills.py::test_without_the_right_to_write_the_old_tree_stays",
    ],
    "22 two compiles at once": ["adversarial/test_kills.py::test_two_compiles_at_once_both_succeed"],
    "23 other surroundings": ["adversarial/test_same_bytes.py::test_the_surroundings_do_not_matter"],
    "24 edits by hand": ["adversarial/test_output.py::test_an_edit_by_hand_is_refused_and_named"],
    "25 a thousand workloads": ["adversarial/test_scale.py::test_time_and_memory_grow_with_the_spec"],
    "26 an old catalog": ["test_cli.py::test_a_catalog_of_more_than_a_year_ago_is_a_warning_with_its_date"],
    "27 nothing scanned": [
        "scan/test_run.py::test_empty_plan_fails",
        "scan/test_run.py::test_hcl_that_does_not_parse_fails",
        "scan/test_run.py::test_an_old_checkov_is_refused",
    ],
    "28 an existing network that does not fit": [
        "adversarial/test_spec.py::test_an_existing_network_that_does_not_fit_is_refused"
    ],
    "29 no Terraform, no provider": [
        "rehearse/test_terraform.py::test_no_terraform_on_the_path",
        "rehearse/test_terraform.py::test_no_provider_anywhere",
    ],
    "30 the agent under attack": [
        "agent/test_hostile.py::test_broken_events_leave_the_others_as_they_are",
        "agent/test_pressure.py::test_a_disk_that_takes_nothing_is_waited_for",
        "agent/test_pressure.py::test_a_flood_of_categories_needs_no_more_memory_than_three_of_them",
        "agent/test_pressure.py::test_a_run_outlives_a_sink_that_is_down",
    ],
    "text in policies of IAM": ["adversarial/test_policies.py::test_no_text_is_more_than_itself"],
    "text in queries of logs": ["passes/test_monitor_queries.py::test_what_would_leave_the_filter_is_refused"],
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_has_tests(row: str) -> None:
    for named in ROWS[row]:
        file, _, test = named.partition("::")
        assert re.search(rf"^def {test}\(", (TESTS / file).read_text(), re.MULTILINE), named


def test_there_are_thirty_rows() -> None:
    numbers = [int(row.split()[0]) for row in ROWS if row[0].isdigit()]
    assert numbers == list(range(1, 31))
