mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
}

variables {
  name       = "demo-prd-tabular"
  account    = "123456789012"
  region     = "eu-west-1"
  key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  expression = "cron(0 3 ? * SUN *)"
  call       = "batch:submitJob"
  input      = "{\"JobName\":\"demo\"}"
  role_name  = "demo-prd-tabular-schedule-eu-west-1"

  statements = [{ sid = "Submit", actions = ["batch:SubmitJob"], resources = ["arn:aws:batch:eu-west-1:123456789012:job-queue/demo"] }]
}

run "a_schedule_calls_under_a_role_and_a_key_of_its_own" {
  command = apply

  assert {
    condition     = aws_scheduler_schedule.this.target[0].arn == "arn:aws:scheduler:::aws-sdk:batch:submitJob"
    error_message = "something else is called"
  }

  assert {
    condition     = aws_scheduler_schedule.this.target[0].role_arn == aws_iam_role.this.arn
    error_message = "it calls under another role"
  }

  assert {
    condition     = aws_scheduler_schedule.this.kms_key_arn == var.key_arn
    error_message = "what is sent is not encrypted with the key given"
  }

  assert {
    condition     = aws_scheduler_schedule.this.schedule_expression_timezone == "UTC"
    error_message = "the times are of no known zone"
  }

  assert {
    condition     = aws_scheduler_schedule.this.target[0].retry_policy[0].maximum_retry_attempts == 2
    error_message = "each retry has another execution id, and may start another job"
  }
}

run "scheduler_takes_the_role_for_this_schedule_only" {
  command = plan

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/demo-prd-tabular"
    error_message = "another schedule could use the role"
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == var.account
    error_message = "any customer of Scheduler could use the role"
  }
}

run "refuses_what_is_no_schedule" {
  command = plan

  variables {
    expression = "at(2026-11-23T12:00:00)"
  }

  expect_failures = [var.expression]
}

run "refuses_an_input_that_scheduler_would_refuse" {
  command = plan

  variables {
    input = join("", [for i in range(300) : join("", [for j in range(900) : "x"])])
  }

  expect_failures = [aws_scheduler_schedule.this]
}

run "a_role_stands_where_it_is_told_and_within_its_bounds" {
  command = plan

  variables {
    iam_path             = "/landform/demo/"
    permissions_boundary = "arn:aws:iam::123456789012:policy/landform/bound"
  }

  assert {
    condition     = aws_iam_role.this.path == "/landform/demo/" && aws_iam_role.this.permissions_boundary == var.permissions_boundary
    error_message = "the role stands elsewhere, or has no bounds"
  }
}

run "refuses_a_path_without_its_slashes_and_a_boundary_by_name" {
  command = plan

  variables {
    iam_path             = "landform"
    permissions_boundary = "bound"
  }

  expect_failures = [var.iam_path, var.permissions_boundary]
}
