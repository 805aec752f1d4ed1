"""How long a policy may be, by what holds it: AWS refuses a longer one at apply.

All read 2026-11-23. IAM: "IAM and AWS STS quotas"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). Buckets: "Bucket policies"
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html, 20 KB). Keys: KMS "Resource quotas"
(https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html). Endpoints: PrivateLink guide,
"Endpoint policies" (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
"""

from typing import Final

ROLE_POLICY: Final = 10_240
"""Characters of all inline policies of a role together; IAM does not count white space."""

MANAGED_POLICY: Final = 6_144
"""Characters of a managed policy, without white space."""

ATTACHED_POLICIES: Final = 10
"""Managed policies attached to a role; the quota that an account starts with."""

TRUST_POLICY: Final = 2_048
"""Characters of a role's trust policy, without white space; the quota that an account starts with."""

BUCKET_POLICY: Final = 20_480
"""Bytes of a bucket policy, white space included."""

KEY_POLICY: Final = 32_768
"""Bytes of a key policy, white space included."""

ENDPOINT_POLICY: Final = 20_480
"""Characters of an endpoint policy, white space included."""

JOB_DEFINITION: Final = 7_600
"""Characters of a training job's definition: an advanced SSM parameter takes 8 KB (Systems Manager quotas), and the
module adds role, network and key."""

JOB_ENVIRONMENT: Final = 100
"""Variables of a training job (SageMaker API, CreateTrainingJob)."""

TUNED_ENVIRONMENT: Final = 48
"""Variables of a job that a search for hyper-parameters makes (SageMaker API, HyperParameterTrainingJobDefinition, read
2026-11-29)."""

JOB_VOLUME_GIB: Final = 16_384
"""GiB of the disk of a training job's machine (SageMaker API, ResourceConfig, as large as EBS volumes get)."""

ENDPOINT_ENVIRONMENT: Final = 100
"""Variables of the container of a model (SageMaker API, ContainerDefinition, read 2026-11-29)."""

BATCH_MEMORY_SHARE: Final = 0.9
"""Of a node's memory, what a container may ask for: system and agent keep the rest, and Batch places no container that
asks for more than is left (Batch user guide, "Compute resource memory management", read 2026-11-23)."""

BATCH_JOB: Final = 23_000
"""Characters of a job definition's container: a definition has 24 KiB at most (Batch user guide, "AWS Batch service
quotas", read 2026-11-23), and the module adds roles and logs."""

DASHBOARD_WIDGETS: Final = 500
DASHBOARD_LINES: Final = 2_500
ALARMS_IN_A_WIDGET: Final = 100
"""A dashboard of CloudWatch: widgets, metrics of all of them, and alarms in a widget of states (CloudWatch user guide,
"CloudWatch service quotas", read 2026-11-29)."""

ALARM_METRICS: Final = 10
"""Metrics that an alarm on a formula looks at, which nobody can have raised (CloudWatch user guide, "Limits that apply
to alarms based on metric math expressions", read 2026-11-30)."""

COMPOSITE_ALARMS: Final = 100
ALARM_COMPOSITES: Final = 150
COMPOSITE_RULE: Final = 10_240
"""Alarms that a composite one names, composite ones that may name the same alarm, and characters of a rule (CloudWatch
API, PutCompositeAlarm, read 2026-11-30)."""

STUDIO_MOUNTS: Final = 5
"""File systems that a space of Studio mounts (SageMaker API, CreateSpace, read 2026-11-29)."""
