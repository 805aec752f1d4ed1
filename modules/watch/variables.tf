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

variable "subnet_id" {
  description = "Private subnet, in the zone of the disk."
  type        = string
}

variable "zone" {
  description = "Zone of the subnet, by the name that the account has for it: a disk takes no id."
  type        = string
}

variable "instance_type" {
  description = "Instance type, such as g5.2xlarge."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+\\.[a-z0-9-]+$", var.instance_type))
    error_message = "An instance type looks like g5.2xlarge."
  }
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
  description = "Disk of the state. It outlives the machines, each of which takes it over. device: name at which it is attached (the host sees NVMe names and finds it by this one)."
  type = object({
    gib        = number
    type       = optional(string, "gp3")
    iops       = optional(number)
    throughput = optional(number)
    device     = optional(string, "/dev/sdf")
  })

  validation {
    condition     = contains(["gp3", "io1", "io2"], var.data.type)
    error_message = "A disk of a state is gp3, io1 or io2."
  }

  validation {
    condition     = can(regex("^/dev/sd[f-p]$", var.data.device))
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

variable "captured" {
  description = "Where requests are captured: the bucket, which tells the queue of new objects, by a literal ARN (its module refers back to the queue), and the beginning of their keys."
  type        = object({ bucket_arn = string, prefix = string })

  validation {
    condition     = startswith(var.captured.bucket_arn, "arn:aws:s3:::")
    error_message = "The bucket is not the ARN of one. Write arn:aws:s3:::<bucket>."
  }
}

variable "labels" {
  description = "Where labels come to, as `captured`; null where there are none."
  type        = object({ bucket_arn = string, prefix = string })
  default     = null
}

variable "queue" {
  description = "Queue of new objects: its name, and that of the queue for what nobody could work off."
  type = object({
    name         = string
    dead_letters = string
  })

  validation {
    condition     = alltrue([for n in [var.queue.name, var.queue.dead_letters] : can(regex("^[A-Za-z0-9_-]{1,80}$", n))])
    error_message = "A queue has a name that SQS does not take. Use up to 80 letters, digits, hyphens and underscores."
  }
}

variable "bus" {
  description = "Bus of the alarms: its name, and the topics that hear of each incident, by name."
  type = object({
    name      = string
    listeners = optional(map(string), {})
  })

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,256}$", var.bus.name))
    error_message = "A bus has up to 256 letters, digits and . _ -."
  }
}

variable "tags" {
  description = "Tags of the group, its machine, and what EC2 creates with it, none of which default_tags reach. The role knows machine and disk by them."
  type        = map(string)
  default     = {}
}

variable "protect" {
  description = "Keep a last snapshot of the disk, and let the machine end before its group is destroyed."
  type        = bool
  default     = true
}

variable "after" {
  description = "Ids of what must stand before the machine boots, such as the ARN of the bucket that holds the agent."
  type        = list(string)
  default     = []
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
