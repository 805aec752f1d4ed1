mock_provider "aws" {
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-west-1:123456789012:mock" }
  }
}

variables {
  name               = "demo-prd-retries"
  account            = "123456789012"
  region             = "eu-west-1"
  key_arn            = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  retention_seconds  = 345600
  visibility_seconds = 30
  dead_letters       = { name = "demo-prd-retries-dead", attempts = 5 }
}

run "encrypted_and_tls_only" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this.kms_master_key_id == var.key_arn && aws_sqs_queue.dead.kms_master_key_id == var.key_arn
    error_message = "messages are not encrypted with the key given"
  }

  assert {
    condition = alltrue([
      for policy in [aws_sqs_queue_policy.this.policy, aws_sqs_queue_policy.dead.policy] :
      jsondecode(policy).Statement[0].Effect == "Deny" && jsondecode(policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    ])
    error_message = "plaintext is let through"
  }

  assert {
    condition     = length(jsondecode(aws_sqs_queue_policy.this.policy).Statement) == 1
    error_message = "somebody may send who was not named"
  }
}

run "dead_letters_are_kept" {
  command = apply

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 5
    error_message = "a message that nobody can work off comes back for ever"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.dead.redrive_allow_policy).sourceQueueArns == ["arn:aws:sqs:eu-west-1:123456789012:demo-prd-retries"]
    error_message = "another queue may use the dead-letter queue"
  }
}

run "a_service_sends_for_one_resource" {
  command = plan

  variables {
    senders = { ingest = { service = "events.amazonaws.com", source_arn = "arn:aws:events:eu-west-1:123456789012:rule/demo" } }
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_policy.this.policy).Statement[1].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:events:eu-west-1:123456789012:rule/demo"
    error_message = "the service may send for any resource of any customer"
  }
}

run "refuses_an_alias" {
  command = plan

  variables {
    key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/demo"
  }

  expect_failures = [var.key_arn]
}
