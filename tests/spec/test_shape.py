"""From data to models: each fault at its own place, all at once, and no error that only echoes another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.specs import NOWHERE, host, outcome, outcome_of

from landform.pipeline import planned
from landform.spec.read import LATER_KEYS, LATER_SECTIONS

MACHINE = "machines: {{work: {{instance: t3.large{}}}}}\n"


def place(sections: str) -> list[tuple[str, int, int]]:
    return [(d.code, d.span.line, d.span.column) for d in outcome(sections).found if d.span]


def test_an_unknown_key_stands_at_its_own_line() -> None:
    found = outcome("machines:\n  work:\n    instance: t3.large\n    purchas: spot\n").one("LF0201")
    assert found.text == "unknown key `purchas` in machines.work. Did you mean `purchase`?"
    assert found.span is not None
    assert (found.span.line, found.span.column) == (9, 5)


@pytest.mark.parametrize(
    ("sections", "text"),
    [
        ("versoin: 1\n", "unknown key `versoin`. Did you mean `version`?"),
        ("zzz: 1\n", "unknown key `zzz`. Known here: account, audit,"),
        ("network: {egres: none}\n", "unknown key `egres` in network. Did you mean `egress`?"),
        ("data: {logs: {kind: bucket, data_class: pii}}\n", "Did you mean `class`?"),
        (MACHINE.format(", ingress: {web: {port: 80, from_: network}}"), "Did you mean `from`?"),
        (MACHINE.format(", shell: {via: ssm, from: [10.0.0.0/8]}"), "It does not go with the other keys here"),
    ],
)
def test_an_unknown_key_says_what_is_known(sections: str, text: str) -> None:
    assert text in outcome(sections).one("LF0201").text


@pytest.mark.parametrize(
    ("sections", "key", "where"),
    [
        ("data: {logs: {}}\n", "kind", "data.logs"),
        ("audit: {}\n", "trail", "audit"),
        (MACHINE.format(", shell: {}"), "via", "machines.work.shell"),
        (MACHINE.format(", shell: {key: ops}"), "from", "machines.work.shell"),
        ("train: {fit: {platform: ec2, cpu: 8, checkpoint: {}}}\n", "to", "train.fit.checkpoint"),
        ("state: {bucket: acme}\n", "region", "state"),
    ],
)
def test_a_missing_key_is_named(sections: str, key: str, where: str) -> None:
    assert outcome(sections).one("LF0206").text.startswith(f"`{key}` is missing in {where}. Add `{key}: ")


@pytest.mark.parametrize("key", ["version", "system", "account", "regions"])
def test_every_system_has_these(key: str) -> None:
    text = "".join(
        f"{line}\n"
        for line in ("version: 1", "system: demo", "account: '123456789012'", "regions: {primary: us-east-1}")
        if not line.startswith(key)
    )
    assert outcome_of(text).one("LF0206").message == f"`{key}` is missing."


@pytest.mark.parametrize(
    "sections",
    [
        *(f"{name}: {{}}\n" for name in LATER_SECTIONS),
    ],
)  # fmt: skip
def test_what_comes_later_is_refused_and_never_ignored(sections: str) -> None:
    result = outcome(sections)
    assert result.errors == ["LF0205"]
    assert "does not know" in result.found[0].text


def test_a_key_for_later_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LATER_KEYS, "audit", ("detect",))
    result = outcome("audit: {trail: all-regions, detect: [guardduty], data_events: [nothing]}\n")
    assert {"LF0205", "LF0203"} <= set(result.errors)


def test_all_faults_come_at_once() -> None:
    sections = "data: {logs: {kind: bucke}, more: {kind: bucket, retain: 30}}\nnetwork: {zones: 0}\nowner: 7\n"
    assert place(sections) == [
        ("LF0202", 6, 21),
        ("LF0202", 6, 58),
        ("LF0202", 7, 18),
        ("LF0202", 8, 8),
    ]


def test_a_broken_entry_is_no_unknown_name() -> None:
    result = outcome("data: {logs: {kind: bucket, retain: 30}}\n" + MACHINE.format(", reads: [logs, nothing]"))
    assert result.errors == ["LF0202", "LF0203"]
    assert "'nothing'" in result.one("LF0203").message


def test_a_broken_entry_leaves_the_others() -> None:
    result = outcome("machines: {one: {instance: 7}, two: {instance: t3.large}}\n")
    assert result.errors == ["LF0202"]
    assert result.plan is not None
    assert [h.entry for h in result.plan.hosts] == ["two"]


@pytest.mark.parametrize(
    ("sections", "text"),
    [
        ("data: {logs: {kind: bucket, replicate: maybe}}\n", "Write true or false or both."),
        (MACHINE.format(", reads: logs"), "'logs' stands where a list belongs. Write [logs]."),
        ("machines: []\n", "a list stands where a mapping belongs."),
        ("machines: {work: }\n", "nothing stands where a mapping belongs."),
        ("tags: {cost: 4711}\n", "4711 is a number or a truth value where text is meant. Write it in quotes."),
        ("tags: {'aws:cost': one}\n", "the tag 'aws:cost' has a reserved prefix. Choose another key."),
        (MACHINE.format(", env: {a-b: c}"), "does not fit"),
        ("machines: {work: {}}\n", "nothing says what to run on."),
        ("machines: {work: {instance: t3.large, cpu: 8}}\n", "leave out one or the other".capitalize()),
        ("data: {logs: {kind: bucket, retain: 36h}}\n", "'36h' is not a time in days. Write it like 30d or 7y."),
        ("data: {logs: {kind: bucket, retain: 999999999y}}\n", "Leave the key out to keep for ever."),
        ("data: {logs: {kind: bucket, existing: acme, retain: 1d}}\n", "Leave out retain."),
        ("data: {logs: {kind: bucket, versioned: false, replicate: true}}\n", "S3 replicates versioned buckets only."),
        ("network: {egress: none, endpoints: none}\n", "no workload reaches any service"),
        ("audit: {trail: existing, locked: true}\n", "Leave out everything but `trail: existing` and `detect`."),
        ("train: {fit: {platform: ec2, cpu: 8, code: here}}\n", "Add `command`."),
        ("train: {fit: {platform: ec2, cpu: 8, pool: 4..}}\n", "a pool needs an upper bound"),
        (MACHINE.format(", shell: {key: ops, from: [10.0.0.0/8]}, ingress: {ssh: {port: 2222}}"), "Call the other one"),
    ],
)
def test_a_wrong_form_is_said_in_words(sections: str, text: str) -> None:
    result = outcome(sections)
    assert text in result.one("LF0202").text
    assert not any(word in result.found[0].text for word in ("dictionary", "tuple", "instance of"))


def test_a_bare_number_is_a_number_of_cpus() -> None:
    plan = outcome("machines: {work: {cpu: 8, memory: 16GiB..}}\n").sound
    assert host(plan, "machines.work").types[0].vcpus == 8


@pytest.mark.parametrize("account", ["12345678901", "1234567890123", "12345678901a", "１２３４５６７８９０１２"])
def test_an_account_has_twelve_digits(account: str) -> None:
    text = f"version: 1\nsystem: demo\naccount: '{account}'\nregions: {{primary: us-east-1}}\n"
    assert "write its 12 digits in quotes".capitalize() in outcome_of(text).one("LF0202").text


keys = st.sampled_from(
    ["version", "system", "account", "regions", "primary", "replicas", "network", "zones", "cidr", "existing", "data",
     "kind", "bucket", "machines", "train", "work", "instance", "image", "shell", "key", "from", "was", "disk", "root",
     "platform", "pool", "audit", "trail", "tags", "us-east-1", "reads", "mounts", "[key]", ""]
)  # fmt: skip
scalars = st.sampled_from(["ec2", "bucket", "t3.large", "us-east-1", "8", "all-regions", "x", "10.0.0.0/16"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(keys, values, max_size=6))
def test_no_data_crashes_the_passes(sections: dict[str, object]) -> None:
    smallest = {"version": 1, "system": "demo", "account": "123456789012", "regions": {"primary": "us-east-1"}}
    planned(smallest | sections, NOWHERE)
    planned(sections, NOWHERE)
