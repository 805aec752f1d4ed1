locals {
  # Ids of prefix lists are not known before the first apply, so they cannot be keys.
  egress = merge([
    for name, rule in var.egress : merge(
      { for cidr in rule.cidrs : "${name} ${cidr}" => { name = name, port = rule.port, cidr = cidr, list = null } },
      { for i, list in rule.prefix_list_ids : "${name} list ${i}" => { name = name, port = rule.port, cidr = null, list = list } },
    )
  ]...)

  # One rule for each file system and range of ports.
  mounts = merge([
    for name, system in var.file_systems : {
      for port in system.ports : "${name} ${port.from}" => { name = name, group = system.security_group_id, from = port.from, to = port.to }
    }
  ]...)

  calls_back = { for name, rule in local.mounts : name => rule if var.file_systems[rule.name].calls_back }

  policies = {
    for name, statements in { job = var.statements, start = var.start.statements, host = var.host.statements } : name => jsonencode({
      Version = "2012-10-17"
      Statement = [
        for s in statements : merge(
          { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources },
          length(s.conditions) > 0 ? { Condition = s.conditions } : {},
        )
      ]
    })
  }

  # ECS serves every AWS customer: only for this account's tasks may it take a role.
  tasks = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ecs:${var.region}:${var.account}:*" }
      }
    }]
  })

  # What runs on each node, complete but for what stands here.
  container = merge(var.definition, {
    jobRoleArn       = aws_iam_role.this.arn
    executionRoleArn = aws_iam_role.start.arn
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this.name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = "train"
      }
    }
    }, {
    # Under the role of the command, over TLS, at its own access point.
    for key, value in {
      volumes = [
        for name, volume in var.volumes : {
          name = name
          efsVolumeConfiguration = {
            fileSystemId        = volume.file_system_id
            transitEncryption   = "ENABLED"
            authorizationConfig = { accessPointId = volume.access_point_id, iam = "ENABLED" }
          }
        }
      ]
      mountPoints = [
        for name, volume in var.volumes : { sourceVolume = name, containerPath = volume.path, readOnly = !volume.write }
      ]
    } : key => value if length(value) > 0
  })

  # Batch tries them in this order.
  markets = [for market in ["SPOT", "EC2"] : market if contains(var.markets, market)]
}

# --- whom the nodes may talk to

resource "aws_security_group" "this" {
  # A changed description would replace the group, which AWS refuses while it is in use: it says nothing that changes.
  #checkov:skip=CKV2_AWS_5:Batch attaches it to the nodes that it starts, through the compute environments
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_ingress_rule" "self" {
  for_each = toset(var.nodes > 1 ? ["nodes"] : [])

  security_group_id            = aws_security_group.this.id
  description                  = "All between the nodes"
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} nodes" }
}

resource "aws_vpc_security_group_egress_rule" "self" {
  for_each = toset(var.nodes > 1 ? ["nodes"] : [])

  security_group_id            = aws_security_group.this.id
  description                  = "All between the nodes"
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} nodes" }
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = local.egress

  security_group_id = aws_security_group.this.id
  description       = "${each.value.name} to ${each.value.cidr == null ? "a prefix list" : each.value.cidr}"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
  prefix_list_id    = each.value.list
  tags              = { Name = "${var.name} ${each.value.name}" }
}

# The rules of both ends stand here: a file system knows nothing of who mounts it.
resource "aws_vpc_security_group_egress_rule" "mounts" {
  for_each = local.mounts

  security_group_id            = aws_security_group.this.id
  description                  = "Mounts ${each.value.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = each.value.group
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

resource "aws_vpc_security_group_ingress_rule" "mounts" {
  for_each = local.mounts

  security_group_id            = each.value.group
  description                  = "Mounted by ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

# Lustre's servers open connections to their clients too.
resource "aws_vpc_security_group_egress_rule" "calls_back" {
  for_each = local.calls_back

  security_group_id            = each.value.group
  description                  = "Calls back to ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

resource "aws_vpc_security_group_ingress_rule" "calls_back" {
  for_each = local.calls_back

  security_group_id            = aws_security_group.this.id
  description                  = "Called back by ${each.value.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = each.value.group
  tags                         = { Name = "${var.name} ${each.value.name}" }
}

# --- what the command says

resource "aws_cloudwatch_log_group" "this" {
  name              = var.log_group.name
  retention_in_days = var.log_group.retention_days
  kms_key_id        = var.key_arn
}

# --- the nodes

resource "aws_placement_group" "this" {
  for_each = toset(var.placement_group ? ["cluster"] : [])

  name     = var.name
  strategy = each.value
}

resource "aws_launch_template" "this" {
  name                   = var.name
  description            = "How Batch launches the nodes of ${var.name}"
  update_default_version = true
  ebs_optimized          = true

  # No container reaches the node's role, neither over the bridge (hop limit) nor by an interface of its own (awsvpc);
  # logs are written by the role that starts the containers. Batch takes user data in MIME parts alone.
  user_data = base64encode(join("\n", [
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=\"landform\"",
    "",
    "--landform",
    "Content-Type: text/x-shellscript; charset=\"us-ascii\"",
    "",
    "#!/bin/bash",
    "echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config",
    "echo ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true >> /etc/ecs/ecs.config",
    "",
    "--landform--",
    "",
  ]))

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  monitoring {
    enabled = true
  }

  block_device_mappings {
    device_name = "/dev/xvda" # the root disk of the ECS-optimized Amazon Linux, which holds images and containers too

    ebs {
      volume_size           = var.root.gib
      volume_type           = var.root.type
      iops                  = var.root.iops
      throughput            = var.root.throughput
      encrypted             = true
      kms_key_id            = var.key_arn
      delete_on_termination = true
    }
  }

  dynamic "tag_specifications" {
    for_each = toset(["network-interface", "volume"])

    content {
      resource_type = tag_specifications.value
      tags          = merge(var.tags, { Name = var.name })
    }
  }

  tags = { Name = var.name }
}

# Without a name, which the provider calls otherwise in each of its major versions: the names that it makes up let a
# changed environment stand before the old one goes. Without a service role: Batch uses its service-linked one, with
# which alone an environment can be changed while it stands.
resource "aws_batch_compute_environment" "this" {
  for_each = toset(local.markets)

  type = "MANAGED"
  tags = { Name = "${var.name}-${lower(each.key)}" }

  compute_resources {
    type                = each.key
    allocation_strategy = each.key == "SPOT" ? "SPOT_PRICE_CAPACITY_OPTIMIZED" : "BEST_FIT_PROGRESSIVE"
    instance_role       = aws_iam_instance_profile.host.arn
    instance_type       = var.instance_types
    min_vcpus           = each.key == local.markets[0] ? var.vcpus.min : 0
    max_vcpus           = var.vcpus.max
    security_group_ids  = [aws_security_group.this.id]
    subnets             = values(var.subnets)
    placement_group     = one(values(aws_placement_group.this)[*].name)
    tags                = merge(var.tags, { Name = var.name })

    ec2_configuration {
      image_type = var.gpu ? "ECS_AL2023_NVIDIA" : "ECS_AL2023"
    }

    launch_template {
      launch_template_id = aws_launch_template.this.id
      version            = aws_launch_template.this.latest_version
    }
  }

  # What runs is left to its end: a new template is for new nodes.
  update_policy {
    job_execution_timeout_minutes = 360
    terminate_jobs_on_update      = false
  }

  lifecycle {
    create_before_destroy = true

    # Batch moves it as jobs come and go.
    ignore_changes = [compute_resources[0].desired_vcpus]
  }

  # The first thing a node does is to use its role, and the way out.
  depends_on = [aws_iam_role_policy.batch_host, aws_vpc_security_group_egress_rule.this]
}

# --- how a job is started

resource "aws_batch_job_queue" "this" {
  name     = var.name
  state    = "ENABLED"
  priority = 1

  dynamic "compute_environment_order" {
    for_each = local.markets

    content {
      order               = compute_environment_order.key + 1
      compute_environment = aws_batch_compute_environment.this[compute_environment_order.value].arn
    }
  }

  tags = { Name = var.name }
}

resource "aws_batch_job_definition" "this" {
  name = var.name
  type = var.nodes > 1 ? "multinode" : "container"

  container_properties = var.nodes > 1 ? null : jsonencode(local.container)
  node_properties = var.nodes == 1 ? null : jsonencode({
    mainNode            = 0
    numNodes            = var.nodes
    nodeRangeProperties = [{ targetNodes = "0:${var.nodes - 1}", container = local.container }]
  })

  propagate_tags = true
  tags           = { Name = var.name }

  # What AWS takes back, or what breaks under it, is started again; what fails by itself would fail again.
  retry_strategy {
    attempts = 10

    evaluate_on_exit {
      action           = "RETRY"
      on_status_reason = "Host EC2*"
    }

    evaluate_on_exit {
      action    = "EXIT"
      on_reason = "*"
    }
  }

  timeout {
    attempt_duration_seconds = var.max_runtime
  }

  depends_on = [
    aws_iam_role_policy.batch_apis,
    aws_iam_role_policy.batch_edges,
    aws_iam_role_policy.batch_mounts,
    aws_iam_role_policy.batch_start,
    aws_vpc_security_group_egress_rule.calls,
    aws_vpc_security_group_egress_rule.calls_back,
    aws_vpc_security_group_egress_rule.mounts,
    aws_vpc_security_group_egress_rule.self,
    aws_vpc_security_group_egress_rule.this,
    aws_vpc_security_group_ingress_rule.calls,
    aws_vpc_security_group_ingress_rule.calls_back,
    aws_vpc_security_group_ingress_rule.mounts,
    aws_vpc_security_group_ingress_rule.self,
  ]
}
