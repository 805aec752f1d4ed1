variable "name" {
  description = "Physical name: of the job queue, the job definition, the launch template and the security group."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,62}$", var.name))
    error_message = "A name is 2 to 63 lower-case letters, digits and hyphens, and starts with a letter."
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
  description = "VPC of the security group."
  type        = string
}

variable "subnets" {
  description = "Private subnets that the nodes stand in: zone id => subnet id."
  type        = map(string)

  # Batch API, ComputeResource.
  validation {
    condition     = length(var.subnets) >= 1 && length(var.subnets) <= 16
    error_message = "A compute environment takes 1 to 16 subnets."
  }
}

variable "egress" {
  description = "Where a node may connect to: name => TCP port with IPv4 blocks or prefix lists. Nothing else is let out."
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
  description = "KMS key of the disks of the nodes, and of the log group."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "The key is given by its ARN, not by an alias, which could be moved."
  }
}

variable "root" {
  description = "Root disk of a node, which holds images and containers: GiB, type, and IOPS and MiB/s where they are set."
  type = object({
    gib        = number
    type       = string
    iops       = optional(number)
    throughput = optional(number)
  })

  validation {
    condition     = var.root.gib >= 30
    error_message = "The ECS-optimized Amazon Linux takes a root disk of 30 GiB or more."
  }
}

variable "instance_types" {
  description = "Instance types that a node may be, the cheapest first."
  type        = list(string)

  validation {
    condition     = length(var.instance_types) > 0
    error_message = "A node is of some type."
  }
}

variable "gpu" {
  description = "Whether the nodes carry NVIDIA GPUs, whose drivers are then in their image."
  type        = bool
  default     = false
}

variable "placement_group" {
  description = "Whether the nodes stand close together."
  type        = bool
  default     = false
}

variable "nodes" {
  description = "Nodes of one job: with more than one, Batch starts them together."
  type        = number
  default     = 1

  validation {
    condition     = var.nodes >= 1 && var.nodes <= 1000
    error_message = "A job has 1 to 1000 nodes."
  }
}

variable "vcpus" {
  description = "How many vCPUs stand ready at least (paid for without a job) and at most."
  type        = object({ min = number, max = number })

  validation {
    condition     = var.vcpus.min >= 0 && var.vcpus.max >= 1 && var.vcpus.min <= var.vcpus.max
    error_message = "At most is one or more, and no less than at least."
  }
}

variable "markets" {
  description = "How nodes are bought: SPOT, EC2 (on demand), or both, of which the spot market comes first."
  type        = set(string)

  validation {
    condition     = length(var.markets) > 0 && alltrue([for m in var.markets : contains(["SPOT", "EC2"], m)])
    error_message = "A market is SPOT or EC2."
  }

  # Batch user guide, "Multi-node parallel jobs".
  validation {
    condition     = var.nodes == 1 || !contains(var.markets, "SPOT")
    error_message = "Batch runs no job of several nodes on the spot market."
  }
}

variable "max_runtime" {
  description = "Seconds after which Batch ends an attempt."
  type        = number

  validation {
    condition     = var.max_runtime >= 60
    error_message = "Batch waits for 60 seconds at least."
  }
}

variable "role_name" {
  description = "Name of the role of the command."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "A role name has at most 64 characters."
  }
}

variable "statements" {
  description = "All that the command may do. conditions: operator => key => values."
  type = list(object({
    sid        = string
    actions    = list(string)
    resources  = list(string)
    conditions = optional(map(map(list(string))), {})
  }))

  validation {
    condition     = length(var.statements) > 0
    error_message = "A role without a permission needs no policy: IAM refuses one without statements."
  }

  validation {
    condition     = alltrue([for s in var.statements : can(regex("^[A-Za-z0-9]+$", s.sid))])
    error_message = "A sid has letters and digits only."
  }

  validation {
    condition     = alltrue([for a in flatten(var.statements[*].actions) : !strcontains(a, "*")])
    error_message = "Actions are named one by one, without wildcards."
  }
}

variable "start" {
  description = "The role that fetches the image and writes logs: its name, and all that it may do."
  type = object({
    role_name = string
    statements = list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    }))
  })

  validation {
    condition     = length(var.start.statements) > 0 && alltrue([for a in flatten(var.start.statements[*].actions) : !strcontains(a, "*")])
    error_message = "Actions are named one by one, without wildcards, and there are some."
  }
}

variable "host" {
  description = "The role of the nodes, and its instance profile: its name, and all that it may do."
  type = object({
    role_name = string
    statements = list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    }))
  })

  validation {
    condition     = length(var.host.statements) > 0 && alltrue([for a in flatten(var.host.statements[*].actions) : !strcontains(a, "*")])
    error_message = "Actions are named one by one, without wildcards, and there are some."
  }
}

variable "log_group" {
  description = "Where the commands' output goes, and for how long."
  type        = object({ name = string, retention_days = number })
}

variable "definition" {
  description = "The container of a node (Batch API, ContainerProperties) without its roles and its logs."
  type        = any

  validation {
    condition     = alltrue([for key in ["command", "image", "resourceRequirements"] : can(var.definition[key])])
    error_message = "The definition lacks one of command, image, resourceRequirements."
  }
}

variable "file_systems" {
  description = "File systems that the host mounts: name => their security group, the TCP ports that they are reached on, whether they call back on the same, and what the role may do with them."
  type = map(object({
    security_group_id = string
    ports             = list(object({ from = number, to = number }))
    calls_back        = optional(bool, false)
    statements = optional(list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    })), [])
  }))
  default = {}

  validation {
    condition     = alltrue([for p in flatten(values(var.file_systems)[*].ports) : p.from >= 1 && p.from <= p.to && p.to <= 65535])
    error_message = "Ports go from 1 to 65535, the lower one first."
  }

  validation {
    condition     = alltrue([for s in flatten(values(var.file_systems)[*].statements) : !strcontains(join(" ", s.actions), "*")])
    error_message = "Actions are named one by one, without wildcards."
  }
}

variable "volumes" {
  description = "What a container mounts of EFS: name => file system, access point, path in the container, and whether it writes there."
  type = map(object({
    file_system_id  = string
    access_point_id = string
    path            = string
    write           = optional(bool, false)
  }))
  default = {}

  validation {
    condition     = alltrue([for v in values(var.volumes) : startswith(v.path, "/")])
    error_message = "A path in the container begins with a slash."
  }
}

variable "tags" {
  description = "Tags of what Batch starts: default tags do not reach instances and volumes."
  type        = map(string)
  default     = {}
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
