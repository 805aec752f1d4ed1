mock_provider "aws" {}

variables {
  name    = "demo-prd"
  account = "123456789012"
  region  = "eu-west-1"
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  topics  = { pager = { name = "demo-prd-pager", emails = ["a@example.com", "b@example.com"] } }
  alarms = {
    slow = {
      description = "score: slow"
      comparison  = "GreaterThanThreshold"
      threshold   = 120
      period      = 60
      periods     = 5
      missing     = "notBreaching"
      series      = { a = { namespace = "AWS/Lambda", name = "Duration", dimensions = { FunctionName = "score" }, statistic = "p99" } }
      topics      = []
    }
    failing = {
      description = "score: failing"
      comparison  = "GreaterThanThreshold"
      threshold   = 5
      period      = 60
      periods     = 5
      missing     = "notBreaching"
      series = {
        a = { namespace = "AWS/Lambda", name = "Errors", dimensions = { FunctionName = "score" }, statistic = "Sum" }
        b = { namespace = "AWS/Lambda", name = "Invocations", dimensions = { FunctionName = "score" }, statistic = "Sum" }
      }
      expression = "100 * a / b"
      topics     = []
    }
    odd = {
      description = "score: odd"
      comparison  = "LessThanLowerOrGreaterThanUpperThreshold"
      sigmas      = 3
      period      = 300
      periods     = 3
      missing     = "missing"
      series      = { a = { namespace = "AWS/Lambda", name = "Invocations", dimensions = { FunctionName = "score" }, statistic = "Sum" } }
      topics      = ["pager"]
    }
  }
  composites = { score = { description = "score", rule = "ALARM(\"slow\") OR ALARM(\"failing\")", topics = ["pager"] } }
  failures   = { train-failed = { description = "a job failed", pattern = "{\"source\":[\"aws.batch\"]}", topics = ["pager"] } }
  dashboard  = { name = "demo-prd-eu-west-1", widgets = [{ type = "text", x = 0, y = 0, width = 24, height = 1, properties = { markdown = "score" } }] }
  queries    = { "demo-prd/failures" = { log_groups = ["/landform/demo"], text = "fields @message" } }
}

run "an_alarm_on_one_series_is_said_at_the_top" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["slow"].metric_name == "Duration" && aws_cloudwatch_metric_alarm.this["slow"].extended_statistic == "p99" && length(aws_cloudwatch_metric_alarm.this["slow"].metric_query) == 0
    error_message = "A plain alarm is hidden in queries, or its percentile is lost."
  }
}

run "a_rate_is_reckoned_from_its_series" {
  command = plan

  assert {
    condition     = length([for query in aws_cloudwatch_metric_alarm.this["failing"].metric_query : query if query.return_data]) == 1
    error_message = "An alarm with an expression must look at that alone."
  }

  assert {
    condition     = one([for query in aws_cloudwatch_metric_alarm.this["failing"].metric_query : query.expression if query.return_data == true]) == "100 * a / b"
    error_message = "The expression is not what the alarm looks at."
  }
}

run "what_is_usual_is_a_band" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["odd"].threshold_metric_id == "band" && contains([for query in aws_cloudwatch_metric_alarm.this["odd"].metric_query : query.expression], "ANOMALY_DETECTION_BAND(a, 3)")
    error_message = "An alarm with sigmas has no band."
  }
}

run "one_fault_is_told_once" {
  command = apply

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this["slow"].alarm_actions) == 0 && length(aws_cloudwatch_composite_alarm.this["score"].alarm_actions) == 1
    error_message = "Both the alarm and what speaks for it tell somebody."
  }
}

run "a_cause_that_rings_later_is_no_recovery" {
  command = apply

  variables {
    composites = {
      score  = { description = "score", rule = "ALARM(\"slow\") OR ALARM(\"failing\")", topics = ["pager"] }
      caused = { description = "caused", rule = "(ALARM(\"slow\")) AND NOT (ALARM(\"failing\"))", topics = ["pager"], recovers = false }
    }
  }

  assert {
    condition     = length(aws_cloudwatch_composite_alarm.this["caused"].alarm_actions) == 1 && length(aws_cloudwatch_composite_alarm.this["caused"].ok_actions) == 0
    error_message = "somebody hears that all is well while it is not"
  }

  assert {
    condition     = length(aws_cloudwatch_composite_alarm.this["score"].ok_actions) == 1
    error_message = "nobody hears that it is over"
  }
}

run "maintenance_silences" {
  command = plan

  variables {
    maintenance = true
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : !alarm.actions_enabled]) && !aws_cloudwatch_composite_alarm.this["score"].actions_enabled && aws_cloudwatch_event_rule.failure["train-failed"].state == "DISABLED"
    error_message = "Somebody is told in spite of the maintenance."
  }
}

run "alarms_speak_by_default" {
  command = plan

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.actions_enabled]) && aws_cloudwatch_event_rule.failure["train-failed"].state == "ENABLED"
    error_message = "Alarms are silent without maintenance."
  }
}

run "topics_are_encrypted_and_take_this_account_alone" {
  command = plan

  assert {
    condition     = aws_sns_topic.this["pager"].kms_master_key_id == var.key_arn && length(aws_sns_topic_subscription.this) == 2
    error_message = "A topic is not encrypted, or somebody gets no mail."
  }

  assert {
    condition     = alltrue([for statement in local.publishers["pager"] : statement.Effect == "Deny" || can(statement.Condition.ArnLike["aws:SourceArn"])])
    error_message = "Anybody's alarms could publish."
  }
}

run "the_state_of_alarms_stands_on_top" {
  command = plan

  assert {
    condition     = jsondecode(aws_cloudwatch_dashboard.this["this"].dashboard_body).widgets[0].type == "alarm" && jsondecode(aws_cloudwatch_dashboard.this["this"].dashboard_body).widgets[1].y == 3
    error_message = "The alarms are not on top of the dashboard, or cover what is below."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this["this"].dashboard_body).widgets[0].properties.alarms) == 4
    error_message = "An alarm is missing on the dashboard."
  }
}

run "an_alarm_that_looks_back_too_far_is_refused" {
  command = plan

  variables {
    alarms = {
      slow = {
        description = "score: slow"
        comparison  = "GreaterThanThreshold"
        threshold   = 120
        period      = 300
        periods     = 300
        missing     = "notBreaching"
        series      = { a = { namespace = "AWS/Lambda", name = "Duration", dimensions = {}, statistic = "p99" } }
        topics      = []
      }
    }
  }

  expect_failures = [var.alarms]
}

run "a_composite_with_the_name_of_an_alarm_is_refused" {
  command = plan

  variables {
    composites = { slow = { description = "slow", rule = "ALARM(\"failing\")", topics = [] } }
  }

  expect_failures = [var.composites]
}

run "there_is_one_dashboard_of_all_regions_where_it_is_given" {
  command = plan

  variables {
    overview = { name = "demo-prd", widgets = [{ type = "text", x = 0, y = 0, width = 24, height = 1, properties = { markdown = "## cost" } }] }
  }

  assert {
    condition     = aws_cloudwatch_dashboard.overview["this"].dashboard_name == "demo-prd" && length(jsondecode(aws_cloudwatch_dashboard.overview["this"].dashboard_body).widgets) == 1
    error_message = "The dashboard of all regions is another."
  }
}
