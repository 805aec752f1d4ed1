variable "name" {
  description = "The prefix of the names of everything in the network."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,62}$", var.name))
    error_message = "name is \"${var.name}\". Give 2 to 63 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "region" {
  description = "The region that the provider of this module works in; the names of endpoint services hold it."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is \"${var.region}\". Give a region's code, such as eu-west-1."
  }
}

variable "account" {
  description = "The account that owns the network: twelve digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account is \"${var.account}\". An AWS account id has twelve digits: quote it, so that leading zeros stay."
  }
}

variable "cidr" {
  description = "The VPC's IPv4 block, a /16 at the largest."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) && try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 28, false)
    error_message = "cidr is \"${var.cidr}\". A VPC takes an IPv4 block of /16 to /28: cut a larger space into one block for each region."
  }
}

variable "zones" {
  description = "The zones by id (use1-az1), which name the same place in every account, each with the IPv4 block of its public, private and isolated subnet."
  type = map(object({
    public   = string
    private  = string
    isolated = string
  }))

  validation {
    condition     = length(var.zones) > 0
    error_message = "The network has no zone. Give at least one, two for what must outlive the loss of a zone."
  }

  validation {
    condition     = alltrue([for id in keys(var.zones) : can(regex("^[a-z]{2,4}[0-9]-az[0-9]+$", id))])
    error_message = "A key of zones is not a zone id. Write use1-az1, not us-east-1a: letters name other places in other accounts."
  }

  validation {
    condition     = alltrue(flatten([for zone in var.zones : [for block in values(zone) : can(cidrnetmask(block)) && try(tonumber(split("/", block)[1]) <= 28, false)]]))
    error_message = "The block of a subnet is not an IPv4 block of /28 or larger, the least that AWS takes. Correct it."
  }
}

variable "egress" {
  description = "How private subnets reach the internet: nat-per-zone (outlives the loss of a zone), nat-single (cheaper) or none (endpoints only, and no way in either)."
  type        = string

  validation {
    condition     = contains(["nat-per-zone", "nat-single", "none"], var.egress)
    error_message = "egress is \"${var.egress}\". Take nat-per-zone, nat-single or none."
  }
}

variable "nat_zone" {
  description = "With nat-single the id of the zone that holds the NAT gateway, else null."
  type        = string
  default     = null

  validation {
    condition     = var.egress != "nat-single" || try(contains(keys(var.zones), var.nat_zone), false)
    error_message = "egress is nat-single, and nat_zone is none of the zones. Name the zone that is to hold the NAT gateway."
  }

  validation {
    condition     = var.egress == "nat-single" || var.nat_zone == null
    error_message = "nat_zone is set, but egress is ${var.egress}. Leave nat_zone null, or take nat-single."
  }
}

variable "gateway_endpoints" {
  description = "The endpoints in the route tables, by service (s3, dynamodb), with the statements that they let through. Callers are told apart by aws:PrincipalArn conditions: a gateway takes no principal but *."
  type = map(object({
    statements = list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    }))
  }))
  default = {}

  validation {
    condition     = alltrue([for service in keys(var.gateway_endpoints) : contains(["s3", "dynamodb"], service)])
    error_message = "A gateway endpoint is for another service than s3 or dynamodb, the two that have one. Make it an interface endpoint."
  }

  validation {
    condition     = alltrue([for endpoint in var.gateway_endpoints : length(endpoint.statements) > 0])
    error_message = "A gateway endpoint has no statement: AWS refuses an empty policy. Give what it lets through, or leave the endpoint out."
  }
}

variable "interface_endpoints" {
  description = "The endpoints with an address in private subnets, by service (ssm, ecr.api): the zone ids that the service has, and the statements that they let through; null statements for services that take no policy."
  type = map(object({
    zones = list(string)
    statements = optional(list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    })))
  }))
  default = {}

  validation {
    condition     = alltrue([for endpoint in var.interface_endpoints : length(endpoint.zones) > 0 && length(setsubtract(endpoint.zones, keys(var.zones))) == 0])
    error_message = "An interface endpoint has no zone, or one that the network lacks. Give some of: ${join(", ", keys(var.zones))}."
  }

  validation {
    condition     = alltrue([for endpoint in var.interface_endpoints : try(length(endpoint.statements) > 0, endpoint.statements == null)])
    error_message = "An interface endpoint has an empty list of statements: AWS refuses an empty policy. Give what it lets through, or null for a service without policies."
  }
}

variable "flow_logs" {
  description = "The record of connections: the name of its log group, days that it is kept, the KMS key (whose policy must admit CloudWatch Logs for that log group), and the name of the role that writes it."
  type = object({
    retention_days = number
    key_arn        = string
    log_group      = string
    role_name      = string
  })

  validation {
    # The periods that CloudWatch Logs knows (PutRetentionPolicy).
    condition = contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.flow_logs.retention_days)
    error_message = "retention_days of flow_logs is ${var.flow_logs.retention_days}, a period that CloudWatch Logs does not know. Take the next longer one: 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.flow_logs.role_name))
    error_message = "role_name of flow_logs is \"${var.flow_logs.role_name}\". IAM takes up to 64 letters, digits and _ + = , . @ -."
  }
}

variable "iam_path" {
  description = "Path of the roles here, and of what goes with them."
  type        = string
  default     = "/"

  # IAM API, CreateRole: Path.
  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.iam_path)) && length(var.iam_path) <= 512
    error_message = "A path begins and ends with a slash and has at most 512 characters."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds what the roles here may ever do. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:aws:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "A boundary is given by the ARN of a policy."
  }
}
