mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:mock" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:eu-west-1:123456789012:rule/mock" }
  }
}

variables {
  name            = "demo-prd-ingest"
  description     = "functions.ingest"
  account         = "123456789012"
  region          = "eu-west-1"
  vpc_id          = "vpc-1"
  subnets         = { euw1-az1 = "subnet-1", euw1-az2 = "subnet-2" }
  egress          = { https = { port = 443, cidrs = ["0.0.0.0/0"] }, s3 = { port = 443, prefix_list_ids = ["pl-1"] } }
  key_arn         = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  role_name       = "demo-prd-ingest-eu-west-1"
  statements      = [{ sid = "Logs", actions = ["logs:PutLogEvents"], resources = ["arn:aws:logs:eu-west-1:123456789012:log-group:/x:*"] }]
  log_group       = { name = "/landform/demo/production/functions/ingest", retention_days = 365 }
  code            = { file = "ingest.zip", hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
  runtime         = "python3.13"
  handler         = "app.handler"
  memory_mib      = 512
  timeout_seconds = 30
  environment     = { TEAM = "risk" }
}

run "encrypted_traced_and_private" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.kms_key_arn == var.key_arn && aws_cloudwatch_log_group.this.kms_key_id == var.key_arn
    error_message = "environment or logs are not encrypted with the key given"
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active"
    error_message = "no traces"
  }

  assert {
    condition     = length(aws_lambda_function.this.vpc_config[0].subnet_ids) == 2
    error_message = "not in every subnet given"
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1
    error_message = "takes concurrency from the account without being told"
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.this) == 2
    error_message = "a rule is missing, or one too many"
  }
}

run "the_code_may_not_touch_interfaces" {
  command = plan

  assert {
    condition = alltrue([
      for s in jsondecode(aws_iam_role_policy.function["interfaces"].policy).Statement :
      s.Effect == "Deny" && s.Condition.ArnEquals["lambda:SourceFunctionArn"] == "arn:aws:lambda:eu-west-1:123456789012:function:demo-prd-ingest"
    ])
    error_message = "the code may use what Lambda needs the role for"
  }
}

run "without_a_trigger_nobody_may_invoke_it" {
  command = plan

  assert {
    condition     = length(aws_lambda_permission.bucket) + length(aws_lambda_permission.schedule) + length(aws_lambda_event_source_mapping.queue) + length(aws_cloudwatch_event_rule.this) == 0
    error_message = "somebody may invoke it who was not named"
  }
}

run "a_bucket_may_and_no_other" {
  command = apply

  variables {
    trigger    = { bucket = { arn = "arn:aws:s3:::demo-prd-events" } }
    on_failure = { arn = "arn:aws:sqs:eu-west-1:123456789012:demo-prd-failed" }
  }

  assert {
    condition     = length(aws_lambda_permission.schedule) == 0 && aws_lambda_permission.bucket["bucket"].source_arn == "arn:aws:s3:::demo-prd-events" && aws_lambda_permission.bucket["bucket"].source_account == "123456789012"
    error_message = "another bucket, or a bucket of that name in another account, may invoke it"
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.this["failure"].destination_config[0].on_failure[0].destination == "arn:aws:sqs:eu-west-1:123456789012:demo-prd-failed"
    error_message = "what fails is lost"
  }

  assert {
    condition     = output.trigger_arn == aws_lambda_function.this.arn
    error_message = "the bucket is told of another function"
  }
}

run "a_queue_is_read_in_parts" {
  command = plan

  variables {
    trigger     = { queue = { arn = "arn:aws:sqs:eu-west-1:123456789012:demo-prd-work", batch = 100, wait_seconds = 5 } }
    concurrency = 4
  }

  assert {
    condition     = aws_lambda_event_source_mapping.queue["queue"].function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "one bad message sends its whole batch back"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.queue["queue"].scaling_config[0].maximum_concurrency == 4 && aws_lambda_function.this.reserved_concurrent_executions == 4
    error_message = "Lambda fetches more than the function has room for"
  }

  assert {
    condition     = length(aws_lambda_permission.bucket) + length(aws_lambda_permission.schedule) == 0
    error_message = "a service may invoke it that need not"
  }
}

run "a_queue_is_read_for_two_at_least" {
  command = plan

  variables {
    trigger     = { queue = { arn = "arn:aws:sqs:eu-west-1:123456789012:demo-prd-work", batch = 10, wait_seconds = 0 } }
    concurrency = 1
  }

  assert {
    condition     = [for own in aws_lambda_event_source_mapping.queue["queue"].scaling_config : own.maximum_concurrency] == [2] && aws_lambda_function.this.reserved_concurrent_executions == 1
    error_message = "Lambda fetches messages for a thousand, of which one finds room"
  }
}

run "a_queue_is_read_by_whatever_the_account_has" {
  command = plan

  variables {
    trigger = { queue = { arn = "arn:aws:sqs:eu-west-1:123456789012:demo-prd-work", batch = 10, wait_seconds = 0 } }
  }

  assert {
    condition     = length(aws_lambda_event_source_mapping.queue["queue"].scaling_config) == 0
    error_message = "nobody bounded the function, and the queue is read as if somebody had"
  }
}

run "a_record_that_fails_holds_up_nobody" {
  command = plan

  variables {
    trigger    = { records = { arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/demo-prd-clicks", batch = 100, wait_seconds = 0 } }
    on_failure = { arn = "arn:aws:sqs:eu-west-1:123456789012:demo-prd-failed" }
  }

  assert {
    condition     = aws_lambda_event_source_mapping.records["records"].maximum_retry_attempts == 5 && aws_lambda_event_source_mapping.records["records"].bisect_batch_on_function_error
    error_message = "one record stops the shard until it expires"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.records["records"].destination_config[0].on_failure[0].destination_arn == "arn:aws:sqs:eu-west-1:123456789012:demo-prd-failed"
    error_message = "nobody learns which records failed"
  }

  assert {
    condition     = length(aws_lambda_function_event_invoke_config.this) == 0
    error_message = "records are not handed over asynchronously"
  }
}

run "a_schedule_runs_it" {
  command = apply

  variables {
    trigger = { schedule = "rate(5 minutes)" }
  }

  assert {
    condition     = aws_lambda_permission.schedule["schedule"].source_arn == aws_cloudwatch_event_rule.this["schedule"].arn
    error_message = "another rule may invoke it"
  }
}

run "a_service_is_called_by_its_alias" {
  command = apply

  variables {
    concurrency = 20
    service     = { alias = "live", url = true, ready = 2 }
  }

  assert {
    condition     = aws_lambda_function.this.publish && aws_lambda_alias.this["live"].function_version == aws_lambda_function.this.version
    error_message = "the alias is not of the version that was published"
  }

  assert {
    condition     = aws_lambda_function_url.this["live"].authorization_type == "AWS_IAM" && aws_lambda_function_url.this["live"].qualifier == "live"
    error_message = "the URL is open to everybody, or leads past the alias"
  }

  assert {
    condition     = aws_lambda_provisioned_concurrency_config.this["live"].provisioned_concurrent_executions == 2
    error_message = "no instance is ready"
  }

  assert {
    condition     = length(aws_lambda_permission.bucket) + length(aws_lambda_permission.schedule) == 0
    error_message = "somebody may invoke it by a permission"
  }
}

run "refuses_more_ready_than_may_run" {
  command = plan

  variables {
    concurrency = 1
    service     = { alias = "live", url = false, ready = 2 }
  }

  expect_failures = [var.service]
}

run "refuses_too_much_memory" {
  command = plan

  variables {
    memory_mib = 20480
  }

  expect_failures = [var.memory_mib]
}
