locals {
  deny_plaintext = {
    Sid       = "DenyPlaintextTransport"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:*"
    Resource  = [local.bucket_arn, "${local.bucket_arn}/*"]
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }

  deny_deletion = {
    Sid       = "DenyDeletionOfTheBucket"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:DeleteBucket"
    Resource  = local.bucket_arn
  }

  # The service principal serves every AWS customer: without the source anybody's trail could write here.
  allow_trail = [
    {
      Sid       = "CloudTrailChecksOwnership"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = "s3:GetBucketAcl"
      Resource  = local.bucket_arn
      Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
    },
    {
      Sid       = "CloudTrailWrites"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${local.bucket_arn}/AWSLogs/${var.account}/*"
      Condition = {
        StringEquals = {
          "aws:SourceArn" = local.trail_arn
          "s3:x-amz-acl"  = "bucket-owner-full-control"
        }
      }
    },
  ]
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:the caller decides with access_logs
  #checkov:skip=CKV_AWS_144:one trail covers all regions and is kept in its home region, where the audit key is
  #checkov:skip=CKV2_AWS_62:alarms read the log group, which is minutes ahead of the bucket
  bucket              = var.bucket_name
  force_destroy       = !var.protect
  object_lock_enabled = var.locked != null

  # For the order on destroy: a bucket that refuses to go, since it is not empty, keeps the key of what it holds.
  tags = { "landform:key" = var.key_arn }
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  # ACLs off: policies alone decide.
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.deny_plaintext],
      var.protect ? [local.deny_deletion] : [],
      local.allow_trail,
    )
  })

  # S3 refuses simultaneous changes of a bucket's access settings (OperationAborted).
  depends_on = [aws_s3_bucket_ownership_controls.this, aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.key_arn
    }
  }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  for_each = var.locked == null ? {} : { default = upper(var.locked) }

  bucket = aws_s3_bucket.this.id

  rule {
    default_retention {
      mode = each.value
      days = var.retention_days
    }
  }

  # S3 locks versions, so versioning comes first; and it cannot be suspended again while the lock stands.
  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "housekeeping"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    # The lock of a file runs out when the file expires, so that the lifecycle is never refused.
    expiration {
      days = var.retention_days
    }

    # CloudTrail never overwrites: an older version is an expired file, or one that somebody tried to remove.
    noncurrent_version_expiration {
      noncurrent_days = min(90, var.retention_days)
    }
  }

  # Rules for older versions mean nothing before versioning is settled.
  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_logging" "this" {
  for_each = var.access_logs == null ? {} : { access = var.access_logs }

  bucket        = aws_s3_bucket.this.id
  target_bucket = each.value.bucket
  target_prefix = each.value.prefix
}
