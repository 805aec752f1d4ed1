locals {
  replication  = var.replication == null ? {} : { this = var.replication }
  destinations = var.replication == null ? {} : var.replication.destinations
  priorities   = sort(keys(local.destinations))

  # With a bucket key the encryption context is the bucket, without one it is the object. The context ties the use of
  # a key to this one bucket's objects, so the statements need no key ARN, which a plan would not know yet.
  source_context = { "kms:EncryptionContext:aws:s3:arn" = [local.arn, "${local.arn}/*"] }

  read_source = [
    {
      Sid      = "ReadTheConfiguration"
      Effect   = "Allow"
      Action   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
      Resource = local.arn
    },
    {
      Sid      = "ReadVersions"
      Effect   = "Allow"
      Action   = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
      Resource = "${local.arn}/*"
    },
    {
      Sid      = "DecryptSource"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = "arn:aws:kms:${var.region}:${var.account}:key/*"
      Condition = {
        StringEquals = { "kms:ViaService" = "s3.${var.region}.amazonaws.com" }
        StringLike   = local.source_context
      }
    },
  ]

  write_destinations = flatten([
    for region, destination in local.destinations : [
      {
        Sid      = "Write${replace(title(region), "-", "")}"
        Effect   = "Allow"
        Action   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
        Resource = "${destination.bucket_arn}/*"
      },
      {
        Sid      = "Encrypt${replace(title(region), "-", "")}"
        Effect   = "Allow"
        Action   = ["kms:Encrypt", "kms:GenerateDataKey"]
        Resource = "arn:aws:kms:${region}:${var.account}:key/*"
        Condition = {
          StringEquals = { "kms:ViaService" = "s3.${region}.amazonaws.com" }
          StringLike   = { "kms:EncryptionContext:aws:s3:arn" = [destination.bucket_arn, "${destination.bucket_arn}/*"] }
        }
      },
    ]
  ])
}

resource "aws_iam_role" "replication" {
  for_each = local.replication

  name                 = each.value.role_name
  description          = "S3 copies ${var.name} to its replicas"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  # AWS documents no source condition for this trust. None is missed: a role reaches S3 only through
  # PutBucketReplication by a caller of this account who may pass it.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "S3Replicates"
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  tags = { Name = each.value.role_name }
}

resource "aws_iam_role_policy" "replication" {
  for_each = local.replication

  name   = "replication"
  role   = aws_iam_role.replication[each.key].id
  policy = jsonencode({ Version = "2012-10-17", Statement = concat(local.read_source, local.write_destinations) })
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = local.replication

  bucket = aws_s3_bucket.this.id
  role   = aws_iam_role.replication[each.key].arn

  dynamic "rule" {
    for_each = each.value.destinations

    content {
      id = rule.key
      # S3 wants a different priority for each rule; it decides nothing, since no two share a destination.
      priority = index(local.priorities, rule.key)
      status   = "Enabled"

      filter {}

      # A replica that kept what was deleted would keep personal data that had to go.
      delete_marker_replication {
        status = "Enabled"
      }

      # Objects under KMS are left out unless asked for.
      source_selection_criteria {
        sse_kms_encrypted_objects {
          status = "Enabled"
        }
      }

      destination {
        bucket = rule.value.bucket_arn

        encryption_configuration {
          replica_kms_key_id = rule.value.key_arn
        }
      }
    }
  }

  # S3 refuses a replication of a bucket whose versioning is not on yet, and fails silently without the permissions.
  depends_on = [aws_s3_bucket_versioning.this, aws_iam_role_policy.replication]
}
