"""Machine images: the names that specs use, and the public SSM parameters that EC2 resolves at each launch.

Read 2026-11-23. Sources:
- Amazon Linux: the parameters and root devices that moto 5.2.5 recorded from AWS (a test compares);
- Ubuntu: Canonical's "Finding Ubuntu images with the AWS SSM Parameter Store";
- Deep Learning AMIs: the DLAMI developer guide, release notes (parameters, `python_location`) and support
  policy (end of patch). Their root snapshots have 75 GiB, which a root disk cannot undercut;
- Neuron: "Neuron DLAMI user guide" (parameters, virtual environments). The 75 GiB there are an estimate.

Deep Learning AMIs are taken on Amazon Linux 2023: its packages come from S3, so that a host without a way to
the internet can still install what it needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Drivers = Literal["none", "nvidia", "neuron"]


@dataclass(frozen=True, slots=True)
class Image:
    """An image by name; the defaults are those of Amazon Linux 2023.

    `parameters` maps an architecture to its SSM parameter. `root_gib` is the smallest root disk, in GiB.
    `bin` is the folder of the image's Python environment. After `patched_until` nothing in it is fixed any more.
    """

    name: str
    parameters: Mapping[str, str]
    drivers: Drivers
    root_gib: int
    bin: str | None = None
    root_device: str = "/dev/xvda"
    os: Literal["al2023", "ubuntu"] = "al2023"
    user: str = "ec2-user"
    patched_until: date = date(2029, 6, 30)


def _deep_learning(edition: str) -> dict[str, str]:
    folder = "/aws/service/deeplearning/ami"
    return {
        architecture: f"{folder}/{architecture}/{edition}-amazon-linux-2023/latest/ami-id"
        for architecture in ("x86_64", "arm64")
    }


def _pytorch(version: str, patched_until: date) -> Image:
    parameters = _deep_learning(f"oss-nvidia-driver-gpu-pytorch-{version}")
    name = f"pytorch-{version}"
    return Image(name, parameters, "nvidia", 75, "/opt/pytorch/bin", patched_until=patched_until)


def _neuron(name: str, edition: str, python: str | None = None) -> Image:
    parameter = f"/aws/service/neuron/dlami/{edition}/amazon-linux-2023/latest/image_id"
    return Image(name, {"x86_64": parameter}, "neuron", 75, python)


FAMILIES: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("nvidia", "x86_64"): frozenset(
        {"g4dn", "g5", "g6", "g6e", "g6f", "gr6", "gr6f", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200"}
    ),
    ("nvidia", "arm64"): frozenset({"g5g", "p6e-gb200"}),
    ("neuron", "x86_64"): frozenset({"inf2", "trn1", "trn1n", "trn2", "trn2u"}),
}
"""Drivers and architecture → the families whose accelerators they drive: "Supported EC2 instances" in the release notes
of the Deep Learning AMIs (PyTorch 2.12 and base, Amazon Linux 2023) and of the Neuron SDK, read 2026-11-23. The open
NVIDIA driver begins with Turing: no V100, no older one."""

_AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default"
_UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current"

_ALL = (
    Image("al2023", {a: f"{_AMAZON_LINUX}-{a}" for a in ("x86_64", "arm64")}, "none", 8),
    Image(
        "ubuntu-24.04",
        {"x86_64": f"{_UBUNTU}/amd64/hvm/ebs-gp3/ami-id", "arm64": f"{_UBUNTU}/arm64/hvm/ebs-gp3/ami-id"},
        "none",
        8,
        root_device="/dev/sda1",
        os="ubuntu",
        user="ubuntu",
        patched_until=date(2029, 4, 30),
    ),
    Image("base-gpu", _deep_learning("base-oss-nvidia-driver-gpu"), "nvidia", 75),
    _pytorch("2.7", date(2026, 4, 23)),
    _pytorch("2.8", date(2026, 8, 6)),
    _pytorch("2.9", date(2026, 10, 15)),
    _pytorch("2.10", date(2027, 1, 21)),
    _pytorch("2.11", date(2027, 3, 23)),
    _pytorch("2.12", date(2027, 5, 13)),
    _neuron("base-neuron", "base"),
    _neuron("neuron-pytorch-2.9", "pytorch-2.9", "/opt/aws_neuronx_venv_pytorch_2_9/bin"),
)

IMAGES: Final[Mapping[str, Image]] = {image.name: image for image in _ALL}
"""Image by name; what is not here is given by id: `{id: ami-…, root_device, arch, user}`."""
