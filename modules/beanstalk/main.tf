locals {
  scheme = var.certificate_arn == null ? "http" : "https"
  stack  = coalesce(var.stack.name, var.stack.default.name)
  port   = var.certificate_arn == null ? 80 : 443
  settings = merge([
    for namespace, options in local.options : {
      for name, value in options : "${namespace} ${name}" => { namespace = namespace, name = name, value = tostring(value) }
    }
  ]...)

  # One rule resource for each block or prefix list: adding one never touches another. Ids of prefix lists are not
  # known before the first apply, so they cannot be keys.
  egress = merge([
    for name, rule in var.egress : merge(
      { for cidr in rule.cidrs : "${name} ${cidr}" => { name = name, port = rule.port, cidr = cidr, list = null } },
      { for i, list in rule.prefix_list_ids : "${name} list ${i}" => { name = name, port = rule.port, cidr = null, list = list } },
    )
  ]...)

  roles = {
    instance = { name = var.role_name, service = "ec2.amazonaws.com", statements = var.statements, conditions = {} }
    # Beanstalk looks with it, and nothing else: what is made and changed, is with the rights of who applies.
    service = { name = var.service_role.name, service = "elasticbeanstalk.amazonaws.com", statements = var.service_role.statements, conditions = {
      StringEquals = { "sts:ExternalId" = "elasticbeanstalk" }
    } }
  }

  policies = {
    for role, own in local.roles : role => jsonencode({
      Version = "2012-10-17"
      Statement = [
        for s in own.statements : merge(
          { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources },
          length(s.conditions) > 0 ? { Condition = s.conditions } : {},
        )
      ]
    })
  }
}

# --- who may call: the balancer, and of the instances nobody but the balancer

# Callers inside open the way in their own modules, with a rule that names this group.
resource "aws_security_group" "balancer" {
  #checkov:skip=CKV2_AWS_5:The balancer that it is attached to is Beanstalk's, which is told by a setting
  # A changed description would replace the group, which AWS refuses while it is in use: it says nothing that changes.
  name        = "${var.name}-balancer"
  description = "Callers of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "world" {
  for_each = var.public ? { https = 443 } : {}

  security_group_id = aws_security_group.balancer.id
  description       = "The world, by ${each.key}"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
  cidr_ipv4         = "0.0.0.0/0"
  tags              = { Name = "${var.name} ${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "Requests to the instances"
  ip_protocol                  = "tcp"
  from_port                    = 80
  to_port                      = 80
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} requests" }
}

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:The instances that it is attached to are Beanstalk's, which is told by a setting
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  security_group_id            = aws_security_group.this.id
  description                  = "Requests from the balancer"
  ip_protocol                  = "tcp"
  from_port                    = 80
  to_port                      = 80
  referenced_security_group_id = aws_security_group.balancer.id
  tags                         = { Name = "${var.name} requests" }
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

# --- what it may do, and how Beanstalk looks after it

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = each.value.name
  description          = each.key == "instance" ? "What ${var.name} may do in ${var.region}" : "How Beanstalk looks after ${var.name} in ${var.region}"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = each.value.service } },
      length(each.value.conditions) > 0 ? { Condition = each.value.conditions } : {},
    )]
  })
}

resource "aws_iam_role_policy" "beanstalk" {
  for_each = local.policies

  name   = each.key == "instance" ? "edges" : "health"
  role   = aws_iam_role.this[each.key].name
  policy = each.value

  lifecycle {
    precondition {
      condition     = length(each.value) <= 10240
      error_message = "The permissions of ${var.name} make a policy of ${length(each.value)} characters; IAM allows a role 10240."
    }
  }
}

resource "aws_iam_instance_profile" "this" {
  name = var.role_name
  path = var.iam_path
  role = aws_iam_role.this["instance"].name
}

# --- the application, and the version in force

# Without the tag Name, which Beanstalk gives its own things and the provider leaves out of what it reads. No rule about old versions: Terraform keeps the one in force, and the rule would need a role that may delete.
resource "aws_elastic_beanstalk_application" "this" {
  name        = var.name
  description = "${var.description} (landform)"
}

# Named after its content: new code is a new version beside the old one, which goes once the environment has left it.
resource "aws_elastic_beanstalk_application_version" "this" {
  name        = "${var.name}-${substr(var.code.hash, 0, 16)}"
  application = aws_elastic_beanstalk_application.this.name
  description = "${var.description} (landform)"
  bucket      = var.code.bucket
  key         = var.code.key

  lifecycle {
    create_before_destroy = true
  }
}

# --- what it writes down

# Beanstalk makes these groups where they are not there, and then without a key. It finds those that a former
# environment of this name left as well.
resource "aws_cloudwatch_log_group" "environment" {
  for_each = toset(var.logs.groups)

  name              = each.value
  retention_in_days = var.logs.retention_days
  kms_key_id        = var.key_arn
  skip_destroy      = var.logs.keep
}

# --- the environment

resource "aws_elastic_beanstalk_environment" "this" {
  #checkov:skip=CKV_AWS_312:The check asks for an option of a namespace that has none of that name; health is enhanced (SystemType), which is what it means
  #checkov:skip=CKV_AWS_340:Updates that Beanstalk makes by itself need a role that may make and pass on nearly everything; a new stack comes with an apply, by the rights of who applies
  name                = var.name
  application         = aws_elastic_beanstalk_application.this.name
  description         = "${var.description} (landform)"
  solution_stack_name = local.stack
  version_label       = aws_elastic_beanstalk_application_version.this.name
  cname_prefix        = var.cname_prefix
  tier                = "WebServer"

  # An immutable update may take the half hour that the settings give it, and begins with a wait of its own.
  wait_for_ready_timeout = "60m"

  dynamic "setting" {
    for_each = local.settings

    content {
      namespace = setting.value.namespace
      name      = setting.value.name
      value     = setting.value.value
    }
  }

  # The first instances fetch the code, report and are asked for their health as soon as they are up.
  depends_on = [
    aws_cloudwatch_log_group.environment,
    aws_iam_role_policy.beanstalk_apis,
    aws_iam_role_policy.beanstalk,
    aws_vpc_security_group_egress_rule.balancer,
    aws_vpc_security_group_egress_rule.calls,
    aws_vpc_security_group_egress_rule.this,
    aws_vpc_security_group_ingress_rule.calls,
    aws_vpc_security_group_ingress_rule.this,
  ]
}

# Names of stacks end: AWS offers the newest versions of a platform to those who begin. A warning, not an error: an
# environment that runs goes on running.
check "stack" {
  assert {
    # Nobody knows the age of a name that is not the default.
    condition     = local.stack != var.stack.default.name || timecmp(plantimestamp(), timeadd("${var.stack.default.recorded}T00:00:00Z", "1440h")) <= 0
    error_message = "\"${local.stack}\" was recorded on ${var.stack.default.recorded}, more than 60 days ago: AWS has newer ones by now, and may not take it for a new environment any more. `aws elasticbeanstalk list-available-solution-stacks` lists them; say which in the variable beanstalk_stacks."
  }
}

# --- its name, where it has one of its own

resource "aws_route53_record" "this" {
  for_each = var.domain == null ? {} : { domain = var.domain }

  zone_id        = each.value.zone
  name           = each.value.name
  type           = "A"
  set_identifier = each.value.nearest ? var.region : null

  # Of a name for several regions, one without a healthy instance leads nobody there. An alias may be a zone's own name.
  alias {
    name                   = aws_elastic_beanstalk_environment.this.cname
    zone_id                = each.value.alias_zone
    evaluate_target_health = true
  }

  dynamic "latency_routing_policy" {
    for_each = each.value.nearest ? [var.region] : []

    content {
      region = latency_routing_policy.value
    }
  }
}
