"""Why a platform, or a service that works for the system, needs a permission: the last part of an edge → the reason.

The reasons are those of the files that hold the actions: host_permissions, job_permissions, batch_permissions,
function_permissions, loop_permissions, schedule_permissions, studio_permissions, watch_permissions and
passes/service_roles, each with its sources.
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
    "shift": "a watch reads whether a deployment shifts traffic, and to which version of the model",
    "storage": "an instance fetches its version from Beanstalk's own bucket, and leaves logs there that are asked for",
    "streams": "an instance sends its logs to the groups that Beanstalk made for the environment",
    "studio-logs": "SageMaker writes what a user's apps say to the group that all share, into streams of their own",
    "traces": "X-Ray takes traces, whose actions know no resource",
    "rollback": "the alarms that bring the old model back are looked at",
    "trains": "a user starts a training as the spec defines it, under its own role, and in the network alone",
    "volume": "the disk of a job, or of a space, is encrypted with the system's key, which its machines use by a grant",
}
"""Use → why."""

LOOP: Final[Mapping[str, str]] = {
    "champion": "the endpoint says which version serves: by its answers the champion is judged, and by no other's",
    "copied": "a model that is served elsewhere too is copied there, from the bucket of models to the region's own",
    "compared": "while both versions answer, a deployment reads what, and says how far apart they lie, as a metric",
    "definitions": "the requests for a job and for an endpoint stand in parameters, as Terraform wrote them",
    "deployment": "a new model is deployed by the other machine, which is followed to its end, or stopped",
    "endpoint": "a deployment, and nothing else, moves the endpoint to another configuration, and looks how it does",
    "environment": USES["environment"],
    "followed": "Step Functions hears of the end of jobs and runs by rules of its own, of the same names everywhere",
    "in-force": "a deployment writes down which model is in force in the region",
    "disks": "SageMaker encrypts the disks of the machines that it starts, by a grant of who asks for them",
    "rollback": USES["rollback"],
    "judged": "a challenger is asked the rows that were kept back, as a model under the role of the endpoint",
    "labels": "what turned out to be true is listed and read, and put beside what was answered",
    "ledger": "which alarms are known and who runs is kept in one table, so that of two alarms one run comes",
    "logs": "each step has a log group; for a machine Step Functions arranges it, by actions that know no resource",
    "models": "a package becomes a model, which runs under the role of the endpoint",
    "old-rows": "new rows have to be of the kind of the old ones, which are listed and read",
    "packages": "a deployment reads what the package holds, and registers it in each other region",
    "queued": "the one training is put into the queue of its fleet, which is encrypted",
    "records": "what its nodes write down of a training is looked at, where one that is late is told to stop",
    "registered": "a challenger that was let in comes into the one group of packages of the endpoint",
    "shift": "a deployment says when traffic begins to shift and when it has, which the watch reads",
    "started": "an alarm of the watch starts the machine that retrains, and nothing else",
    "steps": "a machine calls the function of its own steps, and no other",
    "submitted": "the one training is given to Batch by its own queue and definition, looked at, and ended if given up",
    "telling": "who hears of the watch hears how a run ended, by topics that are encrypted",
    "traces": USES["traces"],
    "traffic": "what the endpoint was asked since the change is listed by the hour, and read",
    "training": "the one training is started under its own role, followed to its end, and stopped if it is given up",
    "work": "what is trained on, what is kept back and the figures of a run are written beside the old rows",
}
"""Use of a role of a loop, behind `then` → why."""

BY_DEFAULT: Final[Mapping[str, str]] = {"environment": USES["backup"], "regions": USES["backup"]}
"""An edge of one word that asks for something without naming it: production is backed up."""

ANY: Final = "the platform, or a service that works for this section, asks it of this role"
"""What is said of a use that has no sentence of its own."""
