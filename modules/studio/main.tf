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
      for port in system.ports : "${name} ${port.from}" => { group = system.security_group_id, name = name, from = port.from, to = port.to }
    }
  ]...)

  # What of a role does not fit into the policy of its own stands in others beside it.
  more = merge([
    for user, own in var.users : { for i, statements in own.more : "${user} ${i + 2}" => { user = user, name = "${own.role_name}-${i + 2}", statements = statements } }
  ]...)

  policies = {
    for name, statements in merge({ for user, own in var.users : user => own.statements }, { for name, own in local.more : name => own.statements }) :
    name => jsonencode({
      Version = "2012-10-17"
      Statement = [
        for s in statements : merge(
          { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources },
          length(s.conditions) > 0 ? { Condition = s.conditions } : {},
        )
      ]
    })
  }

  # SageMaker serves every AWS customer: only for this account's domain may it take a role.
  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account }
        ArnLike      = { "aws:SourceArn" = "arn:aws:sagemaker:${var.region}:${var.account}:*" }
      }
    }]
  })

  # SageMaker mounts under a path of its own; a link leads there from the path that the spec names.
  links = [
    for path, mount in var.mounts :
    "sudo -n ln -sfn /mnt/custom-file-systems/efs/${mount.file_system_id} ${path} || ln -sfn /mnt/custom-file-systems/efs/${mount.file_system_id} ~/${basename(path)}"
  ]

  # Apps take no environment: terminals read it from a file, notebooks before their first cell.
  start = join("\n", concat(
    [
      "#!/bin/bash",
      "set -eu",
      "mkdir -p ~/.landform ~/.ipython/profile_default/startup",
      "cat > ~/.landform/environment <<'LANDFORM_END'",
    ],
    [for name, value in var.environment : "export ${name}='${replace(value, "'", "'\\''")}'"],
    [
      "LANDFORM_END",
      "cat > ~/.ipython/profile_default/startup/00-landform.py <<'LANDFORM_END'",
      "import os",
      "os.environ.update(${jsonencode(var.environment)})",
      "LANDFORM_END",
      "grep -qs landform/environment ~/.bashrc || echo '. ~/.landform/environment' >> ~/.bashrc",
    ],
    local.links,
    [""],
  ))
}

# --- whom apps may talk to

resource "aws_security_group" "this" {
  # A changed description would replace the group, which AWS refuses while it is in use: it says nothing that changes.
  #checkov:skip=CKV2_AWS_5:the domain attaches it to the interfaces of its apps
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
}

# Apps and their kernels talk to each other, at least from 8192 on: SageMaker developer guide, "Connect Amazon SageMaker
# Studio in a VPC to external resources" (read 2026-11-29).
resource "aws_vpc_security_group_ingress_rule" "self" {
  security_group_id            = aws_security_group.this.id
  description                  = "All between apps and kernels"
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} apps" }
}

resource "aws_vpc_security_group_egress_rule" "self" {
  security_group_id            = aws_security_group.this.id
  description                  = "All between apps and kernels"
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} apps" }
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

# --- what each user may do

resource "aws_iam_role" "user" {
  for_each = var.users

  name                 = each.value.role_name
  description          = "What ${each.key} may do in Studio in ${var.region}"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.trust
}

resource "aws_iam_role_policy" "studio_user" {
  for_each = var.users

  name   = "edges"
  role   = aws_iam_role.user[each.key].name
  policy = local.policies[each.key]

  lifecycle {
    precondition {
      condition     = length(local.policies[each.key]) <= 10240
      error_message = "The permissions of ${each.key} make a policy of ${length(local.policies[each.key])} characters; IAM allows a role 10240."
    }
  }
}

resource "aws_iam_policy" "studio_more" {
  for_each = local.more

  name        = each.value.name
  description = "What ${each.value.user} may do in Studio in ${var.region}, continued"
  path        = var.iam_path
  policy      = local.policies[each.key]
}

resource "aws_iam_role_policy_attachment" "studio_more" {
  for_each = local.more

  role       = aws_iam_role.user[each.value.user].name
  policy_arn = aws_iam_policy.studio_more[each.key].arn
}

# A domain has to have a role for who has none. Everybody here has one: this may do nothing.
resource "aws_iam_role" "nobody" {
  name                 = var.role_name
  description          = "What ${var.name} has to have: it may do nothing"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.trust
}

# --- the domain

# SageMaker would make the group with the first line, without a key and for ever.
resource "aws_cloudwatch_log_group" "this" {
  for_each = var.log_days == null ? {} : { this = var.log_days }

  name              = "/aws/sagemaker/studio"
  retention_in_days = each.value
  kms_key_id        = var.key_arn
}

resource "aws_sagemaker_studio_lifecycle_config" "this" {
  # An app that has started keeps the script that it started with: another text is another script, beside the old one.
  studio_lifecycle_config_name     = "${var.name}-${substr(sha256(local.start), 0, 8)}"
  studio_lifecycle_config_app_type = "JupyterLab"
  studio_lifecycle_config_content  = base64encode(local.start)

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_domain" "this" {
  domain_name             = var.name
  auth_mode               = var.auth == "sso" ? "SSO" : "IAM"
  vpc_id                  = var.vpc_id
  subnet_ids              = values(var.subnets)
  app_network_access_type = "VpcOnly"
  kms_key_id              = var.key_arn
  tag_propagation         = "ENABLED"

  default_user_settings {
    execution_role      = aws_iam_role.nobody.arn
    security_groups     = [aws_security_group.this.id]
    auto_mount_home_efs = "Disabled"
    default_landing_uri = "studio::"
    studio_web_portal   = "ENABLED"

    jupyter_lab_app_settings {
      lifecycle_config_arns = [aws_sagemaker_studio_lifecycle_config.this.arn]

      default_resource_spec {
        instance_type        = var.instance
        lifecycle_config_arn = aws_sagemaker_studio_lifecycle_config.this.arn
      }

      app_lifecycle_management {
        idle_settings {
          lifecycle_management        = "ENABLED"
          idle_timeout_in_minutes     = var.idle_minutes
          min_idle_timeout_in_minutes = 60
          max_idle_timeout_in_minutes = var.idle_minutes
        }
      }
    }

    space_storage_settings {
      default_ebs_storage_settings {
        default_ebs_volume_size_in_gb = var.disk_gib
        maximum_ebs_volume_size_in_gb = var.disk_gib
      }
    }
  }

  # Nobody keeps anything in the file system that SageMaker makes for itself, since it is not mounted: homes are disks of
  # spaces, and what is shared is mounted beside. Left behind, it would keep the subnets.
  retention_policy {
    home_efs_file_system = "Delete"
  }

  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_vpc_security_group_egress_rule.calls,
    aws_vpc_security_group_egress_rule.mounts,
    aws_vpc_security_group_egress_rule.self,
    aws_vpc_security_group_egress_rule.this,
    aws_vpc_security_group_ingress_rule.calls,
    aws_vpc_security_group_ingress_rule.mounts,
    aws_vpc_security_group_ingress_rule.self,
  ]
}

# --- the people

resource "aws_sagemaker_user_profile" "this" {
  for_each = var.users

  domain_id                      = aws_sagemaker_domain.this.id
  user_profile_name              = each.value.profile
  single_sign_on_user_identifier = var.auth == "sso" ? "UserName" : null
  single_sign_on_user_value      = var.auth == "sso" ? each.value.login : null

  user_settings {
    execution_role      = aws_iam_role.user[each.key].arn
    security_groups     = [aws_security_group.this.id]
    auto_mount_home_efs = "Disabled"

    dynamic "canvas_app_settings" {
      for_each = var.canvas == null ? {} : { this = var.canvas }

      content {
        direct_deploy_settings {
          status = "DISABLED"
        }

        model_register_settings {
          status = "DISABLED"
        }

        time_series_forecasting_settings {
          status = "DISABLED"
        }

        workspace_settings {
          s3_artifact_path = "s3://${canvas_app_settings.value.bucket}/canvas/studio-${each.key}"
          s3_kms_key_id    = var.key_arn
        }
      }
    }

    dynamic "custom_file_system_config" {
      for_each = var.mounts

      content {
        efs_file_system_config {
          file_system_id   = custom_file_system_config.value.file_system_id
          file_system_path = custom_file_system_config.value.directory
        }
      }
    }
  }

  # Whoever signs in finds what the role may do.
  depends_on = [aws_iam_role_policy.studio_user, aws_iam_role_policy_attachment.studio_more]
}

resource "aws_sagemaker_space" "this" {
  for_each = var.users

  domain_id          = aws_sagemaker_domain.this.id
  space_name         = each.value.space
  space_display_name = each.value.space

  ownership_settings {
    owner_user_profile_name = aws_sagemaker_user_profile.this[each.key].user_profile_name
  }

  space_sharing_settings {
    sharing_type = "Private"
  }

  space_settings {
    app_type = "JupyterLab"

    jupyter_lab_app_settings {
      default_resource_spec {
        instance_type        = var.instance
        lifecycle_config_arn = aws_sagemaker_studio_lifecycle_config.this.arn
      }

      app_lifecycle_management {
        idle_settings {
          idle_timeout_in_minutes = var.idle_minutes
        }
      }
    }

    space_storage_settings {
      ebs_storage_settings {
        ebs_volume_size_in_gb = var.disk_gib
      }
    }

    dynamic "custom_file_system" {
      for_each = var.mounts

      content {
        efs_file_system {
          file_system_id = custom_file_system.value.file_system_id
        }
      }
    }
  }
}
