"""What each platform of a training can do: the one table that refusals and `landform explain` both speak from.

Read 2026-11-29. Sources: SageMaker API, CreateTrainingJob (ResourceConfig, StoppingCondition, FileSystemDataSource: an
id and a folder, no access point and no word of TLS or a role) and CreateHyperParameterTuningJob; Batch user guide,
"Multi-node parallel jobs", "Compute environments", "Amazon EFS volumes"; EC2 Auto Scaling user guide, "Auto Scaling
groups with multiple instance types and purchase options".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

READ: Final = "2026-11-29"
"""When the table was held against AWS's own pages."""

Platform = Literal["batch", "ec2", "sagemaker"]
PLATFORMS: Final[tuple[Platform, ...]] = ("batch", "ec2", "sagemaker")


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a platform does not do something, and what to write instead of asking for it.

    `harmless`: the training runs all the same, without it.
    """

    fact: str
    instead: str = "Leave it out"
    harmless: bool = False


@dataclass(frozen=True, slots=True)
class Ability:
    """Something that a training may ask for: `how` the platforms do that have it, why the others do not."""

    what: str
    how: Mapping[str, str] = field(default_factory=dict)
    lacks: Mapping[str, Lack] = field(default_factory=dict)

    @property
    def elsewhere(self) -> str:
        """The platforms that have it, as a spec says them."""
        names = sorted(self.how)
        return f"`platform: {names[0]}`" + "".join(f" or `{name}`" for name in names[1:])


ABILITIES: Final[Mapping[str, Ability]] = {
    "spot-share": Ability(
        "a share of spot capacity",
        {"ec2": "a mixed group keeps the share", "batch": "spot first, on demand once the spot market has none left"},
        {
            "sagemaker": Lack(
                "SageMaker buys all machines of a job as spot capacity or none", "Write `spot: 0%` or `spot: 100%`"
            )
        },
    ),
    "on-demand-base": Ability(
        "an on-demand base beside spot capacity",
        {"ec2": "the first nodes are bought on demand"},
        {
            "batch": Lack("Batch knows no on-demand base beside spot capacity"),
            "sagemaker": Lack("SageMaker knows no on-demand base beside spot capacity"),
        },
    ),
    "pool": Ability(
        "a pool of nodes",
        {"ec2": "an Auto Scaling group between two bounds", "batch": "as many nodes as the waiting jobs need"},
        {"sagemaker": Lack("SageMaker starts a job's machines with it and takes them away after it: there is no pool")},
    ),
    "spot-nodes": Ability(
        "jobs of several nodes on the spot market",
        {"ec2": "each node restores the checkpoint", "sagemaker": "the whole job starts again from its checkpoint"},
        {"batch": Lack("Batch runs no job of several nodes on the spot market", "Leave `spot` out")},
    ),
    "max-wait": Ability(
        "a longest wait for spot capacity",
        {"sagemaker": "a job that waits longer is given up"},
        {
            "batch": Lack("Batch lets a job wait as long as it takes", harmless=True),
            "ec2": Lack("a group asks for capacity as long as it takes", harmless=True),
        },
    ),
    "max-runtime": Ability(
        "a longest run",
        {"batch": "of each attempt", "ec2": "of each attempt", "sagemaker": "of the job"},
    ),
    "data-disk": Ability(
        "a data disk",
        {"ec2": "a volume of its own at /data", "sagemaker": "the size of the one volume of a machine"},
        {
            "batch": Lack(
                "a container of Batch has the root disk of its node, and no other",
                "Write `disk: {root: …}` with what it needs",
            )
        },
    ),
    "instance-store": Ability(
        "instance store",
        {"ec2": "mounted at /local", "sagemaker": "types with disks of their own use them"},
        {
            "batch": Lack(
                "a container of Batch has the root disk of its node, and no other",
                "Write `disk: {root: …}` with what it needs",
            )
        },
    ),
    "neuron": Ability(
        "accelerators that are no GPUs of NVIDIA",
        {"ec2": "by an image with their drivers", "sagemaker": "by an image of your own"},
        {"batch": Lack("Batch places jobs by NVIDIA's GPUs", "Ask for one of those")},
    ),
    "machine-image": Ability(
        "a machine image of your own",
        {"ec2": "by its AMI"},
        {
            "batch": Lack("the nodes of Batch boot AWS's own image, and run containers", "Give the URI of a container"),
            "sagemaker": Lack("SageMaker runs containers, on machines of its own", "Give the URI of a container"),
        },
    ),
    "algorithm": Ability(
        "the algorithm of an image, without a command",
        {"sagemaker": "the image's own program runs"},
        {
            "batch": Lack("a container of Batch runs a command", "Add `command`"),
        },
    ),
    "efs": Ability(
        "a file system of EFS",
        {"ec2": "mounted under the role of the training", "batch": "mounted under the role of the training"},
        {
            "sagemaker": Lack(
                "SageMaker mounts EFS without TLS and without a role, which the file system's policy denies",
                "Use a Lustre file system, or `inputs`",
            ),
        },
    ),
    "lustre": Ability(
        "a file system of Lustre",
        {"ec2": "mounted under its path", "sagemaker": "a channel, found under its path by what `command` runs"},
        {
            "batch": Lack("the image of Batch's nodes has no client of Lustre", "Use EFS, or `inputs`"),
        },
    ),
    "schedule": Ability(
        "times at which it starts",
        {"batch": "a job in the queue", "ec2": "a job in the queue", "sagemaker": "a job by its definition"},
    ),
    "inputs": Ability(
        "inputs",
        {
            "batch": "copied to the disk before setup and command",
            "ec2": "copied to the disk of each node before each job, what has changed since the last one",
            "sagemaker": "channels, on the disk before setup and command",
        },
    ),
    "output": Ability(
        "an output",
        {
            "batch": "model.tar.gz in a folder of each job, nodes beside the first in one of their own",
            "ec2": "model.tar.gz in a folder of each job, nodes beside the first in one of their own",
            "sagemaker": "model.tar.gz in a folder of each job",
        },
    ),
    "hyperparameters": Ability(
        "hyper-parameters",
        {
            "batch": "in a file that the command reads",
            "ec2": "in a file that the command reads",
            "sagemaker": "handed to the algorithm, and in a file",
        },
    ),
    "reports": Ability(
        "metrics from the log",
        {"sagemaker": "kept with the job, and shown by `landform run`"},
        {
            "batch": Lack("Batch reads no metrics from a log", harmless=True),
            "ec2": Lack("nothing reads metrics from the log of a node", harmless=True),
        },
    ),
    "tuning": Ability(
        "a search for hyper-parameters",
        {"sagemaker": "`landform run --tune`"},
        {
            "batch": Lack("Batch searches for no hyper-parameters", harmless=True),
            "ec2": Lack("nothing on EC2 searches for hyper-parameters", harmless=True),
        },
    ),
}
"""By a name of landform's own."""

ALWAYS: Final[Mapping[str, Mapping[str, str]]] = {
    "between jobs": {
        "batch": "nodes go when no job waits",
        "ec2": "nodes of a pool go when they have been idle for ten minutes, others stand",
        "sagemaker": "there is nothing, and nothing to pay",
    },
    "after an interruption": {
        "batch": "started again, ten attempts in all; saved `every` so often, and not when the notice comes",
        "ec2": "begun again, twenty times in all; saved `every` so often, and when the notice comes",
        "sagemaker": "started again by SageMaker, which saves what is written to the folder",
    },
}
"""What no key of a spec asks for, and every platform does in its own way."""
