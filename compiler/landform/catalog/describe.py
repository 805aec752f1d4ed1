"""Read an entry of EC2's DescribeInstanceTypes: the same for AWS's answer and for moto's record of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from landform.catalog.model import Accelerator, Architecture, InstanceType, LocalDisks

Entry = Mapping[str, Any]

# People say "RTX PRO 6000"; the API says which edition.
_SPOKEN_NAMES = {"RTX PRO Server 6000": "RTX PRO 6000", "Qualcomm AI100": "AI100"}

# The record gives Trainium2 512 GiB a chip and a trn2u no chips at all. AWS Neuron's documentation, "Amazon
# EC2 Trn2 Architecture" and "Trainium2 Architecture" (release 2.29, 2025-12), has 96 GiB a chip and 16 chips
# in both of trn2.48xlarge and trn2u.48xlarge.
_CORRECTED_ACCELERATORS = {
    "trn2.3xlarge": Accelerator("Trainium2", "AWS", 1, 98304),
    "trn2.48xlarge": Accelerator("Trainium2", "AWS", 16, 98304),
    "trn2u.48xlarge": Accelerator("Trainium2", "AWS", 16, 98304),
}


def is_wanted(entry: Entry) -> bool:
    """Tell whether a type belongs in the catalog: no Macs, no retired types from before Nitro."""
    current = entry["CurrentGeneration"] or entry.get("Hypervisor") != "xen"
    return current and _architecture(entry) is not None


def instance_type(entry: Entry) -> InstanceType:
    """Read one wanted entry."""
    name: str = entry["InstanceType"]
    architecture = _architecture(entry)
    if architecture is None:
        raise ValueError(f"{name} is neither x86_64 nor arm64")
    ebs = entry["EbsInfo"].get("EbsOptimizedInfo", {})
    network = entry["NetworkInfo"]
    return InstanceType(
        name=name,
        vcpus=entry["VCpuInfo"]["DefaultVCpus"],
        memory_mib=entry["MemoryInfo"]["SizeInMiB"],
        architecture=architecture,
        accelerator=_CORRECTED_ACCELERATORS.get(name) or _accelerator(entry),
        disks=_disks(entry),
        ebs_mbps=ebs.get("BaselineBandwidthInMbps", 0),
        ebs_peak_mbps=ebs.get("MaximumBandwidthInMbps", 0),
        network_mbps=_network_mbps(network, "BaselineBandwidthInGbps"),
        network_peak_mbps=_network_mbps(network, "PeakBandwidthInGbps"),
        network_cards=network["MaximumNetworkCards"],
        interfaces=network["MaximumNetworkInterfaces"],
        addresses_per_interface=network["Ipv4AddressesPerInterface"],
        efa=network["EfaSupported"],
        bare_metal=entry["BareMetal"],
        burstable=entry["BurstablePerformanceSupported"],
        spot="spot" in entry["SupportedUsageClasses"],
        hypervisor=entry.get("Hypervisor"),
    )


def _architecture(entry: Entry) -> Architecture | None:
    supported = entry["ProcessorInfo"]["SupportedArchitectures"]
    if "x86_64" in supported:
        return "x86_64"
    return "arm64" if "arm64" in supported else None


def _accelerator(entry: Entry) -> Accelerator | None:
    devices: list[Entry] = [
        *entry.get("GpuInfo", {}).get("Gpus", ()),
        *entry.get("NeuronInfo", {}).get("NeuronDevices", ()),
        *entry.get("InferenceAcceleratorInfo", {}).get("Accelerators", ()),
    ]
    if not devices:
        return None
    # Inferentia stands under two headings, with the same figures.
    device = devices[0]
    recorded: str = device["Name"]
    name = _SPOKEN_NAMES.get(recorded, recorded)
    share = device.get("GpuPartitionSize", 1)
    return Accelerator(
        name=name if share == 1 else f"{name}/{round(1 / share)}",
        maker=device.get("Manufacturer", "AWS"),
        count=device["Count"] if share == 1 else device["LogicalGpuCount"],
        memory_mib=device["MemoryInfo"]["SizeInMiB"],
    )


def _disks(entry: Entry) -> LocalDisks | None:
    store = entry.get("InstanceStorageInfo")
    if not store:
        return None
    (disks,) = store["Disks"]
    return LocalDisks(disks["Count"], disks["SizeInGB"], disks["Type"], store.get("NvmeSupport") == "required")


def _network_mbps(network: Entry, figure: str) -> int:
    """Add up the cards, unless AWS promises a round figure for all of them: cards may share a link."""
    promised = re.fullmatch(r"(?:(\d+)x )?([\d.]+) Gigabit", network["NetworkPerformance"])
    if promised:
        return round(int(promised[1] or 1) * float(promised[2]) * 1000)
    gbps: float = sum(card.get(figure, 0) for card in network["NetworkCards"])
    return round(gbps * 1000)
