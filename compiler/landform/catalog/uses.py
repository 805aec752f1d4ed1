"""Why a platform, or a service that works for the system, needs a permission: the last part of an edge → the reason.

The reasons are those of the files that hold the actions: host_permissions, job_permissions, batch_permissions,
function_permissions, schedule_permissions, studio_permissions and passes/service_roles, each with its sources.
"""

from collections.abc import Mapping
from typing import Final

USES: Final[Mapping[str, str]] = {
    "agent": "the agent of ECS on a node joins the cluster of the queue and takes containers from it",
    "apps": "a user finds and starts the apps of their own space, on the type of machine that the spec names",
    "audit": "CloudTrail writes what it records to the log group, where alarms look at it",
    "backup": "AWS Backup keeps tables, file systems and data disks, and copies what it kept to the other vaults",
    "bundle": "SageMaker copies the archive of the entry's own code before it starts the container",
    "canvas": "Canvas works as the user: its app, its jobs and its models, whose names begin with Canvas",
    "code": "a node fetches the archive of its own code, and no other object",
    "container-logs": "what starts a container writes down what it says, in the entry's own log group",
    "deploys": "a model of a training that the user may start is registered, and put in force where it is served",
    "disk": "the machine of a watch takes over the disk of the one before, which both bear the tags of the watch",
    "endpoint-logs": "SageMaker writes what the containers say to the endpoint's own log group",
    "endpoint-metrics": "SageMaker publishes how the endpoint does",
    "environment": "Lambda decrypts the function's variables, by the key of the system and for this function alone",
    "events": "a watch puts what it found on its own bus, and on no other",
    "health": "Beanstalk looks at balancer, group and instances to tell how the environment does",
    "interfaces": "the platform puts a network interface of the workload into the private subnets",
    "job-logs": "SageMaker writes the log of each job, into the group that all jobs of an account share",
    "job-metrics": "SageMaker publishes what a job reports",
    "jobs": "a node notes what became of a job, and finds there the other nodes that work on it",
    "jumpstart": "the public hub of JumpStart is looked through, and its models are fetched; both are AWS's own",
    "lifecycle": "a node that is to end saves its progress first, and tells its group when it has",
    "logs": "what it says goes to the entry's own log group, which Terraform makes with its key",
    "metrics": "the CloudWatch agent publishes CPU, memory, disk and GPU, in the system's own namespace",
    "network": "VPC flow logs write to their log group, and find it first",
    "objects": "a watch takes what the bucket says of new objects from its own queue",
    "output-key": "SageMaker asks for it where a job names a key for its model, here the one of the bucket",
    "protection": "a node keeps its group from ending it while it works on a job",
    "queue": "a node takes a job, asks for more time while it works, and deletes the job when it is done",
    "registry": "the container's image is fetched, from this one repository",
    "replicate": "S3 copies every new version to the other regions, with the keys of both sides",
    "report": "an instance tells Beanstalk how it does",
    "schedule": "EventBridge Scheduler starts the training at its times, and nothing else",
    "shell": "Session Manager leads to the host, without an open port; Run Command is not granted",
    "storage": "an instance fetches its version from Beanstalk's own bucket, and leaves logs there that are asked for",
    "streams": "an instance sends its logs to the groups that Beanstalk made for the environment",
    "studio-logs": "SageMaker writes what a user's apps say to the group that all share, into streams of their own",
    "traces": "X-Ray takes traces, whose actions know no resource",
    "trains": "a user starts a training as the spec defines it, under its own role, and in the network alone",
    "volume": "the disk of a job, or of a space, is encrypted with the system's key, which its machines use by a grant",
}
"""Use → why."""

BY_DEFAULT: Final[Mapping[str, str]] = {"environment": USES["backup"], "regions": USES["backup"]}
"""An edge of one word that asks for something without naming it: production is backed up."""

ANY: Final = "the platform, or a service that works for this section, asks it of this role"
"""What is said of a use that has no sentence of its own."""
