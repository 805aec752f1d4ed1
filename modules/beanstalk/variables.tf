variable "name" {
  description = "The name of application, environment and security groups, unique in account and region."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]{2,38})[A-Za-z0-9]$", var.name))
    error_message = "name is \"${var.name}\". An environment takes 4 to 40 letters, digits and hyphens, none at its ends."
  }
}

variable "description" {
  description = "What the service is in the spec, such as serve.console."
  type        = string
}

variable "region" {
  description = "The region that the provider of this module works in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is \"${var.region}\". Give a region's code, such as eu-west-1."
  }
}

variable "vpc_id" {
  description = "The VPC that balancer and instances stand in."
  type        = string
}

variable "subnets" {
  description = "The private subnets that the instances stand in: zone => subnet id."
  type        = map(string)

  validation {
    condition     = length(var.subnets) > 0
    error_message = "subnets is empty. An instance stands in at least one."
  }
}

variable "balancer_subnets" {
  description = "The subnets that the load balancer stands in, in two zones or more: zone => subnet id. Private ones, unless it is public."
  type        = map(string)

  validation {
    condition     = length(var.balancer_subnets) >= 2
    error_message = "balancer_subnets has ${length(var.balancer_subnets)}. An application load balancer stands in two zones at least."
  }
}

variable "public" {
  description = "Whether the load balancer is reached from the internet."
  type        = bool
  default     = false

  validation {
    condition     = !var.public || var.certificate_arn != null
    error_message = "public without certificate_arn would take requests in plain text from everywhere. Give a certificate."
  }
}

variable "egress" {
  description = "Where the instances may connect to, by name: a TCP port, to blocks or prefix lists."
  type = map(object({
    port            = number
    cidrs           = optional(list(string), [])
    prefix_list_ids = optional(list(string), [])
  }))
  default = {}
}

variable "services" {
  description = "Services inside the VPC that are called: name => the security group of their balancer, and its port."
  type = map(object({
    security_group_id = string
    port              = number
  }))
  default = {}

  validation {
    condition     = alltrue([for s in values(var.services) : s.port >= 1 && s.port <= 65535])
    error_message = "A port is 1 to 65535."
  }
}

variable "certificate_arn" {
  description = "The certificate of the load balancer, in the same region; null for plain HTTP."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:aws:(acm|iam):", var.certificate_arn))
    error_message = "certificate_arn is not the ARN of a certificate. Give arn:aws:acm:<region>:<account>:certificate/<id>."
  }
}

variable "domain" {
  description = "A name of the service's own, the Route 53 zone that it is in, Beanstalk's own zone in this region, and whether it leads to the nearest of several regions; null for the name that Beanstalk gives it."
  type        = object({ name = string, zone = string, alias_zone = string, nearest = optional(bool, false) })
  default     = null
}

variable "cname_prefix" {
  description = "What stands before .<region>.elasticbeanstalk.com, unique in the region among everybody's."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$", var.cname_prefix))
    error_message = "cname_prefix is \"${var.cname_prefix}\". Beanstalk takes 4 to 63 small letters, digits and hyphens."
  }
}

variable "role_name" {
  description = "The name of the instances' role and profile."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "role_name is \"${var.role_name}\". IAM takes 1 to 64 letters, digits and +=,.@_-."
  }
}

variable "statements" {
  description = "What the instances may do."
  type = list(object({
    sid        = string
    actions    = list(string)
    resources  = list(string)
    conditions = optional(map(map(list(string))), {})
  }))
}

variable "service_role" {
  description = "The role with which Beanstalk looks after the environment, and what it may do."
  type = object({
    name = string
    statements = list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    }))
  })
}

variable "stack" {
  description = "The name of the solution stack, null for the default: a name, and the day on which it was seen to be offered."
  type = object({
    name    = optional(string)
    default = object({ name = string, recorded = string })
  })

  validation {
    condition     = can(regex("^64bit .+ v[0-9.]+ running .+$", coalesce(var.stack.name, var.stack.default.name)))
    error_message = "stack.name is \"${coalesce(var.stack.name, var.stack.default.name)}\". Give it as AWS lists it: 64bit Amazon Linux 2023 v4.13.7 running Python 3.12."
  }

  validation {
    condition     = can(timeadd("${var.stack.default.recorded}T00:00:00Z", "0s"))
    error_message = "stack.default.recorded is \"${var.stack.default.recorded}\". Give a day like 2026-08-17."
  }
}

variable "code" {
  description = "The zip file with the code: its bucket and key, and the SHA-256 of its content in hexadecimal."
  type        = object({ bucket = string, key = string, hash = string })

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.code.hash))
    error_message = "code.hash is \"${var.code.hash}\". Give the SHA-256 in hexadecimal, as filesha256() does."
  }
}

variable "instance_type" {
  description = "What the instances are."
  type        = string
}

variable "architecture" {
  description = "The processors of the instances."
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture is \"${var.architecture}\". Beanstalk has x86_64 and arm64."
  }
}

variable "root_gib" {
  description = "The size of the instances' disk in GiB. Beanstalk has no word for its encryption: it is encrypted where the account encrypts EBS volumes by default."
  type        = number
  default     = 20

  validation {
    condition     = var.root_gib >= 10 && var.root_gib <= 16384
    error_message = "root_gib is ${var.root_gib}. Beanstalk takes 10 to 16384."
  }
}

variable "scale" {
  description = "How many instances there are at least and at most, and the share of their processors that they are to use."
  type        = object({ min = number, max = number, cpu_percent = number })

  validation {
    condition     = var.scale.min >= 1 && var.scale.max >= var.scale.min && var.scale.cpu_percent >= 10 && var.scale.cpu_percent <= 90
    error_message = "scale is not 1 <= min <= max with a cpu_percent of 10 to 90."
  }
}

variable "health" {
  description = "The path that answers 200 while an instance is well."
  type        = string
  default     = "/"

  validation {
    condition     = startswith(var.health, "/")
    error_message = "health is \"${var.health}\". Begin the path with a slash."
  }
}

variable "environment" {
  description = "The environment variables of the code."
  type        = map(string)
  default     = {}
}

variable "logs" {
  description = "The log groups that the environment streams to, how long they keep what is written, and whether they stay when the system goes."
  type        = object({ groups = list(string), retention_days = number, keep = bool })

  validation {
    condition     = alltrue([for group in var.logs.groups : startswith(group, "/aws/elasticbeanstalk/${var.name}/")])
    error_message = "A log group of logs.groups does not begin with /aws/elasticbeanstalk/${var.name}/: Beanstalk streams to no other."
  }
}

variable "key_arn" {
  description = "The KMS key that encrypts the logs."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is not the ARN of a key. Give arn:aws:kms:<region>:<account>:key/<id>; an alias would let the key be exchanged unseen."
  }
}

variable "access_logs" {
  description = "Where the load balancer writes its access log: a bucket that takes it, and a prefix in it. Null for none."
  type        = object({ bucket = string, prefix = string })
  default     = null
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
