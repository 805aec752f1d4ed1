locals {
  # Literal, not aws_s3_bucket.this.arn: policies stay readable in the plan, by people and by scanners.
  arn = "arn:aws:s3:::${var.name}"

  # An older version is kept for at most as long again as the data itself, counted from when it was replaced.
  noncurrent_days = min(90, coalesce(var.retention_days, 90))

  deny_plaintext = {
    Sid       = "DenyPlaintextTransport"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:*"
    Resource  = [local.arn, "${local.arn}/*"]
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }

  # Whoever says nothing gets the bucket's key; this is for those who would choose a weaker one.
  deny_other_encryption = {
    Sid       = "DenyOtherEncryption"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:PutObject"
    Resource  = "${local.arn}/*"
    Condition = {
      Null            = { "s3:x-amz-server-side-encryption" = "false" }
      StringNotEquals = { "s3:x-amz-server-side-encryption" = "aws:kms" }
    }
  }

  deny_deletion = {
    Sid       = "DenyDeletionOfTheBucket"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:DeleteBucket"
    Resource  = local.arn
  }

  # Access logs arrive by a service principal that serves every AWS customer: only the source says whose they are.
  allow_logs = {
    Sid       = "AllowAccessLogsToArrive"
    Effect    = "Allow"
    Principal = { Service = "logging.s3.amazonaws.com" }
    Action    = "s3:PutObject"
    Resource  = "${local.arn}/*"
    Condition = {
      ArnLike      = { "aws:SourceArn" = var.log_sources }
      StringEquals = { "aws:SourceAccount" = var.account }
    }
  }

  # Each balancer has a prefix, and behind it AWS's own path. Elastic Load Balancing, "Enable access logs for your
  # Application Load Balancer" (read 2026-11-29): this principal has taken the place of an account for each region.
  allow_balancer_logs = {
    Sid       = "AllowBalancerLogsToArrive"
    Effect    = "Allow"
    Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
    Action    = "s3:PutObject"
    Resource  = [for prefix in var.balancer_logs : "${local.arn}/${prefix}/AWSLogs/${var.account}/*"]
    Condition = {
      ArnLike = { "aws:SourceArn" = "arn:aws:elasticloadbalancing:${var.region}:${var.account}:loadbalancer/*" }
    }
  }

  # AWS Config developer guide, "Permissions for the Amazon S3 Bucket for the AWS Config Delivery Channel" (read
  # 2026-11-29): the service looks at the bucket before it delivers.
  allow_config_to_look = {
    Sid       = "AllowConfigToLook"
    Effect    = "Allow"
    Principal = { Service = "config.amazonaws.com" }
    Action    = ["s3:GetBucketAcl", "s3:ListBucket"]
    Resource  = local.arn
    Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
  }

  allow_config_to_deliver = {
    Sid       = "AllowConfigToDeliver"
    Effect    = "Allow"
    Principal = { Service = "config.amazonaws.com" }
    Action    = "s3:PutObject"
    Resource  = "${local.arn}/AWSLogs/${var.account}/Config/*"
    Condition = { StringEquals = { "aws:SourceAccount" = var.account, "s3:x-amz-acl" = "bucket-owner-full-control" } }
  }
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:the caller decides with access_logs; a bucket that receives access logs would log its own log
  #checkov:skip=CKV_AWS_144:the caller decides with replication; copies cost money and move data to another jurisdiction
  #checkov:skip=CKV_AWS_145:key_arn is null only for buckets that receive logs, which S3 delivers under SSE-S3 alone, and what AWS Config delivers from every region, none of whose keys is another's
  #checkov:skip=CKV2_AWS_62:events are configured where something listens to them; without a listener they only cost
  bucket        = var.name
  force_destroy = !var.protect

  # For the order on destroy: a bucket that refuses to go, since it is not empty, keeps the key of what it holds.
  tags = var.key_arn == null ? {} : { "landform:key" = var.key_arn }
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
      var.key_arn == null ? [] : [local.deny_other_encryption],
      var.protect ? [local.deny_deletion] : [],
      length(var.log_sources) > 0 ? [local.allow_logs] : [],
      length(var.balancer_logs) > 0 ? [local.allow_balancer_logs] : [],
      var.receives_config ? [local.allow_config_to_look] : [],
      var.receives_config ? [local.allow_config_to_deliver] : [],
    )
  })

  # S3 refuses simultaneous changes of a bucket's access settings (OperationAborted).
  depends_on = [aws_s3_bucket_ownership_controls.this, aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    # Suspended, not Disabled: a bucket that once had versions can never go back to Disabled.
    status = var.versioned ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    # One data key serves many objects: KMS is asked, and paid, far less often.
    bucket_key_enabled = var.key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "housekeeping"
    status = "Enabled"

    filter {}

    # Parts of uploads that nobody finished are invisible in listings, and paid for.
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = local.noncurrent_days
    }

    # Expiry by days also clears delete markers that hide nothing any more; without it they are cleared by name.
    expiration {
      days                         = var.retention_days
      expired_object_delete_marker = var.retention_days == null ? true : null
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

# A bucket has one configuration of notifications: whatever listens is named here.
resource "aws_s3_bucket_notification" "this" {
  for_each = length(var.notifications) + length(var.queues) == 0 ? {} : { this = var.notifications }

  bucket = aws_s3_bucket.this.id

  dynamic "lambda_function" {
    for_each = var.notifications

    content {
      id                  = lambda_function.key
      lambda_function_arn = lambda_function.value.function_arn
      events              = ["s3:ObjectCreated:*"]
      filter_prefix       = lambda_function.value.prefix
      filter_suffix       = lambda_function.value.suffix
    }
  }

  dynamic "queue" {
    for_each = var.queues

    content {
      id            = queue.key
      queue_arn     = queue.value.queue_arn
      events        = ["s3:ObjectCreated:*"]
      filter_prefix = queue.value.prefix
    }
  }
}

# A browser asks the bucket whether pages of these origins may post to it; who may do so at all is said by their signature.
resource "aws_s3_bucket_cors_configuration" "this" {
  for_each = length(var.uploads_from) == 0 ? {} : { this = var.uploads_from }

  bucket = aws_s3_bucket.this.id

  cors_rule {
    allowed_headers = ["*"]
    allowed_methods = ["POST"]
    allowed_origins = each.value
  }
}

resource "aws_s3_object" "this" {
  for_each = var.objects

  bucket      = aws_s3_bucket.this.id
  key         = each.key
  source      = each.value.source
  source_hash = each.value.hash

  # An object takes ten tags at most, fewer than a system may have; the bucket's tags stand for it.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  # The first version must already lie under the bucket's key and under its version history.
  depends_on = [
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
    aws_s3_bucket_policy.this,
  ]
}
