"""How many private addresses things take of a subnet, where it is not one.

Read 2026-11-30. SageMaker developer guide: "Give SageMaker AI Training Jobs Access to Resources in Your Amazon VPC",
"Give SageMaker AI hosted endpoints access to resources in your Amazon VPC", "Connect Amazon SageMaker Studio in a VPC
to external resources". Batch user guide, "Multi-node parallel jobs" (they use the network mode awsvpc of ECS). Elastic
Load Balancing user guide, "Subnets for your load balancer". Elastic Beanstalk developer guide, "Immutable environment
updates". EFS takes one for each mount target, Lambda one for each pair of subnet and security group.
"""

from typing import Final

RESERVED: Final = 5
"""What AWS keeps of every subnet (VPC user guide, "Subnet sizing")."""

BALANCER: Final = 8
"""Free addresses in each of its subnets without which a load balancer is not made, or does not grow."""

TRAINING_MACHINE: Final = 2
"""Of each machine of a training job of SageMaker."""

MODEL_MACHINE: Final = 4
"""Of each machine that serves a model: two, and a deployment stands beside what it replaces."""

STUDIO_USER: Final = 4
"""Of each user of Studio, at most."""

STUDIO_HOME: Final = 1
"""In each subnet of a domain: the mount target of the file system that Studio makes for it."""

LUSTRE: Final = 1
"""Of a Lustre file system, in its one subnet, at least: it "can have more than one" network interface, and how many AWS
does not say (FSx API, FileSystem)."""

NODE_OF_SEVERAL: Final = 2
"""Of a node of Batch whose job has several: its own, and its container's."""

OLD_AND_NEW: Final = 2
"""Times as many instances of Beanstalk while an immutable update stands beside what it replaces."""

REFRESHED_PERCENT: Final = 110
"""Of the hosts of a service while new ones come before old ones go: `max_healthy_percentage` of modules/web."""
