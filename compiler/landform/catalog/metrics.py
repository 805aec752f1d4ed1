"""Metrics: what each kind of component publishes to CloudWatch, by the words of the language.

The one table of names: alarms and dashboards are drawn from it, and no name of a metric stands anywhere else. A
dimension's value is a token of the component (``{name}``), or stands as it is.

Sources, all read 2026-11-28: the "metrics and dimensions" pages of the guides of Lambda, Elastic Load
Balancing, Certificate Manager, Elastic Beanstalk, DynamoDB, Kinesis, SQS, S3,
EFS, FSx for Lustre, EC2, EC2 Auto Scaling, NAT gateways (Amazon VPC), SageMaker AI and EventBridge; the CloudWatch
user guide, "Metrics published by log anomaly detectors", "Metrics collected by the CloudWatch agent"
and "Collect NVIDIA GPU metrics". Of EventBridge Scheduler: aws-cdk, aws-scheduler, metrics of a group (2026-11-29).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from landform.catalog.metric import DAY, Metric, Series, of

_LAMBDA: Final = of("AWS/Lambda", ("FunctionName", "{name}"))
_API: Final = of("AWS/ApiGateway", ("ApiId", "{api}"))
_TABLE: Final = of("AWS/DynamoDB", ("TableName", "{name}"))
_STREAM: Final = of("AWS/Kinesis", ("StreamName", "{name}"))
_QUEUE: Final = of("AWS/SQS", ("QueueName", "{name}"))
_JOBS: Final = of("AWS/SQS", ("QueueName", "{jobs}"))
_BUCKET: Final = of("AWS/S3", ("BucketName", "{name}"))
_EFS: Final = of("AWS/EFS", ("FileSystemId", "{id}"))
_FSX: Final = of("AWS/FSx", ("FileSystemId", "{id}"))
_AGENT: Final = of("{namespace}", ("entry", "{entry}"))
_NAT: Final = of("AWS/NATGateway", ("NatGatewayId", "{nat}"))
_RULE: Final = of("AWS/Events", ("RuleName", "{rule}"))
_SCHEDULER: Final = of("AWS/Scheduler", ("ScheduleGroup", "{schedule}"))
_CALLED: Final = of("AWS/SageMaker", ("EndpointName", "{name}"), ("VariantName", "{variant}"))
_SERVING: Final = of("/aws/sagemaker/Endpoints", ("EndpointName", "{name}"), ("VariantName", "{variant}"))
_BALANCER: Final = of("AWS/ApplicationELB", ("LoadBalancer", "{balancer}"))
_TARGETS: Final = of("AWS/ApplicationELB", ("LoadBalancer", "{balancer}"), ("TargetGroup", "{targets}"))
_JOB: Final = of("/aws/sagemaker/TrainingJobs", ("Host", "{name}"))

_OPERATIONS: Final = ("GetItem", "PutItem", "Query", "UpdateItem")
"""Operations of a table whose failures and times are looked at: DynamoDB publishes both for each operation."""

BILLED: Final = (of("AWS/Billing", ("Currency", "USD"))("EstimatedCharges")[0], "us-east-1", 21_600)
"""What an account is charged, the one region that it is published in, and seconds between two values: Billing user
guide, "Creating a billing alarm" (read 2026-11-29). An account publishes it once its billing alerts are switched on."""

_WATCH: Final = of("{namespace}", ("Watch", "{watch}"))
_OBJECTS: Final = of("AWS/SQS", ("QueueName", "{objects}"))
_WATCHED: Final = of("AWS/SageMaker", ("EndpointName", "{endpoint}"), ("VariantName", "{variant}"))

_RATE: Final = "a / PERIOD(a)"
_RATES: Final = "(a + b) / PERIOD(a)"

_UNUSUAL: Final = Metric(
    "log anomalies",
    "errors",
    "count",
    "Sum",
    (Series("AWS/Logs", "AnomalyCount", {"LogAnomalyDetector": "{detector}", "LogAnomalyPriority": "HIGH"}),),
    needs="log detector",
)

_HOST: Final = (
    _UNUSUAL,
    Metric("cpu", "cpu and memory", "percent", "Average", _AGENT("cpu_usage_active")),
    Metric("memory", "cpu and memory", "percent", "Average", _AGENT("mem_used_percent")),
    Metric("disk", "disk", "percent", "Maximum", _AGENT("disk_used_percent")),
    Metric("disk io", "disk", "bytes/s", "Sum", _AGENT("diskio_read_bytes", "diskio_write_bytes"), _RATES),
    Metric("network", "network", "bytes/s", "Sum", _AGENT("net_bytes_recv", "net_bytes_sent"), _RATES),
    Metric("gpu", "gpu", "percent", "Average", _AGENT("nvidia_smi_utilization_gpu"), needs="gpu"),
    # `utilization_memory` is how long the memory was busy, not how full it is.
    Metric(
        "gpu memory",
        "gpu",
        "percent",
        "Average",
        _AGENT("nvidia_smi_memory_used", "nvidia_smi_memory_total"),
        "100 * a / b",
        needs="gpu",
    ),
    Metric("spot interruptions", "saturation", "count", "Sum", _AGENT("SpotInterruptions"), needs="spot"),
)

_FAILED: Final = Metric("errors", "errors", "count", "Sum", _RULE("TriggeredRules"))
"""Jobs that failed: CloudWatch has no metric of them, but counts the events that the rule for failures caught."""

_STARTS: Final = Metric(
    "missed starts",
    "errors",
    "count",
    "Sum",
    _SCHEDULER("TargetErrorCount", "InvocationDroppedCount"),
    "FILL(a, 0) + FILL(b, 0)",
    needs="schedule",
)
"""Starts that EventBridge Scheduler tried in vain, and those that it gave up: nothing else tells of them."""

_ANSWERS: Final = (
    Metric("invocations", "traffic", "count", "Sum", _BALANCER("RequestCount")),
    Metric(
        "errors",
        "errors",
        "count",
        "Sum",
        _BALANCER("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"),
        "FILL(a, 0) + FILL(b, 0)",
    ),
    Metric(
        "error rate",
        "errors",
        "percent",
        "Sum",
        _BALANCER("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count", "RequestCount"),
        "100 * (FILL(a, 0) + FILL(b, 0)) / c",
    ),
    # In seconds.
    Metric("latency", "latency", "time", "p99", _BALANCER("TargetResponseTime"), factor=0.001, percentiles=True),
    Metric("throttles", "saturation", "count", "Sum", _BALANCER("RejectedConnectionCount")),
    Metric(
        "certificate",
        "saturation",
        "days",
        "Minimum",
        (Series("AWS/CertificateManager", "DaysToExpiry", {"CertificateArn": "{certificate}"}),),
        needs="certificate",
        period=DAY,
    ),
)
"""What is published of a balancer, and so of the service behind it."""

_ROUTES: Final = (
    Metric("invocations", "traffic", "count", "Sum", _API("Count"), needs="api"),
    Metric("errors", "errors", "count", "Sum", _API("5xx"), needs="api"),
    Metric("error rate", "errors", "percent", "Sum", _API("5xx", "Count"), "100 * a / b", needs="api"),
    Metric("refused", "errors", "count", "Sum", _API("4xx"), needs="api"),
    Metric("latency", "latency", "time", "p99", _API("Latency"), percentiles=True, needs="api"),
)
"""What callers see of a function behind an API. `refused` are those who may not call, or too often, or ask nonsense."""

METRICS: Final[Mapping[str, tuple[Metric, ...]]] = {
    "function": (
        *_ROUTES,
        Metric("invocations", "traffic", "count", "Sum", _LAMBDA("Invocations")),
        Metric("errors", "errors", "count", "Sum", _LAMBDA("Errors")),
        Metric("error rate", "errors", "percent", "Sum", _LAMBDA("Errors", "Invocations"), "100 * a / b"),
        Metric("latency", "latency", "time", "p99", _LAMBDA("Duration"), percentiles=True),
        Metric("throttles", "saturation", "count", "Sum", _LAMBDA("Throttles")),
        Metric("concurrency", "saturation", "count", "Maximum", _LAMBDA("ConcurrentExecutions")),
        Metric("age", "latency", "time", "Maximum", _LAMBDA("IteratorAge"), needs="records"),
        Metric("age", "latency", "time", "Maximum", _LAMBDA("AsyncEventAge"), needs="events"),
        Metric("lost", "errors", "count", "Sum", _LAMBDA("DestinationDeliveryFailures"), needs="destination"),
        _UNUSUAL,
    ),
    "table": (
        Metric("reads", "traffic", "count", "Sum", _TABLE("ConsumedReadCapacityUnits")),
        Metric("writes", "traffic", "count", "Sum", _TABLE("ConsumedWriteCapacityUnits")),
        Metric(
            "errors",
            "errors",
            "count",
            "Sum",
            tuple(s for operation in _OPERATIONS for s in _TABLE("SystemErrors", Operation=operation)),
            # What has not happened is not published: without a filling, one silent operation hides the others.
            "FILL(a, 0) + FILL(b, 0) + FILL(c, 0) + FILL(d, 0)",
        ),
        Metric("latency", "latency", "time", "Average", _TABLE("SuccessfulRequestLatency", Operation="GetItem")),
        Metric(
            "throttles",
            "saturation",
            "count",
            "Sum",
            _TABLE("ReadThrottleEvents", "WriteThrottleEvents"),
            "FILL(a, 0) + FILL(b, 0)",
        ),
        Metric(
            "age",
            "latency",
            "time",
            "Average",
            _TABLE("ReplicationLatency", ReceivingRegion="{replica}"),
            each=("replica", "MAX"),
            needs="replicated",
        ),
    ),
    "stream": (
        Metric("invocations", "traffic", "count", "Sum", _STREAM("IncomingRecords")),
        Metric("network", "traffic", "bytes/s", "Sum", _STREAM("IncomingBytes"), _RATE),
        Metric(
            "throttles",
            "saturation",
            "count",
            "Sum",
            _STREAM("WriteProvisionedThroughputExceeded", "ReadProvisionedThroughputExceeded"),
            "FILL(a, 0) + FILL(b, 0)",
        ),
        Metric("latency", "latency", "time", "Average", _STREAM("PutRecords.Latency")),
        Metric(
            "age", "latency", "time", "Maximum", _STREAM("GetRecords.IteratorAgeMilliseconds"), needs="shared readers"
        ),
        Metric(
            "age",
            "latency",
            "time",
            "Maximum",
            _STREAM("SubscribeToShardEvent.MillisBehindLatest", ConsumerName="{consumer}"),
            each=("consumer", "MAX"),
            needs="fan-out",
        ),
    ),
    "queue": (
        Metric("invocations", "traffic", "count", "Sum", _QUEUE("NumberOfMessagesSent")),
        Metric("depth", "saturation", "count", "Maximum", _QUEUE("ApproximateNumberOfMessagesVisible")),
        Metric("age", "latency", "time", "Maximum", _QUEUE("ApproximateAgeOfOldestMessage"), factor=0.001),
        Metric(
            "dead letters",
            "errors",
            "count",
            "Maximum",
            _QUEUE("ApproximateNumberOfMessagesVisible", QueueName="{dead}"),
        ),
    ),
    "bucket": (
        # Once a day, for the day before. Requests are counted for a price, which nobody asked to pay.
        Metric(
            "size", "traffic", "bytes", "Average", _BUCKET("BucketSizeBytes", StorageType="StandardStorage"), period=DAY
        ),
        Metric(
            "objects",
            "saturation",
            "count",
            "Average",
            _BUCKET("NumberOfObjects", StorageType="AllStorageTypes"),
            period=DAY,
        ),
    ),
    "efs": (
        Metric("network", "traffic", "bytes/s", "Sum", _EFS("TotalIOBytes"), _RATE),
        Metric("connections", "traffic", "count", "Sum", _EFS("ClientConnections")),
        Metric("load", "saturation", "percent", "Maximum", _EFS("PercentIOLimit")),
        Metric("size", "disk", "bytes", "Average", _EFS("StorageBytes", StorageClass="Total")),
    ),
    "studio": (Metric("size", "disk", "bytes", "Average", _EFS("StorageBytes", StorageClass="Total")),),
    "lustre": (
        Metric("network", "traffic", "bytes/s", "Sum", _FSX("DataReadBytes", "DataWriteBytes"), _RATES),
        Metric("disk", "disk", "percent", "Sum", _FSX("FreeDataStorageCapacity"), "100 - 100 * a / {bytes}"),
    ),
    "machine": (
        *_HOST,
        Metric(
            "healthy",
            "errors",
            "count",
            "Maximum",
            (Series("AWS/EC2", "StatusCheckFailed", {"InstanceId": "{instance}"}),),
            "1 - a",
        ),
    ),
    "fleet": (
        *_HOST,
        _STARTS,
        Metric("depth", "traffic", "count", "Maximum", _JOBS("ApproximateNumberOfMessagesVisible"), needs="jobs"),
        Metric("age", "latency", "time", "Maximum", _JOBS("ApproximateAgeOfOldestMessage"), factor=0.001, needs="jobs"),
        Metric(
            "dead letters",
            "errors",
            "count",
            "Maximum",
            _JOBS("ApproximateNumberOfMessagesVisible", QueueName="{dead}"),
            needs="jobs",
        ),
        Metric(
            "healthy",
            "errors",
            "count",
            "Minimum",
            (Series("AWS/AutoScaling", "GroupInServiceInstances", {"AutoScalingGroupName": "{group}"}),),
            each=("group", "SUM"),
        ),
    ),
    "web": (
        *_ANSWERS,
        Metric("healthy", "errors", "count", "Minimum", _TARGETS("HealthyHostCount")),
        *_HOST,
    ),
    "beanstalk": (
        *_ANSWERS,
        # 0 is OK, 15 a warning, 20 degraded, 25 severe.
        Metric(
            "health",
            "errors",
            "count",
            "Maximum",
            (Series("AWS/ElasticBeanstalk", "EnvironmentHealth", {"EnvironmentName": "{name}"}),),
        ),
    ),
    # What the agent says of itself stands in its own documentation ("Figures").
    "watch": (
        *_HOST,
        Metric("heartbeat", "errors", "count", "Minimum", _WATCH("Up")),
        Metric("healthy", "errors", "count", "Minimum", _WATCH("Healthy")),
        Metric("events", "traffic", "count", "Maximum", _WATCH("AcceptedTotal")),
        Metric("drift", "errors", "count", "Maximum", _WATCH("Standing")),
        Metric("rejects", "errors", "percent", "Maximum", _WATCH("RejectShare"), "100 * a"),
        Metric("event age", "latency", "time", "Maximum", _WATCH("EventAgeSeconds"), factor=0.001),
        Metric("untold", "latency", "time", "Maximum", _WATCH("OutboxAgeSeconds"), factor=0.001),
        Metric("age", "latency", "time", "Maximum", _OBJECTS("ApproximateAgeOfOldestMessage"), factor=0.001),
        Metric(
            "dead letters",
            "errors",
            "count",
            "Maximum",
            _OBJECTS("ApproximateNumberOfMessagesVisible", QueueName="{dead}"),
        ),
        # All or nothing: endpoints gather what they keep, so that in a short time none may come though all is well.
        Metric(
            "captured",
            "traffic",
            "percent",
            "Sum",
            (*_OBJECTS("NumberOfMessagesSent"), *_WATCHED("Invocations")),
            "IF(FILL(b, 0) > {enough} AND FILL(a, 0) == 0, 0, 100)",
        ),
    ),
    "batch": (_FAILED, _STARTS, _UNUSUAL),
    "job": (
        _FAILED,
        _STARTS,
        # The name of a host is that of its job, which ends with the time at which it was started.
        Metric("cpu", "cpu and memory", "percent", "Average", _JOB("CPUUtilization"), searched=True),
        Metric("memory", "cpu and memory", "percent", "Average", _JOB("MemoryUtilization"), searched=True),
        Metric("disk", "disk", "percent", "Maximum", _JOB("DiskUtilization"), searched=True),
        Metric("gpu", "gpu", "percent", "Average", _JOB("GPUUtilization"), searched=True, needs="gpu"),
        Metric("gpu memory", "gpu", "percent", "Average", _JOB("GPUMemoryUtilization"), searched=True, needs="gpu"),
    ),
    "endpoint": (
        Metric("invocations", "traffic", "count", "Sum", _CALLED("Invocations")),
        Metric("errors", "errors", "count", "Sum", _CALLED("Invocation5XXErrors")),
        Metric("error rate", "errors", "percent", "Sum", _CALLED("Invocation5XXErrors", "Invocations"), "100 * a / b"),
        Metric("refused", "errors", "count", "Sum", _CALLED("Invocation4XXErrors")),
        # In microseconds.
        Metric("latency", "latency", "time", "p99", _CALLED("ModelLatency"), factor=1000, percentiles=True),
        Metric("overhead", "latency", "time", "p99", _CALLED("OverheadLatency"), factor=1000, percentiles=True),
        # The sum over all processors of a machine: four that are busy are 400.
        Metric("cpu", "cpu and memory", "percent", "Average", _SERVING("CPUUtilization"), "a / {processors}"),
        Metric("memory", "cpu and memory", "percent", "Average", _SERVING("MemoryUtilization")),
        Metric("disk", "disk", "percent", "Maximum", _SERVING("DiskUtilization")),
        Metric("gpu", "gpu", "percent", "Average", _SERVING("GPUUtilization"), "a / {gpus}", needs="gpu"),
        Metric("gpu memory", "gpu", "percent", "Average", _SERVING("GPUMemoryUtilization"), "a / {gpus}", needs="gpu"),
        _UNUSUAL,
    ),
    "network": (
        Metric("network", "traffic", "bytes/s", "Sum", _NAT("BytesOutToDestination"), _RATE, each=("nat", "SUM")),
        Metric("ports", "errors", "count", "Sum", _NAT("ErrorPortAllocation"), each=("nat", "SUM")),
        Metric("drops", "errors", "count", "Sum", _NAT("PacketsDropCount"), each=("nat", "SUM")),
    ),
}
"""Kind of component → what it publishes. Of a word that stands twice the first counts whose need is met."""


def metrics_of(kind: str, traits: frozenset[str]) -> dict[str, Metric]:
    """Return what a component publishes, by word."""
    found: dict[str, Metric] = {}
    for metric in METRICS.get(kind, ()):
        if not metric.needs or metric.needs in traits:
            found.setdefault(metric.word, metric)
    return found


def all_series() -> Iterator[tuple[str, Series]]:
    """Yield every series of the table with the kind of component that publishes it."""
    for kind, metrics in METRICS.items():
        for metric in metrics:
            yield from ((kind, series) for series in metric.series)
