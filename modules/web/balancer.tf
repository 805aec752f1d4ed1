locals {
  # A certificate or none decides how callers come in.
  tls = var.certificate_arn == null ? {} : { tls = var.certificate_arn }

  listener = var.certificate_arn == null ? { scheme = "http", port = 80 } : { scheme = "https", port = 443 }

  # Port 80 stays shut, even for a redirect: whoever begins in plain text has sent his credentials already.
  doors = var.public ? { https = 443 } : {}

  records = var.domain == null ? {} : { (var.domain.latency ? "latency" : var.domain.failover != null ? "failover" : "plain") = var.domain }

  # Route 53 asks from outside: it reaches no internal balancer, for which the balancer's own health stands.
  checked = { for routing, domain in local.records : routing => domain if routing != "plain" && var.public }
}

# --- who may call

# Callers inside open the way in their own modules, with a rule that names this group.
resource "aws_security_group" "balancer" {
  name        = "${var.name}-balancer"
  description = "Callers of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "world" {
  for_each = local.doors

  security_group_id = aws_security_group.balancer.id
  description       = "The world, by ${each.key}"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
  cidr_ipv4         = "0.0.0.0/0"
  tags              = { Name = "${var.name} ${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "hosts" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "Requests and health checks to the hosts"
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} hosts" }
}

# --- the balancer

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_150:the caller decides with protect; outside production a system can be torn down in one step
  #checkov:skip=CKV2_AWS_20:with a certificate nothing answers by plain HTTP; without one, which only an internal balancer may be, there is nothing to redirect to
  name                       = var.balancer_name
  load_balancer_type         = "application"
  internal                   = !var.public
  subnets                    = values(var.balancer_subnets)
  security_groups            = [aws_security_group.balancer.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.protect

  access_logs {
    enabled = true
    bucket  = var.access_logs.bucket
    prefix  = var.access_logs.prefix
  }

  tags = { Name = var.name }
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:TLS ends at the balancer; behind it a request crosses nothing but the VPC, between two security groups that name each other
  name     = var.target_group_name
  port     = var.port
  protocol = "HTTP"
  vpc_id   = var.vpc_id

  # One request may take a hundred times as long as the next: the host with the fewest at work gets it.
  load_balancing_algorithm_type = "least_outstanding_requests"

  # A balancer gives up on a request after 60 silent seconds: what a host that leaves has at work is over by then.
  deregistration_delay = 60

  health_check {
    path                = var.health_path
    matcher             = "200-299"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  tags = { Name = var.name }

  # Its name holds the port, so that one for another port stands beside it until the listeners have changed over.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "https" {
  for_each = local.tls

  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06" # TLS 1.3, and 1.2 with forward secrecy
  certificate_arn   = each.value

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_lb_listener" "plain" {
  #checkov:skip=CKV_AWS_2:inside the VPC and without a certificate, as the spec says, which the compiler warns of
  #checkov:skip=CKV_AWS_103:the same: there is no TLS whose version could be too old
  for_each = var.certificate_arn == null ? { http = 80 } : {}

  load_balancer_arn = aws_lb.this.arn
  port              = each.value
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

# --- how it is found

resource "aws_route53_health_check" "this" {
  for_each = local.checked

  type              = "HTTPS"
  fqdn              = aws_lb.this.dns_name
  port              = 443
  resource_path     = var.health_path
  enable_sni        = true
  request_interval  = 30
  failure_threshold = 3
  tags              = { Name = var.name }
}

resource "aws_route53_record" "this" {
  for_each = local.records

  zone_id         = each.value.zone_id
  name            = each.value.name
  type            = "A"
  set_identifier  = each.key == "plain" ? null : var.region
  health_check_id = one([for check in aws_route53_health_check.this : check.id])

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }

  dynamic "latency_routing_policy" {
    for_each = each.key == "latency" ? [var.region] : []

    content {
      region = latency_routing_policy.value
    }
  }

  dynamic "failover_routing_policy" {
    for_each = each.key == "failover" ? [each.value.failover] : []

    content {
      type = failover_routing_policy.value
    }
  }
}
