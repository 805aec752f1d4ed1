"""What moto lacks of what watches a system and landform adds, seen through boto3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landform.rehearse.embedded import EmbeddedAws

REGION = "eu-west-1"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws("111122223333") as running:
        yield running


def ringing(cloudwatch: Any, name: str) -> None:
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="landform",
        MetricName="Faults",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )


def test_a_rule_names_alarms_that_are_there_and_they_stay_as_long_as_it_does(aws: EmbeddedAws) -> None:
    cloudwatch = aws.client("cloudwatch", REGION)
    rule = 'ALARM("full") AND NOT (ALARM("cause"))'
    ringing(cloudwatch, "full")
    with pytest.raises(ClientError, match="names cause, which does not exist"):
        cloudwatch.put_composite_alarm(AlarmName="box", AlarmRule=rule)
    ringing(cloudwatch, "cause")
    cloudwatch.put_composite_alarm(AlarmName="box", AlarmRule=rule, AlarmDescription="one of its alarms rings")
    (found,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"], AlarmNames=["box"])["CompositeAlarms"]
    assert (found["AlarmRule"], found["AlarmDescription"]) == (rule, "one of its alarms rings")
    with pytest.raises(ClientError, match="composite alarm"):
        cloudwatch.delete_alarms(AlarmNames=["cause"])
    cloudwatch.delete_alarms(AlarmNames=["box"])
    cloudwatch.delete_alarms(AlarmNames=["full", "cause"])
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_a_query_is_saved_and_goes(aws: EmbeddedAws) -> None:
    logs = aws.client("logs", REGION)
    own = logs.put_query_definition(name="demo/failures", queryString="fields @message", logGroupNames=["/a"])
    logs.put_query_definition(
        name="demo/failures", queryString="fields @timestamp", queryDefinitionId=own["queryDefinitionId"]
    )
    (found,) = logs.describe_query_definitions(queryDefinitionNamePrefix="demo")["queryDefinitions"]
    assert (found["queryString"], found["queryDefinitionId"]) == ("fields @timestamp", own["queryDefinitionId"])
    assert logs.describe_query_definitions(queryDefinitionNamePrefix="other")["queryDefinitions"] == []
    assert logs.delete_query_definition(queryDefinitionId=own["queryDefinitionId"])["success"]
    assert logs.describe_query_definitions()["queryDefinitions"] == []


def test_a_detector_learns_from_a_log_group_that_is_there(aws: EmbeddedAws) -> None:
    logs = aws.client("logs", REGION)
    arn = f"arn:aws:logs:{REGION}:111122223333:log-group:/landform/demo"
    with pytest.raises(ClientError, match="does not exist"):
        logs.create_log_anomaly_detector(logGroupArnList=[arn], detectorName="demo")
    logs.create_log_group(logGroupName="/landform/demo")
    own = logs.create_log_anomaly_detector(logGroupArnList=[arn], detectorName="demo", tags={"a": "b"})
    found = logs.get_log_anomaly_detector(anomalyDetectorArn=own["anomalyDetectorArn"])
    assert (found["detectorName"], found["anomalyDetectorStatus"]) == ("demo", "TRAINING")
    assert logs.list_tags_for_resource(resourceArn=own["anomalyDetectorArn"])["tags"] == {"a": "b"}
    logs.update_log_anomaly_detector(
        anomalyDetectorArn=own["anomalyDetectorArn"], evaluationFrequency="ONE_HOUR", enabled=True
    )
    assert logs.list_log_anomaly_detectors()["anomalyDetectors"][0]["evaluationFrequency"] == "ONE_HOUR"
    logs.delete_log_anomaly_detector(anomalyDetectorArn=own["anomalyDetectorArn"])
    with pytest.raises(ClientError, match="does not exist"):
        logs.get_log_anomaly_detector(anomalyDetectorArn=own["anomalyDetectorArn"])


def test_an_account_has_one_analyzer_in_a_region(aws: EmbeddedAws) -> None:
    analyzers = aws.client("accessanalyzer", REGION)
    made = analyzers.create_analyzer(analyzerName="demo", type="ACCOUNT", tags={"a": "b"})
    with pytest.raises(ClientError, match="already"):
        analyzers.create_analyzer(analyzerName="other", type="ACCOUNT")
    aws.client("accessanalyzer", "us-east-1").create_analyzer(analyzerName="demo", type="ACCOUNT")
    analyzers.tag_resource(resourceArn=made["arn"], tags={"c": "d"})
    analyzers.untag_resource(resourceArn=made["arn"], tagKeys=["a"])
    assert analyzers.list_tags_for_resource(resourceArn=made["arn"])["tags"] == {"c": "d"}
    assert analyzers.get_analyzer(analyzerName="demo")["analyzer"]["status"] == "ACTIVE"
    analyzers.delete_analyzer(analyzerName="demo")
    with pytest.raises(analyzers.exceptions.ResourceNotFoundException):
        analyzers.get_analyzer(analyzerName="demo")


def test_a_hub_keeps_how_it_was_set_up(aws: EmbeddedAws) -> None:
    hub = aws.client("securityhub", REGION)
    hub.enable_security_hub(EnableDefaultStandards=True)
    hub.update_security_hub_configuration(ControlFindingGenerator="STANDARD_CONTROL", AutoEnableControls=False)
    found = hub.describe_hub()
    assert (found["ControlFindingGenerator"], found["AutoEnableControls"]) == ("STANDARD_CONTROL", False)
    hub.disable_security_hub()


def test_features_of_a_detector_are_turned_on_one_by_one(aws: EmbeddedAws) -> None:
    guardduty = aws.client("guardduty", REGION)
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    for name in ("S3_DATA_EVENTS", "LAMBDA_NETWORK_LOGS", "S3_DATA_EVENTS"):
        guardduty.update_detector(DetectorId=detector, Features=[{"Name": name, "Status": "ENABLED"}])
    found = guardduty.get_detector(DetectorId=detector)["Features"]
    assert sorted(each["Name"] for each in found if each["Status"] == "ENABLED") == [
        "LAMBDA_NETWORK_LOGS",
        "S3_DATA_EVENTS",
    ]
    guardduty.delete_detector(DetectorId=detector)
