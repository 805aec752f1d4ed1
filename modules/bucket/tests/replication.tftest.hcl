mock_provider "aws" {
  # The provider looks at the form of a role's ARN; a mock's random words are refused.
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
  replication = {
    role_name = "demo-prd-orders-replication-eu-west-1"
    destinations = {
      us-east-1 = {
        bucket_arn = "arn:aws:s3:::demo-prd-orders-123456789012-us-east-1"
        key_arn    = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
      }
      eu-central-1 = {
        bucket_arn = "arn:aws:s3:::demo-prd-orders-123456789012-eu-central-1"
        key_arn    = "arn:aws:kms:eu-central-1:123456789012:key/33333333-3333-3333-3333-333333333333"
      }
    }
  }
}

run "one_rule_for_each_region" {
  command = apply

  assert {
    condition = { for rule in aws_s3_bucket_replication_configuration.this["this"].rule : rule.id => rule.priority } == {
      eu-central-1 = 0
      us-east-1    = 1
    }
    error_message = "each region needs a rule, with a priority of its own"
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_replication_configuration.this["this"].rule : rule.delete_marker_replication[0].status == "Enabled"])
    error_message = "replicas would keep what was deleted"
  }

  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_replication_configuration.this["this"].rule :
      rule.source_selection_criteria[0].sse_kms_encrypted_objects[0].status == "Enabled"
      && rule.destination[0].encryption_configuration[0].replica_kms_key_id == var.replication.destinations[rule.id].key_arn
    ])
    error_message = "objects under KMS would be left out, or lie under a key of another region"
  }

  assert {
    condition     = aws_s3_bucket_replication_configuration.this["this"].role == aws_iam_role.replication["this"].arn
    error_message = "the replication works with another role"
  }
}

run "the_role_reads_here_and_writes_there" {
  command = plan

  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.replication["this"].policy).Statement : statement.Sid => flatten([statement.Resource])
      } == {
      ReadTheConfiguration = ["arn:aws:s3:::demo-prd-orders-123456789012-eu-west-1"]
      ReadVersions         = ["arn:aws:s3:::demo-prd-orders-123456789012-eu-west-1/*"]
      DecryptSource        = ["arn:aws:kms:eu-west-1:123456789012:key/*"]
      WriteEuCentral1      = ["arn:aws:s3:::demo-prd-orders-123456789012-eu-central-1/*"]
      EncryptEuCentral1    = ["arn:aws:kms:eu-central-1:123456789012:key/*"]
      WriteUsEast1         = ["arn:aws:s3:::demo-prd-orders-123456789012-us-east-1/*"]
      EncryptUsEast1       = ["arn:aws:kms:us-east-1:123456789012:key/*"]
    }
    error_message = "the role reaches more or less than the bucket and its copies"
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.replication["this"].policy).Statement :
      length(statement.Condition.StringLike["kms:EncryptionContext:aws:s3:arn"]) == 2 && startswith(statement.Condition.StringEquals["kms:ViaService"], "s3.")
      if strcontains(jsonencode(statement.Action), "kms:")
    ])
    error_message = "the role may use keys for more than these buckets' objects"
  }

  assert {
    condition     = jsondecode(aws_iam_role.replication["this"].assume_role_policy).Statement[0].Principal == { Service = "s3.amazonaws.com" }
    error_message = "others than S3 may take the role"
  }
}

run "refuses_without_versions" {
  command = plan

  variables {
    versioned = false
  }

  expect_failures = [var.replication]
}

run "refuses_without_a_key" {
  command = plan

  variables {
    key_arn = null
  }

  expect_failures = [var.replication]
}

run "refuses_its_own_region" {
  command = plan

  variables {
    region = "us-east-1"
  }

  expect_failures = [var.replication]
}

run "refuses_no_destination" {
  command = plan

  variables {
    replication = { role_name = "demo", destinations = {} }
  }

  expect_failures = [var.replication]
}
