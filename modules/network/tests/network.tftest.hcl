mock_provider "aws" {
  # The provider looks at the form of these ARNs; a mock's random words are refused.
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/demo/prd/network" }
  }
}

variables {
  name    = "demo-prd"
  region  = "eu-west-1"
  account = "123456789012"
  cidr    = "10.20.0.0/16"
  zones = {
    euw1-az1 = { public = "10.20.0.0/22", private = "10.20.64.0/20", isolated = "10.20.192.0/22" }
    euw1-az2 = { public = "10.20.4.0/22", private = "10.20.80.0/20", isolated = "10.20.196.0/22" }
  }
  egress = "nat-per-zone"
  flow_logs = {
    retention_days = 365
    key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
    log_group      = "/demo/prd/network"
    role_name      = "demo-prd-flow-logs-eu-west-1"
  }
}

run "subnets_stand_in_zones_by_id" {
  command = plan

  assert {
    condition     = { for zone, subnet in aws_subnet.private : zone => [subnet.availability_zone_id, subnet.cidr_block] } == { euw1-az1 = ["euw1-az1", "10.20.64.0/20"], euw1-az2 = ["euw1-az2", "10.20.80.0/20"] }
    error_message = "a private subnet has another zone or block than asked for"
  }

  assert {
    condition     = aws_subnet.public["euw1-az2"].cidr_block == "10.20.4.0/22" && aws_subnet.isolated["euw1-az2"].cidr_block == "10.20.196.0/22"
    error_message = "a public or isolated subnet has another block than asked for"
  }

  assert {
    condition     = alltrue([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private), values(aws_subnet.isolated)) : !subnet.map_public_ip_on_launch])
    error_message = "what starts in a subnet gets a public address by itself"
  }

  assert {
    condition     = aws_vpc.this.enable_dns_support && aws_vpc.this.enable_dns_hostnames
    error_message = "endpoints would not answer under their services' names"
  }
}

run "everything_is_wired_to_its_own_zone" {
  command = apply

  assert {
    condition     = alltrue([for zone, route in aws_route.private_nat : route.nat_gateway_id == aws_nat_gateway.this[zone].id && route.route_table_id == aws_route_table.private[zone].id])
    error_message = "a zone leaves through the NAT of another"
  }

  assert {
    condition     = alltrue([for zone, nat in aws_nat_gateway.this : nat.subnet_id == aws_subnet.public[zone].id && nat.allocation_id == aws_eip.nat[zone].id])
    error_message = "a NAT gateway stands in the wrong subnet"
  }

  assert {
    condition     = alltrue([for zone, association in aws_route_table_association.isolated : association.route_table_id == aws_route_table.isolated.id])
    error_message = "an isolated subnet has another table than the one without routes"
  }

  assert {
    condition     = output.subnets.private == { for zone, subnet in aws_subnet.private : zone => subnet.id } && keys(output.subnets) == ["isolated", "private", "public"]
    error_message = "the subnets are not given out by tier and zone"
  }

  assert {
    condition     = toset(keys(output.nat_public_ips)) == toset(["euw1-az1", "euw1-az2"])
    error_message = "the addresses of the NAT gateways are not given out"
  }

  assert {
    condition     = aws_network_acl.tier["isolated"].subnet_ids == toset([for subnet in aws_subnet.isolated : subnet.id])
    error_message = "an isolated subnet keeps the default ACL, which lets everything through"
  }

  assert {
    condition     = aws_flow_log.this.vpc_id == aws_vpc.this.id && aws_flow_log.this.traffic_type == "ALL" && aws_cloudwatch_log_group.flow_logs.kms_key_id == var.flow_logs.key_arn
    error_message = "connections go unrecorded, or the record is not encrypted"
  }

  assert {
    condition     = output.endpoint_security_group_id == null && output.prefix_lists == {}
    error_message = "endpoints are given out that nobody asked for"
  }
}

run "one_nat_for_all" {
  command = apply

  variables {
    egress   = "nat-single"
    nat_zone = "euw1-az2"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["euw1-az2"]
    error_message = "the NAT gateway stands in another zone"
  }

  assert {
    condition     = length(aws_route.private_nat) == 2 && alltrue([for route in aws_route.private_nat : route.nat_gateway_id == aws_nat_gateway.this["euw1-az2"].id])
    error_message = "a private subnet has no way out"
  }
}

run "no_way_out_and_none_in" {
  command = plan

  variables {
    egress = "none"
  }

  assert {
    condition     = length(aws_nat_gateway.this) + length(aws_eip.nat) + length(aws_internet_gateway.this) + length(aws_route.private_nat) + length(aws_route.public_internet) == 0
    error_message = "a way to the internet stands"
  }

  assert {
    condition     = toset([for rule in aws_network_acl.tier["public"].ingress : rule.cidr_block]) == toset(["10.20.0.0/16"])
    error_message = "the public tier lets the internet in"
  }

  assert {
    condition     = toset([for rule in aws_network_acl.tier["private"].egress : "${rule.protocol} ${rule.cidr_block} ${rule.to_port}"]) == toset(["-1 10.20.0.0/16 0", "-1 10.0.0.0/8 0", "-1 172.16.0.0/12 0", "-1 192.168.0.0/16 0", "tcp 0.0.0.0/0 443"])
    error_message = "the private tier reaches more than the networks it may be connected to and the gateway endpoints"
  }
}

run "lists_let_replies_back_in_and_no_calls" {
  command = plan

  assert {
    condition = toset([for rule in aws_network_acl.tier["private"].ingress : "${rule.protocol} ${rule.cidr_block} ${rule.from_port}-${rule.to_port}"]) == toset([
      "-1 10.20.0.0/16 0-0", "-1 10.0.0.0/8 0-0", "-1 172.16.0.0/12 0-0", "-1 192.168.0.0/16 0-0",
      "tcp 0.0.0.0/0 1024-65535", "udp 0.0.0.0/0 1024-65535", "icmp 0.0.0.0/0 0-0",
    ])
    error_message = "the private tier admits calls from outside, or refuses replies"
  }

  assert {
    condition = toset([for rule in aws_network_acl.tier["public"].ingress : "${rule.protocol} ${rule.cidr_block} ${rule.from_port}-${rule.to_port}"]) == toset([
      "-1 10.20.0.0/16 0-0", "tcp 0.0.0.0/0 443-443", "tcp 0.0.0.0/0 1024-65535", "udp 0.0.0.0/0 1024-65535", "icmp 0.0.0.0/0 0-0",
    ])
    error_message = "the public tier admits more than HTTPS and replies, or less"
  }

  assert {
    condition     = [for rule in aws_network_acl.tier["public"].ingress : [rule.icmp_type, rule.icmp_code] if rule.protocol == "icmp"] == [[3, 4]]
    error_message = "of ICMP only the discovery of a path's MTU comes in"
  }

  assert {
    condition     = toset([for rule in aws_network_acl.tier["isolated"].ingress : "${rule.protocol} ${rule.cidr_block}"]) == toset(["-1 10.20.0.0/16", "tcp 0.0.0.0/0"])
    error_message = "the isolated tier admits more than the network and replies of gateway endpoints"
  }

  assert {
    condition     = toset([for rule in aws_network_acl.tier["isolated"].egress : "${rule.protocol} ${rule.cidr_block} ${rule.to_port}"]) == toset(["-1 10.20.0.0/16 0", "tcp 0.0.0.0/0 443"])
    error_message = "the isolated tier reaches more than the network and the gateway endpoints"
  }
}

run "flow_logs_alone_take_their_role" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.flow_logs.assume_role_policy).Statement[0].Condition == {
      StringEquals = { "aws:SourceAccount" = "123456789012" }
      ArnLike      = { "aws:SourceArn" = "arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*" }
    }
    error_message = "flow logs of other accounts may take the role"
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.flow_logs.policy, "logs:CreateLogGroup") && !strcontains(aws_iam_role_policy.flow_logs.policy, "\"Resource\":\"*\"")
    error_message = "the role may make log groups, or reach those of others"
  }
}

run "endpoints_let_through_what_was_said" {
  command = apply

  variables {
    gateway_endpoints = {
      s3 = {
        statements = [
          {
            sid       = "WorkbenchReads"
            actions   = ["s3:GetObject"]
            resources = ["arn:aws:s3:::demo-prd-orders/*"]
            conditions = {
              ArnEquals = { "aws:PrincipalArn" = ["arn:aws:iam::123456789012:role/demo-prd-workbench-eu-west-1"] }
            }
          },
          {
            sid       = "Repositories"
            actions   = ["s3:GetObject"]
            resources = ["arn:aws:s3:::al2023-repos-eu-west-1-de612dc2/*"]
          },
        ]
      }
    }
    interface_endpoints = {
      ssm = {
        zones      = ["euw1-az1", "euw1-az2"]
        statements = [{ sid = "Agents", actions = ["ssm:UpdateInstanceInformation"], resources = ["*"] }]
      }
      "ecr.api" = { zones = ["euw1-az2"] }
      studio    = { zones = ["euw1-az1"] }
    }
  }

  assert {
    condition = jsondecode(aws_vpc_endpoint.gateway["s3"].policy).Statement == [
      {
        Sid       = "WorkbenchReads"
        Effect    = "Allow"
        Principal = "*"
        Action    = ["s3:GetObject"]
        Resource  = ["arn:aws:s3:::demo-prd-orders/*"]
        Condition = { ArnEquals = { "aws:PrincipalArn" = ["arn:aws:iam::123456789012:role/demo-prd-workbench-eu-west-1"] } }
      },
      {
        Sid       = "Repositories"
        Effect    = "Allow"
        Principal = "*"
        Action    = ["s3:GetObject"]
        Resource  = ["arn:aws:s3:::al2023-repos-eu-west-1-de612dc2/*"]
      },
    ]
    error_message = "the policy is not what was said: a condition where there is one, none where there is none"
  }

  assert {
    condition     = length(aws_vpc_endpoint.gateway["s3"].route_table_ids) == 4 && aws_vpc_endpoint.gateway["s3"].service_name == "com.amazonaws.eu-west-1.s3"
    error_message = "the endpoint stands in fewer tables than there are"
  }

  assert {
    condition     = aws_vpc_endpoint.interface["studio"].service_name == "aws.sagemaker.eu-west-1.studio" && aws_vpc_endpoint.interface["ecr.api"].service_name == "com.amazonaws.eu-west-1.ecr.api"
    error_message = "an endpoint leads to no service"
  }

  assert {
    condition     = aws_vpc_endpoint.interface["ecr.api"].subnet_ids == toset([aws_subnet.private["euw1-az2"].id]) && aws_vpc_endpoint.interface["ecr.api"].private_dns_enabled
    error_message = "an interface endpoint stands in a zone that its service lacks, or under no name"
  }

  assert {
    condition     = aws_vpc_endpoint.interface["ssm"].security_group_ids == toset([output.endpoint_security_group_id])
    error_message = "an interface endpoint has another security group"
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.endpoints_https : [rule.cidr_ipv4, rule.from_port, rule.to_port, rule.ip_protocol]] == [["10.20.0.0/16", 443, 443, "tcp"]]
    error_message = "endpoints admit more than HTTPS from the network"
  }

  assert {
    condition     = output.prefix_lists == { s3 = aws_vpc_endpoint.gateway["s3"].prefix_list_id }
    error_message = "the prefix lists are not given out"
  }
}
