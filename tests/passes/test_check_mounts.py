"""The rules about file systems, and about Studio: for each a mistake that it finds."""

import pytest
from support.specs import outcome

from landform.passes.check import RULES, mounts, studio
from passes.test_check import JOB, MACHINE

SCRATCH = "data: {scratch: {kind: lustre, size: 1.2TiB}}\n"
LUSTRE = "data: {models: {kind: bucket}, scratch: {kind: lustre, size: 1.2TiB}}\n"
HOMES = "data: {{homes: {{kind: efs}}}}\nmachines: {{work: {{instance: t3.large, {}}}}}\n"
STUDIO = "studio: {{users: [ana, ben], mounts: {}}}\n"
MISTAKES: list[tuple[str, str, str, str]] = [
    (
        "studio_mounts_what_sagemaker_can",
        SCRATCH + MACHINE.format("mounts: {/scratch: scratch}") + STUDIO.format("{/scratch: scratch}"),
        "LF0611",
        "Studio mounts file systems of the kind `efs`, and data.scratch is `lustre`.",
    ),
    (
        "the_folder_is_there",
        "data: {homes: {kind: efs}}\n" + STUDIO.format("{/team: homes}"),
        "LF0207",
        "nothing but Studio mounts data.homes",
    ),
    (
        "nobody_writes_by_what_studio_is_let_in_by",
        HOMES.format("mounts: {/homes: homes}") + "studio: {users: [ana], mounts: {/team: homes}, writes: [homes]}\n",
        "LF0207",
        "machines.work only reads data.homes, and could write to it",
    ),
    (
        "people_are_told_apart",
        "studio: {auth: sso, users: {ana: a@example.com, ben: a@example.com}}\n",
        "LF0207",
        "ana and ben are the same person, 'a@example.com'. Leave one out.",
    ),
    ("writers_mount", HOMES.format("writes: [homes]"), "LF0207", "Add `mounts: {/homes: homes}`."),
    (
        "mounts_lie_apart",
        HOMES.format("disk: {data: 8GiB gp3}, mounts: {/data/homes: homes}"),
        "LF0207",
        "the disk `data` of machines.work is mounted at /data",
    ),
    (
        "keys_stay_visible",
        HOMES.format("shell: {key: ops, from: [10.0.0.0/8]}, mounts: {/home: homes}"),
        "LF0207",
        "hides /home/ec2-user",
    ),
    (
        "zones_are_known",
        HOMES.format("mounts: {/homes: homes}")
        + "network: {existing: {us-east-1: {vpc: vpc-0abc1234, cidr: 10.0.0.0/16, private: [subnet-0abc1234]}}}\n",
        "LF0306",
        "Name them by zone id",
    ),
    (
        "clients_can_be_installed",
        HOMES.format("image: ubuntu-24.04, mounts: {/homes: homes}") + "network: {egress: none}\n",
        "LF0605",
        "cannot install the client of efs",
    ),
    (
        "lustre_is_mounted",
        SCRATCH + MACHINE.format("purchase: spot"),
        "LF0207",
        "Mount it: `mounts: {/scratch: scratch}`.",
    ),
    (
        "channels_are_told_apart",
        LUSTRE + JOB[JOB.index("train") :].format("mounts: {/scratch: scratch}, inputs: {scratch: {from: models}}"),
        "LF0208",
        "has an input scratch",
    ),
    (
        "algorithms_find_their_files",
        LUSTRE + JOB[JOB.index("train") :].format("mounts: {/scratch: scratch}"),
        "LF0613",
        "not at /scratch",
    ),
    (
        "buckets_can_be_linked",
        SCRATCH.replace("1.2TiB", "1.2TiB, loads: data") + MACHINE.format("mounts: {/scratch: scratch}"),
        "LF0203",
        "unknown store 'data'",
    ),
]


@pytest.mark.parametrize(("rule", "sections", "code", "text"), MISTAKES)
def test_a_mistake_is_found_by_its_rule(rule: str, sections: str, code: str, text: str) -> None:
    result = outcome(sections)
    assert text in " ".join(d.text for d in result.found if d.code == code)
    assert result.plan is not None
    (asked,) = [each for each in RULES if each.__name__ == rule]
    assert code in [d.code for d in asked(result.plan)]


def test_every_rule_has_a_mistake() -> None:
    elsewhere = {"copies_go_to_one_region"}  # takes more regions than one: tests/broken/efs-copies.yaml
    asked = {rule.__name__ for rule in (*mounts.RULES, *studio.RULES)}
    assert asked - elsewhere == {rule for rule, *_ in MISTAKES}
