mock_provider "aws" {}

variables {
  table_arn = "arn:aws:dynamodb:us-east-1:123456789012:table/demo-prd-features"
  key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  protect   = true
}

run "as_safe_as_the_table" {
  command = plan

  assert {
    condition     = aws_dynamodb_table_replica.this.kms_key_arn == var.key_arn && aws_dynamodb_table_replica.this.point_in_time_recovery
    error_message = "the replica is not encrypted with the key of its region, or cannot be restored"
  }

  assert {
    condition     = aws_dynamodb_table_replica.this.deletion_protection_enabled
    error_message = "the replica can be deleted where its table cannot"
  }
}

run "refuses_a_name_for_a_table" {
  command = plan

  variables {
    table_arn = "demo-prd-features"
  }

  expect_failures = [var.table_arn]
}
