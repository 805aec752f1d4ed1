mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:mock" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-west-1:123456789012:mock", id = "https://sqs.eu-west-1.amazonaws.com/123456789012/mock" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:mock" }
  }
}

variables {
  name            = "demo-prd-score"
  account         = "123456789012"
  region          = "eu-west-1"
  key_arn         = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  log_days        = 365
  table_name      = "demo-prd-score-loop"
  shift_parameter = "/landform/demo/production/serve/score/shift"
  code            = { file = "tests/loop.tftest.hcl", hash = "aGFzaA==" }
  bus_name        = "demo-prd-drift"
  dead_letters    = "demo-prd-score-loop-dead"
  topics          = ["arn:aws:sns:eu-west-1:123456789012:demo-prd-pager"]

  strayed = {
    alarm     = "demo-prd-score-deploy-StrayedAnswers"
    namespace = "landform/demo"
    name      = "StrayedAnswers"
    endpoint  = "demo-prd-score"
    threshold = 0.1
  }

  steps = {
    for name in ["retrain", "deploy"] : name => {
      name       = "demo-prd-score-${name}"
      log_group  = "/landform/demo/production/drift/score/${name}"
      role_name  = "demo-prd-score-${name}-eu-west-1"
      statements = [{ sid = "Ledger", actions = ["dynamodb:UpdateItem"], resources = ["arn:aws:dynamodb:eu-west-1:123456789012:table/demo-prd-score-loop"] }]
    }
  }

  machines = {
    for name in ["retrain", "deploy"] : name => {
      name       = "demo-prd-score-${name}"
      definition = "{\"StartAt\":\"Over\",\"States\":{\"Over\":{\"Type\":\"Succeed\"}}}"
      log_group  = "/aws/vendedlogs/landform/demo/production/drift/score/${name}"
      role_name  = "demo-prd-score-${name}-machine-eu-west-1"
      statements = [{ sid = "Steps", actions = ["lambda:InvokeFunction"], resources = ["arn:aws:lambda:eu-west-1:123456789012:function:demo-prd-score-${name}"] }]
    }
  }

  rule = {
    name       = "demo-prd-score-drift"
    watch      = "score"
    model      = "serve.score"
    kinds      = ["shift", "missing"]
    role_name  = "demo-prd-score-rule-eu-west-1"
    statements = [{ sid = "Start", actions = ["states:StartExecution"], resources = ["arn:aws:states:eu-west-1:123456789012:stateMachine:demo-prd-score-retrain"] }]
  }
}

run "an_alarm_starts_the_retraining_and_nothing_is_lost" {
  command = apply

  assert {
    condition     = aws_cloudwatch_event_target.this.arn == aws_sfn_state_machine.this["retrain"].arn
    error_message = "something else is started"
  }

  assert {
    condition     = aws_cloudwatch_event_target.this.dead_letter_config[0].arn == aws_sqs_queue.dead.arn
    error_message = "an event that cannot be delivered is lost"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail.kind == ["shift", "missing"]
    error_message = "the rule hears of other kinds"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail.watch == ["score"]
    error_message = "the rule hears of other watches"
  }
}

run "each_service_takes_its_role_for_this_alone" {
  command = plan

  assert {
    condition     = jsondecode(aws_iam_role.machines["deploy"].assume_role_policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:states:eu-west-1:123456789012:stateMachine:demo-prd-score-deploy"
    error_message = "another machine could take the role"
  }

  assert {
    condition     = jsondecode(aws_iam_role.rule.assume_role_policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:events:eu-west-1:123456789012:rule/demo-prd-drift/demo-prd-score-drift"
    error_message = "another rule could take the role"
  }
}

run "the_ledger_and_the_logs_are_kept_under_the_key" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.ledger.server_side_encryption[0].kms_key_arn == var.key_arn && aws_dynamodb_table.ledger.point_in_time_recovery[0].enabled
    error_message = "the ledger is not protected"
  }

  assert {
    condition     = alltrue([for group in merge(aws_cloudwatch_log_group.steps, aws_cloudwatch_log_group.machines) : group.kms_key_id == var.key_arn])
    error_message = "a log is kept without the key"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.ends) == 6
    error_message = "a machine may fail unseen"
  }
}

run "a_group_of_another_prefix_is_refused" {
  command = plan

  variables {
    machines = {
      for name in ["retrain", "deploy"] : name => {
        name       = "demo-prd-score-${name}"
        definition = "{}"
        log_group  = "/landform/${name}"
        role_name  = "demo-${name}"
        statements = [{ sid = "Steps", actions = ["lambda:InvokeFunction"], resources = ["*"] }]
      }
    }
  }

  expect_failures = [var.machines]
}

run "a_version_that_strays_rings_and_silence_does_not" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.strayed.alarm_name == "demo-prd-score-deploy-StrayedAnswers"
    error_message = "deployments name another alarm"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.strayed.treat_missing_data == "notBreaching" && aws_cloudwatch_metric_alarm.strayed.threshold == 0.1
    error_message = "an alarm that stands while nothing is deployed would let no deployment begin"
  }
}

run "a_threshold_is_a_share" {
  command = plan

  variables {
    strayed = {
      alarm     = "a"
      namespace = "landform/demo"
      name      = "StrayedAnswers"
      endpoint  = "demo-prd-score"
      threshold = 10
    }
  }

  expect_failures = [var.strayed]
}
