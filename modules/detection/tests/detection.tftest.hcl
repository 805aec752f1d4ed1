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
