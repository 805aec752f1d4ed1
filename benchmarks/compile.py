"""How long the compiler takes: cold commands, many workloads, growth, memory; and what prebuilt bindings take.

    make bench                                   prints the figures
    PREBUILT=venv/bin/python make bench          compares with a cdktf program on cdktf-cdktf-provider-aws,
                                                 which that interpreter must have (500 MB)

Goals: cold `check` of the samples 0.35 s, cold `compile` 1.0 s; 1,000 mixed workloads in 7 s, of which 2 s for the
passes; t(2n)/t(n) at most 2.2; 500 MB. Ratios carry over to other machines, seconds do not.
"""

import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLES = ("training-platform", "fraud-detection")
LANDFORM = Path(sys.executable).parent / "landform"
RUNS = 7

CODE = "code: code, handler: app.handler"
MIXED = (
    ("machines", "instance: g5.xlarge, image: base-gpu, reads: [{bucket}]"),
    ("train", "platform: ec2, accelerator: 4 x A10G, image: base-gpu, pool: 0..4, command: train, writes: [{bucket}]"),
    ("functions", CODE + ", trigger: {{schedule: rate(1 hour)}}, reads: [{bucket}], writes: [{table}]"),
    ("train", "platform: sagemaker, instance: ml.m7i.xlarge, image: pytorch-2.10, command: train, reads: [{bucket}]"),
    ("serve", "platform: lambda, " + CODE + ", http: {{auth: iam}}, reads: [{table}]"),
    ("train", "platform: batch, accelerator: 1 x A10G, image: pytorch-2.10, command: train, writes: [{bucket}]"),
)
"""One workload of each kind: (section, entry)."""

ONE_BUCKET = """
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
app = App(outdir={out!r})
stack = TerraformStack(app, "one")
AwsProvider(stack, "aws", region="us-east-1")
S3Bucket(stack, "bucket", bucket="one")
app.synth()
"""


def spec_of(workloads: int) -> str:
    """A spec of so many workloads, a tenth as many buckets, and of each kind of workload as many as of the others."""
    stores = max(1, workloads // 10)
    sections: dict[str, list[str]] = {section: [] for section in ("machines", "train", "functions", "serve")}
    for n in range(workloads):
        section, entry = MIXED[n % len(MIXED)]
        sections[section].append(
            f"  load-{n}: {{{entry.format(bucket=f'store-{n % stores}', table=f'rows-{n % stores}')}}}"
        )
    lines = [
        "version: 1",
        "system: many",
        'account: "123456789012"',
        "regions: {primary: us-east-1}",
        "network: {cidr: 10.0.0.0/16}",
        "data:",
        *(f"  store-{n}: {{kind: bucket}}" for n in range(stores)),
        *(f"  rows-{n}: {{kind: table, key: id}}" for n in range(stores)),
        *(line for section, entries in sections.items() for line in (f"{section}:", *entries)),
    ]
    return "\n".join(lines) + "\n"


def seconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def cold(*command: str) -> list[float]:
    """Seconds of a command as a whole process, after one run that fills the caches of the disk."""

    def run() -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)

    run()
    return sorted(seconds(run) for _ in range(RUNS))


def shown(name: str, values: list[float], goal: str) -> None:
    print(f"{name:46} median {statistics.median(values):6.2f} s   best {values[0]:6.2f} s   goal {goal}")


def stages(workloads: int, folder: Path) -> tuple[float, float]:
    """Seconds of source and passes, and of lowering and emitting, in this process.

    Without collecting garbage, as the command runs: a collection that falls into one of the sizes and not into another
    makes a ratio of its own.
    """
    from landform.emit.tree import tree
    from landform.pipeline import analyse

    (folder / "code").mkdir(exist_ok=True)
    (folder / "code" / "app.py").write_text("def handler(event, context): ...\n")
    spec = folder / f"{workloads}.yaml"
    spec.write_text(spec_of(workloads))
    analyse(spec)
    gc.collect()
    gc.disable()
    begin = time.perf_counter()
    analysis = analyse(spec)
    middle = time.perf_counter()
    assert analysis.sound and analysis.plan, analysis.diagnostics[:3]
    tree(analysis.plan)
    end = time.perf_counter()
    gc.enable()
    return middle - begin, end - middle


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for sample in SAMPLES:
            spec = str(ROOT / "specs" / f"{sample}.yaml")
            shown(f"cold check of {sample}", cold(str(LANDFORM), "check", "-q", spec), "0.35 s")
            compiled = cold(str(LANDFORM), "compile", "-q", spec, "--out", str(folder))
            shown(f"cold compile of {sample}", compiled, "1.00 s")
        measured = {n: stages(n, folder) for n in (250, 500, 1000)}
        for n, (passes, emit) in measured.items():
            print(f"{n:5} workloads: passes {passes:5.2f} s, emit {emit:5.2f} s, together {passes + emit:5.2f} s")
        for n in (250, 500):
            ratios = [sum(measured[2 * n]) / sum(measured[n]), measured[2 * n][0] / measured[n][0]]
            print(f"t({2 * n})/t({n}): together {ratios[0]:.2f}, passes {ratios[1]:.2f}   goal 2.20")
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(f"peak memory: Python {own / 1024:.0f} MB, largest child {children / 1024:.0f} MB   goal 500 MB")
        prebuilt(folder, statistics.median(compiled))


def prebuilt(folder: Path, ours: float) -> None:
    python = os.environ.get("PREBUILT")
    if not python:
        print("prebuilt bindings: not compared (PREBUILT names no interpreter that has them)")
        return
    program = folder / "one.py"
    program.write_text(ONE_BUCKET.format(out=str(folder / "one")))
    theirs = statistics.median(cold(python, str(program)))
    print(f"one bucket with prebuilt bindings: {theirs:.2f} s, {theirs / ours:.1f} times our whole flagship")


if __name__ == "__main__":
    main()
