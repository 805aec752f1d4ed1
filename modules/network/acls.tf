# Network ACLs are the coarse net below the security groups: they keep no state, so replies need rules of their own.
# Lists are inline, not rules of their own: what somebody adds by hand is then seen, and taken back.

locals {
  anywhere = "0.0.0.0/0"

  # Whoever starts a connection is answered on a port of 1024-65535, the range that NAT gateways draw from. S3 and
  # DynamoDB answer from public addresses through their gateway endpoints too, and an ACL takes no prefix list.
  acl_rules = {
    vpc = { number = 100, protocol = "-1", cidr = var.cidr, from = 0, to = 0 }
    # Whoever comes by peering, transit gateway or VPN; the security groups decide which of them and to what port.
    private_10  = { number = 101, protocol = "-1", cidr = "10.0.0.0/8", from = 0, to = 0 }
    private_172 = { number = 102, protocol = "-1", cidr = "172.16.0.0/12", from = 0, to = 0 }
    private_192 = { number = 103, protocol = "-1", cidr = "192.168.0.0/16", from = 0, to = 0 }
    https       = { number = 110, protocol = "tcp", cidr = local.anywhere, from = 443, to = 443 }
    tcp_replies = { number = 120, protocol = "tcp", cidr = local.anywhere, from = 1024, to = 65535 }
    udp_replies = { number = 130, protocol = "udp", cidr = local.anywhere, from = 1024, to = 65535 }
    # "Fragmentation needed" (type 3, code 4): without it a path with a smaller MTU swallows large packets.
    path_mtu = { number = 140, protocol = "icmp", cidr = local.anywhere, from = 0, to = 0, icmp_type = 3, icmp_code = 4 }
    all      = { number = 150, protocol = "-1", cidr = local.anywhere, from = 0, to = 0 }
  }

  with_internet = length(local.internet) > 0

  connected = ["vpc", "private_10", "private_172", "private_192"]

  acls = {
    # From outside: calls to load balancers, and replies to what left through the NAT gateways.
    public = {
      ingress = local.with_internet ? ["vpc", "https", "tcp_replies", "udp_replies", "path_mtu"] : ["vpc"]
      egress  = local.with_internet ? ["all"] : ["vpc"]
    }
    # From the internet: replies alone, through NAT or a gateway endpoint. Without NAT nothing but endpoints is reached.
    private = {
      ingress = concat(local.connected, local.with_internet ? ["tcp_replies", "udp_replies", "path_mtu"] : ["tcp_replies"])
      egress  = local.with_internet ? ["all"] : concat(local.connected, ["https"])
    }
    # The network and the gateway endpoints, whatever routes somebody may add.
    isolated = {
      ingress = ["vpc", "tcp_replies"]
      egress  = ["vpc", "https"]
    }
  }
}

resource "aws_network_acl" "tier" {
  #checkov:skip=CKV_AWS_231:replies arrive on 1024-65535, which holds 3389; security groups admit nobody from outside
  for_each = local.acls

  vpc_id = aws_vpc.this.id
  subnet_ids = [
    for subnet in { public = aws_subnet.public, private = aws_subnet.private, isolated = aws_subnet.isolated }[each.key] : subnet.id
  ]

  dynamic "ingress" {
    for_each = { for rule in each.value.ingress : rule => local.acl_rules[rule] }

    content {
      rule_no    = ingress.value.number
      action     = "allow"
      protocol   = ingress.value.protocol
      cidr_block = ingress.value.cidr
      from_port  = ingress.value.from
      to_port    = ingress.value.to
      icmp_type  = lookup(ingress.value, "icmp_type", null)
      icmp_code  = lookup(ingress.value, "icmp_code", null)
    }
  }

  dynamic "egress" {
    for_each = { for rule in each.value.egress : rule => local.acl_rules[rule] }

    content {
      rule_no    = egress.value.number
      action     = "allow"
      protocol   = egress.value.protocol
      cidr_block = egress.value.cidr
      from_port  = egress.value.from
      to_port    = egress.value.to
    }
  }

  tags = { Name = "${var.name}-${each.key}" }
}
