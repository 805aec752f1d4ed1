resource "aws_dynamodb_table" "this" {
  name         = var.name
  billing_mode = var.capacity == null ? "PAY_PER_REQUEST" : "PROVISIONED"
  hash_key     = var.key
  range_key    = var.sort

  read_capacity  = one(var.capacity[*].read.min)
  write_capacity = one(var.capacity[*].write.min)

  # Replicas are fed from it, and functions that a change of a row triggers.
  stream_enabled   = var.stream
  stream_view_type = var.stream ? "NEW_AND_OLD_IMAGES" : null

  deletion_protection_enabled = var.protect

  dynamic "attribute" {
    for_each = var.attributes

    content {
      name = attribute.key
      type = { string = "S", number = "N", binary = "B" }[attribute.value]
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.key
      range_key          = global_secondary_index.value.sort
      projection_type    = { all = "ALL", keys = "KEYS_ONLY", some = "INCLUDE" }[global_secondary_index.value.project]
      non_key_attributes = global_secondary_index.value.attributes
      read_capacity      = one(global_secondary_index.value.capacity[*].read)
      write_capacity     = one(global_secondary_index.value.capacity[*].write)
    }
  }

  dynamic "ttl" {
    for_each = var.ttl[*]

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.key_arn
  }

  lifecycle {
    # Each replica is a resource in the module of its region, and scaling changes the capacity.
    ignore_changes = [replica, read_capacity, write_capacity]
  }
}

locals {
  # Literal in what is asked, so that the plan says what scales; the table's own name, so that it is there first.
  scaled = var.capacity == null ? {} : {
    read  = merge(var.capacity.read, { dimension = "Read" })
    write = merge(var.capacity.write, { dimension = "Write" })
  }
}

resource "aws_appautoscaling_target" "this" {
  for_each = local.scaled

  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.this.name}"
  scalable_dimension = "dynamodb:table:${each.value.dimension}CapacityUnits"
  min_capacity       = each.value.min
  max_capacity       = each.value.max
}

resource "aws_appautoscaling_policy" "this" {
  for_each = local.scaled

  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = var.capacity.target_percent

    predefined_metric_specification {
      predefined_metric_type = "DynamoDB${each.value.dimension}CapacityUtilization"
    }
  }
}
