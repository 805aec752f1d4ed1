locals {
  # Without this statement identity policies count for nothing, and a mistake below locks everyone out for good.
  delegation = {
    Sid       = "DelegateToIdentityPolicies"
    Effect    = "Allow"
    Principal = { AWS = "arn:aws:iam::${var.account}:root" }
    Action    = "kms:*"
    Resource  = "*"
  }

  logs = {
    for name, key in var.keys : name => [{
      Sid       = "CloudWatchLogs"
      Effect    = "Allow"
      Principal = { Service = "logs.${var.region}.amazonaws.com" }
      # AWS's own sample also lists kms:Describe*, which never takes effect: DescribeKey carries no encryption context.
      Action   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey"]
      Resource = "*"
      # The service principal is the same for every AWS customer; only the context says whose log group it is.
      Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = key.log_groups } }
    }] if length(key.log_groups) > 0
  }

  trails = {
    for name, key in var.keys : name => [
      {
        Sid       = "CloudTrailEncrypts"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "kms:GenerateDataKey"
        Resource  = "*"
        Condition = {
          StringEquals = { "aws:SourceArn" = key.trails }
          StringLike   = { "kms:EncryptionContext:aws:cloudtrail:arn" = "arn:aws:cloudtrail:*:${var.account}:trail/*" }
        }
      },
      {
        # CreateTrail looks at the key before it accepts it; that call has no encryption context.
        Sid       = "CloudTrailDescribes"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "kms:DescribeKey"
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceArn" = key.trails } }
      },
    ] if length(key.trails) > 0
  }

  # The policies of service-linked roles hold no KMS actions and cannot be edited, so the delegation above does not
  # reach them. Naming them as principals fails where they do not exist yet: AWS makes them at first use, and a
  # module that made them would fail where they do.
  service_linked_roles = {
    StringEquals = { "kms:CallerAccount" = var.account }
    ArnLike = {
      "aws:PrincipalArn" = [
        "arn:aws:iam::${var.account}:role/aws-service-role/autoscaling.amazonaws.com/*",
        "arn:aws:iam::${var.account}:role/aws-service-role/spot.amazonaws.com/*",
      ]
    }
  }

  disks = {
    for name, key in var.keys : name => [
      {
        Sid       = "DisksOfGroupsAndSpot"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action = [
          "kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
          "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey",
        ]
        Resource  = "*"
        Condition = local.service_linked_roles
      },
      {
        # EC2 keeps a volume readable while it is attached through a grant; nobody else may hand the key on.
        Sid       = "GrantsForAttachedDisks"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = "kms:CreateGrant"
        Resource  = "*"
        Condition = merge(local.service_linked_roles, { Bool = { "kms:GrantIsForAWSResource" = "true" } })
      },
    ] if key.disks
  }

  # FSx reaches a linked bucket by a role that it makes for each file system, whose policy holds no KMS actions either.
  lustre = {
    for name, key in var.keys : name => [{
      Sid       = "BucketsOfLustre"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"]
      Resource  = "*"
      Condition = {
        StringEquals = { "kms:CallerAccount" = var.account }
        ArnLike = {
          "aws:PrincipalArn" = "arn:aws:iam::${var.account}:role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_*"
        }
      }
    }] if key.lustre
  }
}

locals {
  # SNS encrypts as whoever publishes, and binds what it encrypts to the topic. Of EventBridge KMS learns nothing else: it
  # refuses conditions on the source there (SNS developer guide, "Configuring encryption with event sources", read
  # 2026-11-29).
  topics = {
    for name, key in var.keys : name => [
      {
        Sid       = "AlarmsPublish"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = {
          StringEquals = {
            "aws:SourceAccount"                      = var.account
            "kms:EncryptionContext:aws:sns:topicArn" = key.topics
          }
        }
      },
      {
        Sid       = "RulesPublish"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "kms:EncryptionContext:aws:sns:topicArn" = key.topics } }
      },
    ] if length(key.topics) > 0
  }

  # What a detector of unusual lines finds and has learnt, twice encrypted (CloudWatch Logs user guide, "Use a KMS key
  # with an anomaly detector", read 2026-11-29).
  detectors = {
    for name, key in var.keys : name => [
      for sid, context in { DetectorsEncrypt = "aws:logs:arn", DetectorsReencrypt = "aws-crypto-ec:aws:logs:arn" } : {
        Sid                                  = sid
        Effect                               = "Allow"
        Principal                            = { Service = "logs.${var.region}.amazonaws.com" }
        Action                               = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey"]
        Resource                             = "*"
        Condition = {
          StringEquals = { "aws:SourceAccount" = var.account }
          ArnLike      = { "kms:EncryptionContext:${context}" = "arn:aws:logs:${var.region}:${var.account}:anomaly-detector:*" }
        }
      }
    ] if key.log_detectors
  }

  # CreateLogAnomalyDetector looks at the key first; that call has no encryption context.
  detectors_describe = {
    for name, key in var.keys : name => [{
      Sid       = "DetectorsDescribe"
      Effect    = "Allow"
      Principal = { Service = "logs.${var.region}.amazonaws.com" }
      Action    = "kms:DescribeKey"
      Resource  = "*"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    }] if key.log_detectors
  }
}

resource "aws_kms_key" "this" {
  for_each = var.keys

  description             = each.value.description
  enable_key_rotation     = true
  deletion_window_in_days = each.value.deletion_days

  # Inline, not aws_kms_key_policy: the key never stands with the default policy, and first users find it complete.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.delegation],
      lookup(local.logs, each.key, []),
      lookup(local.trails, each.key, []),
      lookup(local.disks, each.key, []),
      lookup(local.lustre, each.key, []),
      lookup(local.topics, each.key, []),
      lookup(local.detectors, each.key, []),
      lookup(local.detectors_describe, each.key, []),
    )
  })

  tags = { Name = trimprefix(each.value.alias, "alias/") }
}

resource "aws_kms_alias" "this" {
  for_each = var.keys

  name          = each.value.alias
  target_key_id = aws_kms_key.this[each.key].key_id
}
