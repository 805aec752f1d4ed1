mock_provider "aws" {
  # IAM and S3 look at the form of ARNs; a mock's random words are refused.
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
}

variables {
  name    = "demo-prd-orders-123456789012-eu-west-1"
  account = "123456789012"
  region  = "eu-west-1"
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  protect = true
}

run "closed_encrypted_and_versioned" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
      aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced",
    ])
    error_message = "the bucket could be made public"
  }

  assert {
    condition = [
      for default in one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default :
      [default.sse_algorithm, default.kms_master_key_id]
    ] == [["aws:kms", var.key_arn]]
    error_message = "objects are not encrypted with the key given"
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "the bucket has no versions"
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false" && jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Effect == "Deny"
    error_message = "plaintext is let through"
  }

  assert {
    condition     = length(aws_s3_bucket_replication_configuration.this) + length(aws_s3_bucket_logging.this) + length(aws_iam_role.replication) + length(aws_s3_object.this) == 0
    error_message = "something stands that nobody asked for"
  }
}

run "the_arn_is_known_in_the_plan" {
  command = plan

  assert {
    condition     = output.arn == "arn:aws:s3:::demo-prd-orders-123456789012-eu-west-1" && output.name == var.name && output.region == "eu-west-1"
    error_message = "consumers cannot see in the plan which bucket they speak of"
  }
}

run "protected_it_is_neither_emptied_nor_deleted" {
  command = plan

  assert {
    condition     = aws_s3_bucket.this.force_destroy == false
    error_message = "terraform destroy would empty a protected bucket"
  }

  assert {
    condition     = [for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Effect if statement.Action == "s3:DeleteBucket"] == ["Deny"]
    error_message = "a protected bucket may be deleted"
  }
}

run "unprotected_it_leaves_without_a_trace" {
  command = plan

  variables {
    protect = false
  }

  assert {
    condition     = aws_s3_bucket.this.force_destroy && !contains([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Action], "s3:DeleteBucket")
    error_message = "an unprotected bucket would stay"
  }
}

run "a_weaker_encryption_is_refused" {
  command = plan

  assert {
    condition = one([
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Condition if statement.Sid == "DenyOtherEncryption"
      ]) == {
      Null            = { "s3:x-amz-server-side-encryption" = "false" }
      StringNotEquals = { "s3:x-amz-server-side-encryption" = "aws:kms" }
    }
    error_message = "a writer could choose SSE-S3 over the bucket's key"
  }

  assert {
    condition     = aws_s3_bucket.this.tags["landform:key"] == var.key_arn
    error_message = "the key could go before the bucket that needs it"
  }
}

run "kept_for_ever" {
  command = plan

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration).expired_object_delete_marker && one(aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration).noncurrent_days == 90
    error_message = "without a retention objects stay, and older versions go after 90 days"
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this.rule[0].abort_incomplete_multipart_upload).days_after_initiation == 7
    error_message = "unfinished uploads stay"
  }
}

run "kept_for_a_month_and_no_version_longer" {
  command = plan

  variables {
    retention_days = 30
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration).days == 30
    error_message = "objects outlive their retention"
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration).noncurrent_days == 30
    error_message = "older versions outlive the retention"
  }
}

run "unversioned" {
  command = plan

  variables {
    versioned = false
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Suspended"
    error_message = "a bucket that once had versions can only be suspended"
  }
}

run "receives_access_logs" {
  command = plan

  variables {
    key_arn     = null
    protect     = false
    log_sources = ["arn:aws:s3:::demo-prd-orders"]
  }

  assert {
    condition = [
      for default in one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default :
      default.sse_algorithm
    ] == ["AES256"]
    error_message = "S3 delivers access logs under SSE-S3 only"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      [statement.Principal, statement.Condition.ArnLike["aws:SourceArn"], statement.Condition.StringEquals["aws:SourceAccount"]]
      if statement.Effect == "Allow"
    ] == [[{ Service = "logging.s3.amazonaws.com" }, ["arn:aws:s3:::demo-prd-orders"], "123456789012"]]
    error_message = "others than our buckets may deliver logs here"
  }
}

run "receives_logs_of_balancers" {
  command = plan

  variables {
    key_arn       = null
    protect       = false
    balancer_logs = ["serve/api"]
  }

  assert {
    condition = [
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      [statement.Principal, statement.Action, statement.Resource, statement.Condition.ArnLike["aws:SourceArn"]]
      if statement.Effect == "Allow"
      ] == [[
        { Service = "logdelivery.elasticloadbalancing.amazonaws.com" },
        "s3:PutObject",
        ["arn:aws:s3:::demo-prd-orders-123456789012-eu-west-1/serve/api/AWSLogs/123456789012/*"],
        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/*",
    ]]
    error_message = "others than our balancers may deliver logs here, or elsewhere than under their prefix"
  }
}

run "refuses_logs_of_balancers_under_a_key" {
  command = plan

  variables {
    balancer_logs = ["serve/api"]
  }

  expect_failures = [var.balancer_logs]
}

run "writes_an_access_log" {
  command = plan

  variables {
    access_logs = { bucket = "demo-prd-logs", prefix = "orders/" }
  }

  assert {
    condition     = [for log in aws_s3_bucket_logging.this : [log.target_bucket, log.target_prefix]] == [["demo-prd-logs", "orders/"]]
    error_message = "access is not logged where asked"
  }
}

run "holds_files" {
  command = plan

  variables {
    objects = { "code/train.zip" = { source = "files/train.zip", hash = "abc" } }
  }

  assert {
    condition     = aws_s3_object.this["code/train.zip"].source_hash == "abc" && aws_s3_object.this["code/train.zip"].key == "code/train.zip"
    error_message = "a file would not be uploaded again when it changes"
  }
}

run "refuses_a_name_with_dots" {
  command = plan

  variables {
    name = "demo.orders"
  }

  expect_failures = [var.name]
}

run "refuses_an_alias_as_key" {
  command = plan

  variables {
    key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/demo"
  }

  expect_failures = [var.key_arn]
}

run "refuses_half_a_day" {
  command = plan

  variables {
    retention_days = 0.5
  }

  expect_failures = [var.retention_days]
}

run "refuses_logs_under_kms" {
  command = plan

  variables {
    log_sources = ["arn:aws:s3:::demo-prd-orders"]
  }

  expect_failures = [var.log_sources]
}

run "refuses_to_log_to_itself" {
  command = plan

  variables {
    access_logs = { bucket = "demo-prd-orders-123456789012-eu-west-1", prefix = "self/" }
  }

  expect_failures = [var.access_logs]
}

run "refuses_a_prefix_without_slash" {
  command = plan

  variables {
    access_logs = { bucket = "demo-prd-logs", prefix = "orders" }
  }

  expect_failures = [var.access_logs]
}

run "refuses_an_account_that_lost_its_zero" {
  command = plan

  variables {
    account = "12345678901"
  }

  expect_failures = [var.account]
}

run "aws_config_delivers_for_this_account_alone" {
  command = plan

  variables {
    key_arn         = null
    receives_config = true
  }

  assert {
    condition = [
      for s in jsondecode(aws_s3_bucket_policy.this.policy).Statement : s.Condition.StringEquals["aws:SourceAccount"] if startswith(s.Sid, "AllowConfig")
    ] == [var.account, var.account]
    error_message = "Recorders of other accounts could deliver here."
  }
}

run "refuses_config_under_a_key" {
  command = plan

  variables {
    receives_config = true
  }

  expect_failures = [var.receives_config]
}
