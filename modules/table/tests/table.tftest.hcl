mock_provider "aws" {
  mock_resource "aws_dynamodb_table" {
    defaults = {
      arn        = "arn:aws:dynamodb:eu-west-1:123456789012:table/mock"
      stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/mock/stream/2026"
    }
  }
}

variables {
  name       = "demo-prd-features"
  key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  attributes = { account = "string", time = "number", day = "string" }
  key        = "account"
  sort       = "time"
  indexes    = { by_day = { key = "day", sort = "time" } }
  ttl        = "expires"
  protect    = true
}

run "encrypted_restorable_and_kept" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.this.server_side_encryption[0].enabled && aws_dynamodb_table.this.server_side_encryption[0].kms_key_arn == var.key_arn
    error_message = "rows are not encrypted with the key given"
  }

  assert {
    condition     = aws_dynamodb_table.this.point_in_time_recovery[0].enabled && aws_dynamodb_table.this.deletion_protection_enabled
    error_message = "the table can be lost"
  }

  assert {
    condition     = aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST" && length(aws_appautoscaling_target.this) == 0
    error_message = "capacity is not on demand"
  }

  assert {
    condition     = aws_dynamodb_table.this.ttl[0].enabled && aws_dynamodb_table.this.ttl[0].attribute_name == "expires"
    error_message = "rows do not end"
  }
}

run "keys_have_types" {
  command = plan

  assert {
    condition     = tomap({ for a in aws_dynamodb_table.this.attribute : a.name => a.type }) == tomap({ account = "S", time = "N", day = "S" })
    error_message = "an attribute of a key has another type"
  }

  assert {
    condition     = one(aws_dynamodb_table.this.global_secondary_index).hash_key == "day" && one(aws_dynamodb_table.this.global_secondary_index).projection_type == "ALL"
    error_message = "the index has another order, or holds less"
  }
}

run "an_index_holds_some_attributes" {
  command = plan

  variables {
    indexes = { by_day = { key = "day", sort = "time", project = "some", attributes = ["amount"] } }
  }

  assert {
    condition     = one(aws_dynamodb_table.this.global_secondary_index).projection_type == "INCLUDE" && one(aws_dynamodb_table.this.global_secondary_index).non_key_attributes == toset(["amount"])
    error_message = "the index does not hold what it names"
  }
}

run "capacity_scales_between_bounds" {
  command = plan

  variables {
    attributes = { account = "string", time = "number" }
    indexes    = {}
    capacity   = { read = { min = 5, max = 100 }, write = { min = 2, max = 20 }, target_percent = 70 }
  }

  assert {
    condition     = aws_dynamodb_table.this.billing_mode == "PROVISIONED" && aws_dynamodb_table.this.read_capacity == 5 && aws_dynamodb_table.this.write_capacity == 2
    error_message = "the table does not begin with the least"
  }

  assert {
    condition     = aws_appautoscaling_target.this["read"].max_capacity == 100 && aws_appautoscaling_target.this["write"].scalable_dimension == "dynamodb:table:WriteCapacityUnits"
    error_message = "capacity does not scale within its bounds"
  }

  assert {
    condition     = aws_appautoscaling_policy.this["write"].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "DynamoDBWriteCapacityUtilization"
    error_message = "writes scale by another metric"
  }
}

run "refuses_an_attribute_without_a_key" {
  command = plan

  variables {
    attributes = { account = "string", time = "number", day = "string", amount = "number" }
  }

  expect_failures = [var.attributes]
}

run "refuses_an_index_without_its_capacity" {
  command = plan

  variables {
    capacity = { read = { min = 5, max = 100 }, write = { min = 2, max = 20 }, target_percent = 70 }
  }

  expect_failures = [var.indexes]
}

run "refuses_bounds_that_end_before_they_begin" {
  command = plan

  variables {
    attributes = { account = "string", time = "number" }
    indexes    = {}
    capacity   = { read = { min = 5, max = 1 }, write = { min = 2, max = 20 }, target_percent = 70 }
  }

  expect_failures = [var.capacity]
}

run "refuses_an_alias" {
  command = plan

  variables {
    key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/demo"
  }

  expect_failures = [var.key_arn]
}

# The last: what stands keeps the capacity that scaling gave it, in plans as well.
run "replicas_are_fed_from_a_stream" {
  command = apply

  variables {
    stream = true
  }

  assert {
    condition     = aws_dynamodb_table.this.stream_view_type == "NEW_AND_OLD_IMAGES" && endswith(output.stream_arn, "/stream/2026")
    error_message = "replicas have nothing to be fed from"
  }
}
