"""What moto lacks of buckets, queues, tables, streams, keys and the trail, seen through boto3."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from landform.rehearse.embedded import EmbeddedAws

REGION = "us-east-1"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws("111122223333") as running:
        yield running


def test_logs_go_where_a_policy_also_speaks_of_everyone(aws: EmbeddedAws) -> None:
    s3 = aws.client("s3", REGION)
    for bucket in ("source", "logs"):
        s3.create_bucket(Bucket=bucket)
    everyone = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::logs/*"}
    service = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::logs/*",
    }
    wanted = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "p/"}}
    s3.put_bucket_policy(Bucket="logs", Policy=json.dumps({"Statement": [everyone]}))
    with pytest.raises(ClientError, match="InvalidTargetBucketForLogging"):
        s3.put_bucket_logging(Bucket="source", BucketLoggingStatus=wanted)
    s3.put_bucket_policy(Bucket="logs", Policy=json.dumps({"Statement": [everyone, service]}))
    s3.put_bucket_logging(Bucket="source", BucketLoggingStatus=wanted)
    assert s3.get_bucket_logging(Bucket="source")["LoggingEnabled"]["TargetBucket"] == "logs"


def test_replication_reads_as_it_was_set(aws: EmbeddedAws) -> None:
    s3 = aws.client("s3", REGION)
    s3.create_bucket(Bucket="original")
    s3.put_bucket_versioning(Bucket="original", VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "eu",
        "Priority": 2,
        "Status": "Enabled",
        "Filter": {"Prefix": "x/"},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {
            "Bucket": "arn:aws:s3:::copy",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:aws:kms:eu-west-1:111122223333:key/k"},
        },
    }
    configuration = {"Role": "arn:aws:iam::111122223333:role/r", "Rules": [rule]}
    s3.put_bucket_replication(Bucket="original", ReplicationConfiguration=configuration)
    assert s3.get_bucket_replication(Bucket="original")["ReplicationConfiguration"] == configuration


def test_a_trail_is_deleted_by_its_arn(aws: EmbeddedAws) -> None:
    aws.client("s3", REGION).create_bucket(Bucket="trails")
    cloudtrail = aws.client("cloudtrail", REGION)
    arn = cloudtrail.create_trail(Name="audit", S3BucketName="trails")["TrailARN"]
    cloudtrail.delete_trail(Name=arn)
    assert cloudtrail.list_trails()["Trails"] == []


def test_a_denial_of_plain_http_leaves_others_in_and_a_log_is_not_delivered_at_once(aws: EmbeddedAws) -> None:
    s3 = aws.client("s3", REGION)
    for bucket in ("guarded", "delivered"):
        s3.create_bucket(Bucket=bucket)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::guarded/*"}
    plain = deny | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    service = {"Service": "logging.s3.amazonaws.com"}
    admit = {"Effect": "Allow", "Principal": service, "Action": "s3:PutObject"}
    admitted = admit | {"Resource": "arn:aws:s3:::delivered/*"}
    s3.put_bucket_policy(Bucket="delivered", Policy=json.dumps({"Statement": [admitted]}))
    wanted = {"LoggingEnabled": {"TargetBucket": "delivered", "TargetPrefix": "p/"}}
    s3.put_bucket_logging(Bucket="guarded", BucketLoggingStatus=wanted)

    s3.put_bucket_policy(Bucket="guarded", Policy=json.dumps({"Statement": [plain]}))
    s3.put_object(Bucket="guarded", Key="k", Body=b"v")
    assert s3.list_objects_v2(Bucket="delivered")["KeyCount"] == 0
    s3.put_bucket_policy(Bucket="guarded", Policy=json.dumps({"Statement": [deny]}))
    with pytest.raises(ClientError, match="Forbidden"):
        s3.get_object(Bucket="guarded", Key="k")


def test_a_queue_remembers_its_policies_word_for_word(aws: EmbeddedAws) -> None:
    sqs = aws.client("sqs", REGION)
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    url = sqs.create_queue(QueueName="live", Attributes={"Policy": policy})["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3}, separators=(",", ":"))
    allow = '{"redrivePermission":"denyAll"}'
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": redrive, "RedriveAllowPolicy": allow})
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (found["RedrivePolicy"], found["RedriveAllowPolicy"], found["Policy"]) == (redrive, allow, policy)
    only = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedriveAllowPolicy"])["Attributes"]
    assert only == {"RedriveAllowPolicy": allow}


def test_a_replica_holds_the_rows_of_its_table_under_a_key_of_its_own(aws: EmbeddedAws) -> None:
    near, far = (aws.client("dynamodb", region) for region in (REGION, "eu-west-1"))
    key = aws.client("kms", "eu-west-1").create_key()["KeyMetadata"]["Arn"]
    near.create_table(
        TableName="rows",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    create = {"RegionName": "eu-west-1", "KMSMasterKeyId": key}
    near.update_table(TableName="rows", ReplicaUpdates=[{"Create": create}])
    (replica,) = near.describe_table(TableName="rows")["Table"]["Replicas"]
    assert replica == {**create, "ReplicaStatus": "ACTIVE"}
    near.put_item(TableName="rows", Item={"id": {"S": "a"}})
    assert far.get_item(TableName="rows", Key={"id": {"S": "a"}})["Item"] == {"id": {"S": "a"}}
    found = far.describe_table(TableName="rows")["Table"]
    assert (found["SSEDescription"]["KMSMasterKeyArn"], found["Replicas"][0]["RegionName"]) == (key, REGION)

    far.update_table(TableName="rows", DeletionProtectionEnabled=True)
    delete = [{"Delete": {"RegionName": "eu-west-1"}}]
    with pytest.raises(ClientError, match="DeletionProtectionEnabled"):
        near.update_table(TableName="rows", ReplicaUpdates=delete)
    far.update_table(TableName="rows", DeletionProtectionEnabled=False)
    near.update_table(TableName="rows", ReplicaUpdates=delete)
    assert "Replicas" not in near.describe_table(TableName="rows")["Table"]
    assert far.list_tables()["TableNames"] == []


def test_a_stream_and_what_scales_wear_the_tags_that_they_are_made_with(aws: EmbeddedAws) -> None:
    kinesis = aws.client("kinesis", REGION)
    kinesis.create_stream(StreamName="clicks", StreamModeDetails={"StreamMode": "ON_DEMAND"}, Tags={"system": "s"})
    assert kinesis.list_tags_for_stream(StreamName="clicks")["Tags"] == [{"Key": "system", "Value": "s"}]

    scaling = aws.client("application-autoscaling", REGION)
    target = scaling.register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId="table/rows",
        ScalableDimension="dynamodb:table:ReadCapacityUnits",
        MinCapacity=1,
        MaxCapacity=2,
        Tags={"system": "s"},
    )["ScalableTargetARN"]
    assert scaling.list_tags_for_resource(ResourceARN=target)["Tags"] == {"system": "s"}
    scaling.tag_resource(ResourceARN=target, Tags={"owner": "o"})
    scaling.untag_resource(ResourceARN=target, TagKeys=["system"])
    assert scaling.list_tags_for_resource(ResourceARN=target)["Tags"] == {"owner": "o"}


def test_a_key_of_aws_is_not_the_customer_s(aws: EmbeddedAws) -> None:
    kms = aws.client("kms", REGION)
    assert kms.describe_key(KeyId="alias/aws/dynamodb")["KeyMetadata"]["KeyManager"] == "AWS"
    assert kms.create_key()["KeyMetadata"]["KeyManager"] == "CUSTOMER"


def test_a_consumer_is_known_by_the_second_at_which_it_was_registered(aws: EmbeddedAws) -> None:
    kinesis = aws.client("kinesis", REGION)
    kinesis.create_stream(StreamName="fanned", ShardCount=1)
    stream = kinesis.describe_stream_summary(StreamName="fanned")["StreamDescriptionSummary"]["StreamARN"]
    arn = kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="rates")["Consumer"]["ConsumerARN"]
    assert re.fullmatch(rf"{re.escape(stream)}/consumer/rates:[0-9]{{10}}", arn)
    assert kinesis.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]["ConsumerName"] == "rates"

    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]}
    iam = aws.client("iam", REGION)
    role = iam.create_role(RoleName="fanned", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    functions = aws.client("lambda", REGION)
    functions.create_function(
        FunctionName="rates", Role=role, Runtime="python3.13", Handler="app.handler", Code={"ZipFile": b"zip"}
    )
    made = functions.create_event_source_mapping(FunctionName="rates", EventSourceArn=arn, StartingPosition="LATEST")
    assert functions.get_event_source_mapping(UUID=made["UUID"])["EventSourceArn"] == arn
