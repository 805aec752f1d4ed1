mock_provider "aws" {}

variables {
  name       = "demo-prd"
  detectors  = ["access-analyzer", "guardduty"]
  findings   = { demo-prd-guardduty = { description = "GuardDuty", pattern = "{\"source\":[\"aws.guardduty\"]}" } }
  topic_arns = { pager = "arn:aws:sns:eu-west-1:123456789012:demo-prd-pager" }
}

run "what_is_named_is_switched_on_and_nothing_else" {
  command = plan

  assert {
    condition     = length(aws_guardduty_detector.this) == 1 && length(aws_accessanalyzer_analyzer.this) == 1 && length(aws_securityhub_account.this) == 0
    error_message = "Other detectors than those that are named."
  }

  assert {
    condition     = aws_guardduty_detector.this["guardduty"].enable && length(aws_guardduty_detector_feature.this) == 2
    error_message = "GuardDuty does not look."
  }
}

run "findings_are_told_to_everybody_once" {
  command = plan

  assert {
    condition     = [for target in aws_cloudwatch_event_target.finding : target.arn] == ["arn:aws:sns:eu-west-1:123456789012:demo-prd-pager"]
    error_message = "Findings reach nobody, or somebody twice."
  }
}

run "existing_detectors_are_left_and_their_findings_told" {
  command = plan

  variables {
    detectors = []
  }

  assert {
    condition     = length(aws_guardduty_detector.this) == 0 && length(aws_guardduty_detector_feature.this) == 0 && length(aws_cloudwatch_event_rule.finding) == 1
    error_message = "A detector that exists would be made again, or its findings are not told."
  }
}

run "maintenance_silences" {
  command = plan

  variables {
    maintenance = true
  }

  assert {
    condition     = aws_cloudwatch_event_rule.finding["demo-prd-guardduty"].state == "DISABLED"
    error_message = "Somebody is told in spite of the maintenance."
  }
}

run "refuses_a_detector_that_there_is_not" {
  command = plan

  variables {
    detectors = ["macie"]
  }

  expect_failures = [var.detectors]
}

run "refuses_a_pattern_that_catches_everything" {
  command = plan

  variables {
    findings = { demo-prd-all = { description = "all", pattern = "{}" } }
  }

  expect_failures = [var.findings]
}

run "config_records_everything_and_judges_by_what_is_named" {
  command = plan

  variables {
    detectors = ["config"]
    config = {
      account     = "123456789012"
      bucket      = "demo-prd-config-123456789012-us-east-1"
      records_iam = true
      rules       = { demo-prd-bucket-tls = { identifier = "S3_BUCKET_SSL_REQUESTS_ONLY", description = "audit: TLS" } }
    }
  }

  assert {
    condition     = aws_config_configuration_recorder.this["this"].recording_group[0].all_supported && aws_config_configuration_recorder.this["this"].recording_group[0].include_global_resource_types
    error_message = "Not all of it is recorded."
  }

  assert {
    condition     = aws_config_configuration_recorder.this["this"].role_arn == "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    error_message = "It is recorded under another role than AWS's own."
  }

  assert {
    condition     = aws_config_delivery_channel.this["this"].s3_bucket_name == "demo-prd-config-123456789012-us-east-1" && aws_config_configuration_recorder_status.this["this"].is_enabled
    error_message = "It is delivered elsewhere, or the recorder stands still."
  }

  assert {
    condition     = [for rule in aws_config_config_rule.this : one(rule.source).source_identifier] == ["S3_BUCKET_SSL_REQUESTS_ONLY"]
    error_message = "Other rules than those that are named."
  }
}

run "refuses_config_that_is_told_nothing" {
  command = plan

  variables {
    detectors = ["config"]
  }

  expect_failures = [var.detectors]
}

run "refuses_a_rule_without_an_identifier" {
  command = plan

  variables {
    detectors = ["config"]
    config = {
      account     = "123456789012"
      bucket      = "demo"
      records_iam = true
      rules       = { demo-prd-own = { identifier = "own rule", description = "none" } }
    }
  }

  expect_failures = [var.config]
}
