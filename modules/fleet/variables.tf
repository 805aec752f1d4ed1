variable "name" {
  description = "Physical name: of the group, its launch template and its security group."
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
  description = "Private subnets: zone id => subnet id. Every zone is another pool of spot capacity."
  type        = map(string)

  validation {
    condition     = length(var.subnets) > 0
    error_message = "A group needs a subnet."
  }
}

variable "instance_types" {
  description = "Instance types in the order of preference: on-demand nodes take the first that is to be had, spot nodes the best pool of all."
  type        = list(string)

  # AWS allows 40 overrides in a mixed-instances policy.
  validation {
    condition     = length(var.instance_types) >= 1 && length(var.instance_types) <= 40
    error_message = "A mixed-instances policy takes 1 to 40 types."
  }

  validation {
    condition     = length(distinct(var.instance_types)) == length(var.instance_types)
    error_message = "Every type stands once."
  }

  validation {
    condition     = alltrue([for t in var.instance_types : can(regex("^[a-z0-9-]+\\.[a-z0-9-]+$", t))])
    error_message = "An instance type looks like g5.12xlarge."
  }
}

variable "size" {
  description = "Number of nodes: bounds, and how many at first. Afterwards whatever scales the group decides."
  type = object({
    min     = number
    max     = number
    desired = number
  })

  validation {
    condition     = 0 <= var.size.min && var.size.min <= var.size.desired && var.size.desired <= var.size.max
    error_message = "0 <= min <= desired <= max."
  }
}

variable "on_demand_base" {
  description = "Nodes that are on-demand before any is spot."
  type        = number
  default     = 0

  validation {
    condition     = var.on_demand_base >= 0 && floor(var.on_demand_base) == var.on_demand_base
    error_message = "A number of nodes is whole and not negative."
  }
}

variable "spot_percent" {
  description = "Share of spot in the nodes above the base, in percent."
  type        = number
  default     = 0

  validation {
    condition     = var.spot_percent >= 0 && var.spot_percent <= 100 && floor(var.spot_percent) == var.spot_percent
    error_message = "A share is a whole number from 0 to 100."
  }
}

variable "placement_group" {
  description = "Put the nodes close together (a cluster placement group), which needs a single subnet."
  type        = bool
  default     = false

  # AWS: a cluster placement group cannot span zones.
  validation {
    condition     = !var.placement_group || length(var.subnets) == 1
    error_message = "A cluster placement group lies in one zone: give it one subnet."
  }
}

variable "self_ingress" {
  description = "Let the nodes talk to each other on all ports, as NCCL and EFA do."
  type        = bool
  default     = false
}

variable "image_id" {
  description = "Machine image: \"resolve:ssm:<parameter>\", which EC2 resolves at each launch, or \"ami-…\"."
  type        = string

  validation {
    condition     = can(regex("^(ami-([0-9a-f]{8}|[0-9a-f]{17})|resolve:ssm:/[A-Za-z0-9_./-]+)$", var.image_id))
    error_message = "An image is ami-… or resolve:ssm:/path/of/a/parameter."
  }
}

variable "root_device" {
  description = "Name that the image gives its root disk, such as /dev/xvda: under another name EC2 adds a second disk and leaves the root as the image has it."
  type        = string

  validation {
    condition     = can(regex("^/dev/(xvda|sda1)$", var.root_device))
    error_message = "A root device is /dev/xvda (Amazon Linux) or /dev/sda1 (Ubuntu)."
  }
}

variable "key_arn" {
  description = "KMS key of the disks and of the log group. Must be one of this account and region: EBS takes no other."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:${var.region}:${var.account}:key/", var.key_arn))
    error_message = "The key must be a key ARN of the same account and region."
  }
}

variable "root" {
  description = "Root disk. gib: size in GiB. iops and throughput (MiB/s): null is what the type gives by itself."
  type = object({
    gib        = number
    type       = optional(string, "gp3")
    iops       = optional(number)
    throughput = optional(number)
  })

  validation {
    condition     = contains(["gp3", "io1", "io2"], var.root.type)
    error_message = "A root disk is gp3, io1 or io2."
  }

  validation {
    condition     = var.root.gib >= 8 && var.root.gib <= 16384
    error_message = "A root disk has 8 to 16384 GiB."
  }

  validation {
    condition     = contains(["io1", "io2"], var.root.type) == false || var.root.iops != null
    error_message = "io1 and io2 need iops."
  }

  validation {
    condition     = var.root.throughput == null || var.root.type == "gp3"
    error_message = "Only gp3 takes a throughput."
  }
}

variable "data" {
  description = "Data disk of each node, or null. It is scratch space: it comes and goes with the node. device: name at which it is attached."
  type = object({
    gib        = number
    type       = optional(string, "gp3")
    iops       = optional(number)
    throughput = optional(number)
    device     = optional(string, "/dev/sdf")
  })
  default = null

  validation {
    condition     = var.data == null ? true : contains(["gp3", "io1", "io2", "st1", "sc1"], var.data.type)
    error_message = "A data disk is gp3, io1, io2, st1 or sc1."
  }

  validation {
    condition     = var.data == null ? true : !contains(["io1", "io2"], var.data.type) || var.data.iops != null
    error_message = "io1 and io2 need iops."
  }

  validation {
    condition     = var.data == null ? true : var.data.throughput == null || var.data.type == "gp3"
    error_message = "Only gp3 takes a throughput."
  }

  validation {
    condition     = var.data == null ? true : can(regex("^/dev/sd[f-p]$", var.data.device))
    error_message = "EC2 leaves /dev/sdf to /dev/sdp to data disks."
  }
}

variable "user_data" {
  description = "Script that cloud-init runs at the first boot, as plain text."
  type        = string

  # EC2 counts bytes before base64, length() characters: base64 makes 4 characters of 3 bytes.
  validation {
    condition     = floor(length(trim(base64gzip(var.user_data), "=")) * 3 / 4) <= 16384
    error_message = "User data is at most 16384 bytes once compressed."
  }

  validation {
    condition     = startswith(var.user_data, "#!")
    error_message = "User data starts with #!, else cloud-init does not run it."
  }
}

variable "role_name" {
  description = "Name of the role and of its instance profile."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "A role name has at most 64 characters."
  }
}

variable "statements" {
  description = "All that the role may do. conditions: operator => key => values."
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

variable "log_group" {
  description = "Log group that the host writes to, and how long it keeps what is written."
  type = object({
    name           = string
    retention_days = number
  })

  validation {
    condition     = can(regex("^[A-Za-z0-9_/.#-]{1,512}$", var.log_group.name))
    error_message = "A log group's name has letters, digits and _ / . # -."
  }

  # The only values that PutRetentionPolicy takes; 0, for ever, is left out on purpose.
  validation {
    condition = contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_group.retention_days)
    error_message = "CloudWatch Logs does not know this retention."
  }
}

variable "key_pair" {
  description = "Name of an EC2 key pair for SSH. null: a shell by Session Manager only."
  type        = string
  default     = null
}

variable "ingress" {
  description = "Who may connect: name => port, protocol, IPv4 blocks."
  type = map(object({
    port     = number
    protocol = optional(string, "tcp")
    cidrs    = list(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for r in values(var.ingress) : contains(["tcp", "udp"], r.protocol)])
    error_message = "A protocol is tcp or udp."
  }

  validation {
    condition     = alltrue([for r in values(var.ingress) : r.port >= 1 && r.port <= 65535])
    error_message = "A port is 1 to 65535."
  }

  # cidrnetmask knows IPv4 only, as do the VPCs that landform makes.
  validation {
    condition     = alltrue([for c in flatten(values(var.ingress)[*].cidrs) : can(cidrnetmask(c))])
    error_message = "Every block is an IPv4 CIDR."
  }

  # Halves and quarters of the world are the world in disguise; the largest private block is a /8.
  validation {
    condition = alltrue([
      for c in flatten([for r in values(var.ingress) : r.cidrs if contains([22, 3389], r.port)]) :
      try(tonumber(split("/", c)[1]) >= 8, false)
    ])
    error_message = "SSH and RDP are opened to blocks of /8 at most, never to the world."
  }
}

variable "egress" {
  description = "Where the host may connect to: name => TCP port with IPv4 blocks or prefix lists. Nothing else is let out."
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

variable "tags" {
  description = "Tags of the group, its nodes, their disks and network interfaces, none of which default_tags reach."
  type        = map(string)
  default     = {}
}

variable "protect" {
  description = "Let every node drain through the lifecycle hook before the group is destroyed."
  type        = bool
  default     = true
}

variable "after" {
  description = "Ids of what must stand before the first node boots, such as the ARN of the bucket that holds its code."
  type        = list(string)
  default     = []
}
