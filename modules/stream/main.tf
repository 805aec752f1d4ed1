resource "aws_kinesis_stream" "this" {
  name             = var.name
  shard_count      = var.shards
  retention_period = var.retention_hours
  encryption_type  = "KMS"
  kms_key_id       = var.key_arn

  # A consumer that nobody declared reads here: the stream does not go before somebody has looked.
  enforce_consumer_deletion = !var.protect

  stream_mode_details {
    stream_mode = var.shards == null ? "ON_DEMAND" : "PROVISIONED"
  }
}

resource "aws_kinesis_stream_consumer" "this" {
  for_each = var.consumers

  name       = each.value
  stream_arn = aws_kinesis_stream.this.arn
}
