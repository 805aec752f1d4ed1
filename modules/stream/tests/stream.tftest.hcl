mock_provider "aws" {
  mock_resource "aws_kinesis_stream" {
    defaults = { arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/mock" }
  }

  mock_resource "aws_kinesis_stream_consumer" {
    defaults = { arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/mock/consumer/mock:1" }
  }
}

variables {
  name            = "demo-prd-clicks"
  key_arn         = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  retention_hours = 48
  protect         = true
}

run "encrypted_and_on_demand" {
  command = plan

  assert {
    condition     = aws_kinesis_stream.this.encryption_type == "KMS" && aws_kinesis_stream.this.kms_key_id == var.key_arn
    error_message = "records are not encrypted with the key given"
  }

  assert {
    condition     = aws_kinesis_stream.this.stream_mode_details[0].stream_mode == "ON_DEMAND" && aws_kinesis_stream.this.shard_count == null
    error_message = "capacity is not on demand"
  }

  assert {
    condition     = aws_kinesis_stream.this.enforce_consumer_deletion == false && length(aws_kinesis_stream_consumer.this) == 0
    error_message = "the stream would go from under a reader that nobody declared"
  }
}

run "shards_are_counted" {
  command = plan

  variables {
    shards = 4
  }

  assert {
    condition     = aws_kinesis_stream.this.stream_mode_details[0].stream_mode == "PROVISIONED" && aws_kinesis_stream.this.shard_count == 4
    error_message = "the stream has other shards"
  }
}

run "consumers_are_known_by_name" {
  command = apply

  variables {
    consumers = ["machines-scorer"]
  }

  assert {
    condition     = aws_kinesis_stream_consumer.this["machines-scorer"].stream_arn == aws_kinesis_stream.this.arn
    error_message = "the consumer reads another stream"
  }

  assert {
    condition     = endswith(output.consumer_arns["machines-scorer"], ":1")
    error_message = "who subscribes does not learn the ARN"
  }
}

run "refuses_an_hour" {
  command = plan

  variables {
    retention_hours = 1
  }

  expect_failures = [var.retention_hours]
}

run "refuses_no_shards" {
  command = plan

  variables {
    shards = 0
  }

  expect_failures = [var.shards]
}
