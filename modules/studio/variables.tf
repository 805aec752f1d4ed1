variable "name" {
  description = "Physical name: of the domain, of the security group, and what the name of the script at the start of apps begins with."
  type        = string

  # Behind it stand nine characters more in the name of the script, which takes 63.
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,53}$", var.name))
    error_message = "A name is 2 to 54 lower-case letters, digits and hyphens, and starts with a letter."
  }
}

variable "account" {
  description = "Account that everything here belongs to: twelve digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "An account is twelve digits."
  }
}

variable "region" {
  description = "Region of the provider that this module is given."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like us-east-1."
  }
}

variable "vpc_id" {
  description = "VPC of the domain."
  type        = string
}

variable "subnets" {
  description = "Private subnets that apps have interfaces in: zone id => subnet id."
  type        = map(string)

  # SageMaker API, CreateDomain.
  validation {
    condition     = length(var.subnets) >= 1 && length(var.subnets) <= 16
    error_message = "A domain takes 1 to 16 subnets."
  }
}

variable "egress" {
  description = "Where apps may connect to: name => TCP port with IPv4 blocks or prefix lists. Nothing else is let out."
  type = map(object({
    port            = number
    cidrs           = optional(list(string), [])
    prefix_list_ids = optional(list(string), [])
  }))
  default = {}

  validation {
    condition     = alltrue([for r in values(var.egress) : r.port >= 1 && r.port <= 65535])
    error_message = "A port is 1 to 65535."
  }

  validation {
    condition     = alltrue([for c in flatten(values(var.egress)[*].cidrs) : can(cidrnetmask(c))])
    error_message = "Every block is an IPv4 CIDR."
  }
}

variable "key_arn" {
  description = "KMS key of the disks of spaces, of the domain's own file system and of the logs."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "The key is given by its ARN, not by an alias, which could be moved."
  }
}

variable "role_name" {
  description = "Name of the role that the domain has to have, and that may do nothing."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "A role name has at most 64 characters."
  }
}

variable "auth" {
  description = "How people sign in: iam, or sso by IAM Identity Center."
  type        = string
  default     = "iam"

  validation {
    condition     = contains(["iam", "sso"], var.auth)
    error_message = "People sign in by iam or sso."
  }
}

variable "users" {
  description = "User => profile, space, what the user is called where people sign in, and all that the role may do: in the policy of its own, and in others where it is too long. conditions: operator => key => values."
  type = map(object({
    profile   = string
    space     = string
    login     = string
    role_name = string
    statements = list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    }))
    more = optional(list(list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    }))), [])
  }))

  validation {
    condition     = length(var.users) > 0
    error_message = "A domain without users is of no use."
  }

  validation {
    condition     = alltrue([for name in flatten([for own in values(var.users) : [own.profile, own.space]]) : can(regex("^[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$", name))])
    error_message = "Profiles and spaces have 1 to 63 letters, digits and hyphens, and begin and end with none of those."
  }

  validation {
    condition     = alltrue([for own in values(var.users) : can(regex("^[A-Za-z0-9+=,.@_-]{1,62}$", own.role_name))])
    error_message = "A role name has at most 62 characters here: policies beside its own have a number behind it."
  }

  validation {
    condition     = alltrue([for own in values(var.users) : length(own.statements) > 0 && length(own.more) <= 10])
    error_message = "A role has a policy of its own with statements, and IAM attaches ten others at most."
  }

  validation {
    condition     = alltrue([for a in flatten([for own in values(var.users) : [own.statements[*].actions, [for more in own.more : more[*].actions]]]) : !strcontains(a, "*")])
    error_message = "Actions are named one by one, without wildcards."
  }
}

variable "instance" {
  description = "Instance type that apps run on."
  type        = string

  validation {
    condition     = can(regex("^ml\\.[a-z0-9-]+\\.[a-z0-9]+$", var.instance))
    error_message = "An instance type of SageMaker looks like ml.t3.medium."
  }
}

variable "disk_gib" {
  description = "GiB of the disk of each space."
  type        = number

  validation {
    condition     = var.disk_gib >= 5 && var.disk_gib <= 16384
    error_message = "A space has 5 to 16384 GiB."
  }
}

variable "idle_minutes" {
  description = "Minutes after which an app that nobody uses ends."
  type        = number

  validation {
    condition     = var.idle_minutes >= 60 && var.idle_minutes <= 525600
    error_message = "SageMaker ends what is idle after 60 to 525600 minutes."
  }
}

variable "log_days" {
  description = "Days that what apps say is kept. null: the log group, which all domains of an account and region share, is somebody else's."
  type        = number
  default     = null

  validation {
    # The periods that CloudWatch Logs knows (PutRetentionPolicy).
    condition = var.log_days == null ? true : contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_days)
    error_message = "CloudWatch Logs knows no such period. Take the next longer one: 30, 60, 90, 180, 365, 731 or 3653 days."
  }
}

variable "canvas" {
  description = "The bucket that Canvas works in, each user under a prefix of their own. null: no Canvas."
  type        = object({ bucket = string })
  default     = null
}

variable "environment" {
  description = "What apps are told: variable => value."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z_][A-Za-z0-9_]*$", name))])
    error_message = "A variable has letters, digits and underscores, and begins with no digit."
  }

  validation {
    condition     = alltrue([for value in values(var.environment) : !strcontains(value, "\n")])
    error_message = "A value is one line."
  }
}

variable "file_systems" {
  description = "EFS file systems that are mounted: name => their security group, and the TCP ports that they are reached on."
  type = map(object({
    security_group_id = string
    ports             = list(object({ from = number, to = number }))
  }))
  default = {}

  validation {
    condition     = alltrue([for p in flatten(values(var.file_systems)[*].ports) : p.from >= 1 && p.from <= p.to && p.to <= 65535])
    error_message = "Ports go from 1 to 65535, the lower one first."
  }
}

variable "mounts" {
  description = "What is mounted: path => EFS file system, and the folder of it that users see."
  type        = map(object({ file_system_id = string, directory = string }))
  default     = {}

  # SageMaker API, CreateSpace: CustomFileSystems.
  validation {
    condition     = length(var.mounts) <= 5
    error_message = "A space mounts 5 file systems at most."
  }

  validation {
    condition     = alltrue([for path in keys(var.mounts) : can(regex("^(/[A-Za-z0-9_][A-Za-z0-9._-]*)+$", path))])
    error_message = "A path looks like /team."
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
