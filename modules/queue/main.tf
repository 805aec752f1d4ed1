locals {
  # Literal, not aws_sqs_queue.this.arn: policies stay readable in the plan, by people and by scanners.
  arns = {
    this = "arn:aws:sqs:${var.region}:${var.account}:${var.name}"
    dead = "arn:aws:sqs:${var.region}:${var.account}:${var.dead_letters.name}"
  }

  deny_plaintext = {
    Sid       = "DenyPlaintextTransport"
    Effect    = "Deny"
    Principal = "*"
    Action    = "sqs:*"
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }

  # A service's principal serves every AWS customer: only the source says whose message it carries.
  allow_senders = [
    for name, sender in var.senders : {
      Sid       = "AllowMessagesOf${replace(title(replace(name, "_", " ")), "/[^A-Za-z0-9]/", "")}"
      Effect    = "Allow"
      Principal = { Service = sender.service }
      Action    = "sqs:SendMessage"
      Resource  = local.arns.this
      Condition = {
        ArnEquals    = { "aws:SourceArn" = sender.source_arn }
        StringEquals = { "aws:SourceAccount" = var.account }
      }
    }
  ]
}

resource "aws_sqs_queue" "this" {
  name                       = var.name
  message_retention_seconds  = var.retention_seconds
  visibility_timeout_seconds = var.visibility_seconds
  # A consumer waits for messages instead of asking again and again, which is paid by the call.
  receive_wait_time_seconds         = 20
  kms_master_key_id                 = var.key_arn
  kms_data_key_reuse_period_seconds = 300

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = var.dead_letters.attempts
  })
}

resource "aws_sqs_queue" "dead" {
  name = var.dead_letters.name
  # The longest that SQS keeps a message: somebody has to look at it.
  message_retention_seconds         = 1209600
  kms_master_key_id                 = var.key_arn
  kms_data_key_reuse_period_seconds = 300
}

# A resource of its own: inside the queue it would refer to the other queue, which refers back.
resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.arns.this]
  })
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([merge(local.deny_plaintext, { Resource = local.arns.this })], local.allow_senders)
  })
}

resource "aws_sqs_queue_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [merge(local.deny_plaintext, { Resource = local.arns.dead })]
  })
}
