output "trail_arn" {
  description = "The trail's ARN."
  value       = aws_cloudtrail.this.arn
}

output "bucket" {
  description = "The name of the bucket that keeps the record."
  value       = aws_s3_bucket.this.bucket
}

output "log_group" {
  description = "The name of the log group that the trail writes to."
  value       = aws_cloudwatch_log_group.this.name
}
