"""Hosts to render scripts for, from the barest to the fullest."""

from dataclasses import replace

from landform.emit.user_data import Checkpoint, Code, DataVolume, HostScript, Jobs, Mount, Serves, SetupScript

BARE = HostScript(
    system="fraud-detection",
    entry="machines.workbench",
    region="us-east-1",
    os="al2023",
    user="ec2-user",
    environment=(("LANDFORM_DATA_TRANSACTIONS", "fraud-detection-prd-transactions"),),
    data_volume=None,
    instance_store=None,
    gpu=False,
    log_group="/landform/fraud-detection-prd/workbench",
    namespace="landform/fraud-detection",
)

MOUNTS = (
    Mount("efs", "/home", "LANDFORM_DATA_HOMES", writes=True),
    Mount("lustre", "/scratch", "LANDFORM_DATA_SCRATCH", writes=True),
    Mount("efs", "/team/notes", "LANDFORM_DATA_NOTES", writes=False),
)

TRAINING = replace(
    BARE,
    entry="train.graph",
    gpu=True,
    setup=SetupScript("scripts/graph.sh", b'#!/bin/bash\necho "$LANDFORM_DATA_TRANSACTIONS" >told\n'),
    code=Code("s3://artifacts/code/train_graph.zip"),
    command="torchrun main.py --epochs 20",
    checkpoint=Checkpoint("s3://models/checkpoints/train-graph/", 600, "/var/lib/landform/checkpoint"),
    spot=True,
    groups=("fraud-detection-prd-graph",),
    jobs=Jobs(
        "https://sqs.us-east-1.amazonaws.com/123456789012/fraud-detection-prd-graph-jobs",
        "s3://artifacts/jobs/train-graph/",
        nodes=1,
        attempts=20,
    ),
    bin="/opt/pytorch/bin",
)

SERVICE = replace(
    BARE,
    entry="serve.api",
    code=Code("s3://artifacts/code/train_graph.zip"),
    serves=Serves("python3 -m http.server $LANDFORM_PORT", 80),
)

FULL = replace(TRAINING, data_volume=DataVolume("/dev/sdf", "/data"), instance_store="/local", mounts=MOUNTS)

VARIANTS = {
    f"{name}-{os}": replace(script, os=os)
    for os in ("al2023", "ubuntu")
    for name, script in {
        "bare": BARE,
        "told-nothing": replace(BARE, environment=()),
        "data": replace(BARE, data_volume=FULL.data_volume),
        "local": replace(BARE, instance_store="/local"),
        "mounts": replace(BARE, mounts=MOUNTS),
        "setup": replace(BARE, setup=FULL.setup),
        "spot": replace(BARE, spot=True),
        "jobs": replace(
            BARE, command="python train.py", code=TRAINING.code, groups=TRAINING.groups, jobs=TRAINING.jobs
        ),
        "two-groups": replace(TRAINING, groups=("a-group", "another-group")),
        "service": SERVICE,
        "training": TRAINING,
        "on-demand-training": replace(TRAINING, spot=False),
        "full": FULL,
    }.items()
}
