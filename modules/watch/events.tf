locals {
  # Literal, not aws_sqs_queue.this.arn: policies stay readable in the plan, by people and by scanners.
  queues = {
    for name, queue in { objects = var.queue.name, dead = var.queue.dead_letters } :
    name => "arn:aws:sqs:${var.region}:${var.account}:${queue}"
  }

  deny_plaintext = {
    for name, arn in local.queues : name => {
      Sid       = "DenyPlaintextTransport"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }
  }

  # S3's principal serves every AWS customer: only the source says whose bucket it speaks for.
  allow_bucket = {
    Sid       = "AllowTheBucketToTell"
    Effect    = "Allow"
    Principal = { Service = "s3.amazonaws.com" }
    Action    = "sqs:SendMessage"
    Resource  = local.queues.objects
    Condition = {
      ArnEquals    = { "aws:SourceArn" = var.captured.bucket_arn }
      StringEquals = { "aws:SourceAccount" = var.account }
    }
  }
}

# --- what is new in the bucket: names of objects, nothing of what is in them, so that SQS's own key suffices

resource "aws_sqs_queue" "this" {
  name                       = var.queue.name
  message_retention_seconds  = 1209600 # a watch that stood still for days finds all that came
  visibility_timeout_seconds = 60
  receive_wait_time_seconds  = 1
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 5
  })

  tags = { Name = var.queue.name }
}

resource "aws_sqs_queue" "dead" {
  name                      = var.queue.dead_letters
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true

  tags = { Name = var.queue.dead_letters }
}

# A resource of its own: inside the queue it would refer to the other queue, which refers back.
resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.queues.objects]
  })
}

resource "aws_sqs_queue_policy" "watch" {
  for_each = local.queues

  queue_url = { objects = aws_sqs_queue.this.id, dead = aws_sqs_queue.dead.id }[each.key]

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([local.deny_plaintext[each.key]], each.key == "objects" ? [local.allow_bucket] : [])
  })
}

# --- what it tells

resource "aws_cloudwatch_event_bus" "this" {
  name        = var.bus.name
  description = "Drift that ${var.name} found"
  tags        = { Name = var.bus.name }
}

# Reminders stay away: who was told once knows.
resource "aws_cloudwatch_event_rule" "told" {
  for_each = length(var.bus.listeners) == 0 ? {} : { told = var.bus.listeners }

  name           = "${var.name}-told"
  description    = "Drift was found, or is over"
  event_bus_name = aws_cloudwatch_event_bus.this.name

  event_pattern = jsonencode({
    source        = ["landform.drift"]
    "detail-type" = ["Drift Cleared", "Drift Detected"]
  })

  tags = { Name = "${var.name}-told" }
}

resource "aws_cloudwatch_event_target" "told" {
  for_each = length(aws_cloudwatch_event_rule.told) == 0 ? {} : var.bus.listeners

  rule           = aws_cloudwatch_event_rule.told["told"].name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = each.key
  arn            = each.value
}
