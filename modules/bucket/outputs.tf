# Consumers wait for the whole bucket, not for its name alone: a replication finds its destination versioned, a log
# its delivery allowed, a reader every object under the key. The replication is left out, so that two buckets can
# replicate to each other.

output "name" {
  description = "The bucket's name, once the bucket is complete."
  value       = aws_s3_bucket.this.bucket

  depends_on = [
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
    aws_s3_object.this,
  ]
}

output "arn" {
  description = "The bucket's ARN, once the bucket is complete; known already in the plan, so that policies are too."
  value       = "arn:aws:s3:::${aws_s3_bucket.this.bucket}"

  depends_on = [
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
    aws_s3_object.this,
  ]
}

output "region" {
  description = "The bucket's region."
  value       = var.region
}
