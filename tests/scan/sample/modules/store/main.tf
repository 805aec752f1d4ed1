terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "name" {
  description = "Name of the bucket."
  type        = string
}

variable "key_arn" {
  description = "Key that encrypts the bucket; null for SSE-S3."
  type        = string
  nullable    = true
}

variable "access_logs" {
  description = "Bucket that receives access logs; null for none."
  type        = object({ bucket = string })
  nullable    = true
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:a bucket that receives access logs cannot log to itself
  #checkov:skip=CKV_AWS_144:replicas are the spec's choice
  #checkov:skip=CKV_AWS_145:log delivery writes with SSE-S3 only
  #checkov:skip=CKV2_AWS_62:nothing consumes events of this bucket
  bucket        = var.name
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    id     = "abort"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_logging" "this" {
  for_each      = var.access_logs == null ? {} : { this = var.access_logs }
  bucket        = aws_s3_bucket.this.id
  target_bucket = each.value.bucket
  target_prefix = "${var.name}/"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::${var.name}", "arn:aws:s3:::${var.name}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

output "arn" {
  value      = aws_s3_bucket.this.arn
  depends_on = [aws_s3_bucket_policy.this]
}

output "name" {
  value = aws_s3_bucket.this.id
}
